import type { PaymentsApplication } from '@conference/payments-application';
import { auth, type HttpServer, type SignatureCheck, temporarilyUnavailable } from '@conference/platform';
import { callbackBody, callbackHeaders, callbackView } from '../schemas.ts';

/** What the processor says. Answered 2xx once it is durable; until then the processor repeats it. */
export const processorCallbackRoutes = (http: HttpServer, { commands }: PaymentsApplication, check: SignatureCheck): void => {
  http.post(
    '/v1/processor-callbacks',
    {
      schema: {
        tags: ['processor'],
        summary: 'A call-back of the payment processor',
        description: 'Signed after Standard Webhooks, over the body as it is sent. 202: about a payment that we do not know.',
        headers: callbackHeaders,
        body: callbackBody,
        response: { 200: callbackView, 202: callbackView },
      },
      config: { auth: auth.signed('payment-processor', check), idempotency: 'none', ifMatch: 'none' },
    },
    async (request, reply) => {
      const { type, data } = request.body;
      const { 'webhook-id': webhookId } = request.headers;
      const { correlationId, traceparent } = request.command;
      const status = await commands.handleCallback({ webhookId, type, paymentId: data.paymentId }, { correlationId, traceparent });
      if (status === 'busy') throw temporarilyUnavailable();
      reply.code(status === 'kept' ? 202 : 200);
      return { status };
    },
  );
};
