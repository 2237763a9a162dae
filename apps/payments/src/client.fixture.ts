import type { Instant } from '@conference/kernel';
import { callerOf, type CallHeaders as Headers, signWebhook, systemTimer, tokens } from '@conference/platform';
import { type Component, idOf, secrets, tokenSecret } from './component.fixture.ts';

export type { CallHeaders as Headers } from '@conference/platform';

const patienceMs = 5_000;
/** What follows from a command or a message comes by itself, soon. */
export const eventually = async (assertion: () => Promise<void>): Promise<void> => {
  const giveUpAt = Date.parse(systemTimer.now()) + patienceMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.parse(systemTimer.now()) > giveUpAt) throw error;
      await systemTimer.sleep(10);
    }
  }
};

export const fromNow = (seconds: number): Instant => new Date(Date.parse(systemTimer.now()) + seconds * 1000).toISOString() as Instant;
const issuer = tokens({ secret: tokenSecret, clock: systemTimer });
export const registrantToken = (orderId: string): string => issuer.sign({ kind: 'registrant', sub: orderId, expiresAt: fromNow(3_600) });
export const organiserToken = (conferenceId: string): string =>
  issuer.sign({ kind: 'organiser', sub: conferenceId, expiresAt: fromNow(3_600) });

export const conferenceId = idOf('conference');
export const amount = { amount: 39800, currency: 'EUR' };
export const placed = (orderId: string, endsInSeconds: number) => ({
  type: 'OrderPlaced',
  data: {
    orderId,
    conferenceId,
    request: 1,
    items: [{ seatTypeId: idOf('seat type'), name: 'Full pass', unitPrice: 19900, quantity: 2 }],
    currency: 'EUR',
    placedAt: fromNow(0),
    reservationExpiresAt: fromNow(endsInSeconds),
    releaseAt: fromNow(endsInSeconds + 840),
  },
});
export const reserved = (orderId: string) => ({ type: 'OrderReservationCompleted', data: { orderId, request: 1, seats: [] } });
export const registered = (orderId: string) => ({
  type: 'OrderRegistrantAssigned',
  data: { orderId, registrant: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' } },
});
export const cancelled = (orderId: string) => ({ type: 'OrderCancelled', data: { orderId } });

export const signed = (
  rawBody: string,
  id: string,
  options: { readonly now?: Instant; readonly secret?: readonly string[] } = {},
): Headers => ({
  ...signWebhook({ secrets: options.secret ?? secrets, id, now: options.now ?? systemTimer.now(), rawBody }),
  'content-type': 'application/json',
});
export const callbackBody = (type: string, paymentId: string): string =>
  JSON.stringify({ type, timestamp: fromNow(0), data: { paymentId } });
/** Calls the routes as registrants and the processor would, and says what registration would say. */
export const clientOf = (service: () => Component) => {
  const call = callerOf(service);
  let orders = 0;
  const payableOrder = async (endsInSeconds = 900, orderId = idOf(`order ${++orders}`)): Promise<string> => {
    await service().say('orders', `Order-${orderId}`, placed(orderId, endsInSeconds), reserved(orderId), registered(orderId));
    return orderId;
  };
  let keys = 0;
  const initiate = (orderId: string, headers: Headers = { 'idempotency-key': `key ${++keys}` }) =>
    call('POST', '/v1/payments', { token: registrantToken(orderId), body: { orderId }, headers });
  const initiated = async (orderId: string) => {
    const answer = await initiate(orderId);
    if (answer.statusCode !== 201) throw new Error(`not initiated: ${answer.body}`);
    return answer.json<{ id: string; checkoutUrl: string }>();
  };
  const stateOf = async (orderId: string, id: string): Promise<string> =>
    (await call('GET', `/v1/payments/${id}`, { token: registrantToken(orderId) })).json<{ state: string }>().state;
  const becomes = (orderId: string, id: string, state: string) =>
    eventually(async () => {
      const found = await stateOf(orderId, id);
      if (found !== state) throw new Error(`the payment is ${found}, not ${state}`);
    });

  const callBack = (type: string, paymentId: string, webhookId: string) => {
    const body = callbackBody(type, paymentId);
    return call('POST', '/v1/processor-callbacks', { body, headers: signed(body, webhookId) });
  };

  return { call, payableOrder, initiate, initiated, stateOf, becomes, callBack };
};
export type Answer = Awaited<ReturnType<ReturnType<typeof clientOf>['call']>>;
export const codeOf = (answer: Answer) => [answer.statusCode, answer.json<{ code?: string }>().code];
/** Where a request was not valid. */
export const pointersOf = (answer: Answer): readonly string[] =>
  answer.json<{ errors?: { pointer: string }[] }>().errors?.map(({ pointer }) => pointer) ?? [];
