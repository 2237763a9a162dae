import type { InitiatedPayment, PaymentsApplication, SimulatedProcessor } from '@conference/payments-application';
import { auth, type HttpServer, notFound, outcomeProblem } from '@conference/platform';
import type { FastifyRequest } from 'fastify';
import { checkoutPage, decidedPage } from '../checkout-page.ts';
import { problems } from '../problems.ts';
import { checkoutBody, checkoutParams } from '../schemas.ts';

const html = 'text/html; charset=utf-8';
const isForm = ({ headers }: FastifyRequest): boolean => headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

/** The simulated processor's own pages: whoever has the address of a checkout may decide it, as at a real one. */
export const checkoutRoutes = (http: HttpServer, { commands }: PaymentsApplication, processor: SimulatedProcessor): void => {
  const initiated = async (paymentId: string): Promise<InitiatedPayment> => {
    const found = await commands.currentPayment(paymentId);
    if (found === undefined) throw notFound();
    return found.payment;
  };

  http.get(
    '/processor/checkout/:paymentId',
    { schema: { hide: true, params: checkoutParams }, config: { auth: auth.public } },
    async (request, reply) => {
      const page = checkoutPage(await initiated(request.params.paymentId));
      return reply.type(html).header('cache-control', 'no-store').send(page);
    },
  );

  http.post(
    '/processor/checkout/:paymentId',
    {
      schema: { hide: true, params: checkoutParams, body: checkoutBody },
      config: { auth: auth.public, form: true, idempotency: 'none', ifMatch: 'none' },
    },
    async (request, reply) => {
      const { paymentId } = request.params;
      const { outcome } = request.body;
      const payment = await initiated(paymentId);
      const decision = await processor.decide(paymentId, outcome, request.command);
      if (!isForm(request)) {
        if (!('state' in decision)) throw outcomeProblem(problems, decision);
        return { paymentId, outcome };
      }
      if ('state' in decision) return reply.type(html).send(decidedPage(payment, outcome));
      if (decision.status === 'rejected') return reply.code(409).type(html).send(decidedPage(payment, decision.reason.code));
      throw outcomeProblem(problems, decision);
    },
  );
};
