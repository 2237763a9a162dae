import type { InitiatedPayment, PaymentOutcome, PaymentsApplication } from '@conference/payments-application';
import { paymentIdOf } from '@conference/payments-application';
import {
  assertCovers,
  auth,
  awaitConsistency,
  type HttpServer,
  notFound,
  outcomeProblem,
  type Problem,
  withConsistencyToken,
  withVersion,
} from '@conference/platform';
import { problems } from '../problems.ts';
import { initiateBody, initiatedView, type PaymentView, paymentParams, paymentView } from '../schemas.ts';

const tags = ['payments'];
const hearsSoonSeconds = 1;

type Refused = Exclude<PaymentOutcome, { readonly state: unknown }>;

/** An order that we have not heard of may be on its way: worth another try. */
const refused = (outcome: Refused): Problem => {
  if (outcome.status === 'rejected' && outcome.reason.code === 'order-not-payable')
    return problems.problem(
      'order-not-payable',
      'An order is paid when it is reserved in full, has a registrant and costs something.',
      outcome.reason.isKnown ? {} : { retryAfterSeconds: hearsSoonSeconds },
    );
  return outcomeProblem(problems, outcome);
};

const viewOf = ({
  paymentId,
  orderId,
  state,
  amount,
}: Pick<InitiatedPayment, 'paymentId' | 'orderId' | 'state' | 'amount'>): PaymentView => ({
  id: paymentId,
  orderId,
  state,
  amount,
});

/** Payments of the order that the token covers. */
export const paymentRoutes = (http: HttpServer, service: string, { commands, queries, processor }: PaymentsApplication): void => {
  type Shown = { readonly payment: Parameters<typeof viewOf>[0]; readonly version: number };
  /** From the read model; one that it has not seen yet from its own events. */
  const paymentOf = async (paymentId: string): Promise<Shown> => {
    const found = await queries.payment(paymentId);
    if (found?.version !== undefined) return { payment: found.document, version: found.version };
    const started = await commands.currentPayment(paymentId);
    if (started === undefined) throw notFound();
    return started;
  };

  http.post(
    '/v1/payments',
    {
      schema: {
        tags,
        summary: 'Start paying for an order',
        description: 'The amount comes from what we know of the order. Another payment under way is no obstacle.',
        body: initiateBody,
        response: { 201: initiatedView },
      },
      config: {
        auth: auth.registrantOfBody,
        idempotency: 'required',
        problems: [problems.kinds['order-not-payable'], problems.kinds['order-expired']],
      },
    },
    async (request, reply) => {
      const { orderId } = request.body;
      assertCovers(request, orderId);
      const outcome = await commands.initiatePayment({ orderId }, request.command);
      if (!('state' in outcome)) throw refused(outcome);
      const { streamVersion: version, position, status } = outcome;
      if (version === 'no-stream') throw notFound();
      const payment = status === 'repeated' ? await commands.paymentAt(paymentIdOf(request.command.commandId), version) : outcome.state;
      if (payment.state === 'not-initiated') throw notFound();
      withVersion(reply, version);
      withConsistencyToken(reply, service, position);
      if (status === 'repeated') reply.header('idempotency-replayed', 'true');
      reply.code(201).header('location', `/v1/payments/${payment.paymentId}`);
      return { ...viewOf(payment), checkoutUrl: processor.checkoutUrl(payment.paymentId) };
    },
  );

  http.get(
    '/v1/payments/:id',
    {
      schema: { tags, summary: 'A payment', params: paymentParams, response: { 200: paymentView } },
      config: { auth: auth.registrantOfBody },
    },
    async (request, reply) => {
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('payments', position, withinMs));
      const { payment, version } = await paymentOf(request.params.id);
      assertCovers(request, payment.orderId);
      withVersion(reply, version);
      return viewOf(payment);
    },
  );
};
