import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Connection, openConnection } from './connection.ts';
import { Latencies } from './histogram.ts';
import type { HotConference, LoadResult, Target } from './load.ts';

/** As a page would that waits for something to happen; more often would measure the asking. */
const pollMs = 50;
const patienceMs = 10_000;

type Lane = { readonly registration: Connection; readonly payments: Connection };
type Placed = { readonly id: string; readonly token: string };

const bearer = (token: string): string => `authorization: Bearer ${token}\r\n`;
const keyed = (): string => `idempotency-key: ${randomUUID()}\r\n`;

const expected = (answer: Answer, status: number): Answer => {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 200)}`);
  return answer;
};

/** Repeated while payments has not heard of the order yet: that is what its `Retry-After` asks for. */
const initiate = async ({ payments }: Lane, order: Placed): Promise<string> => {
  const until = performance.now() + patienceMs;
  const key = keyed();
  for (;;) {
    const answer = await payments.request('POST', '/v1/payments', key + bearer(order.token), JSON.stringify({ orderId: order.id }));
    if (answer.status === 201) return JSON.parse(answer.body).id;
    if (answer.status !== 409 || performance.now() > until) expected(answer, 201);
    await sleep(pollMs);
  }
};

const untilConfirmed = async ({ registration }: Lane, order: Placed): Promise<void> => {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { body } = expected(await registration.request('GET', `/v1/orders/${order.id}`, bearer(order.token), ''), 200);
    if (body.includes('"state":"confirmed"')) return;
    if (performance.now() > until) throw new Error('not confirmed in time');
    await sleep(pollMs);
  }
};

/** Place, registrant, pay, confirmed: one person's whole way through the three services. */
const register = async (lane: Lane, { conferenceId, seatTypeIds }: HotConference, n: number): Promise<void> => {
  const { registration, payments } = lane;
  const items = [{ seatTypeId: seatTypeIds[n % seatTypeIds.length], quantity: 1 + (n % 3) }];
  const placed = await registration.request('POST', '/v1/orders', `${keyed()}prefer: wait=5\r\n`, JSON.stringify({ conferenceId, items }));
  const order: Placed = JSON.parse(expected(placed, 201).body);
  const person = JSON.stringify({ firstName: 'Ada', lastName: 'Lovelace', email: `ada.${n}@example.org` });
  expected(await registration.request('PUT', `/v1/orders/${order.id}/registrant`, bearer(order.token), person), 200);
  const paymentId = await initiate(lane, order);
  expected(await payments.request('POST', `/processor/checkout/${paymentId}`, '', '{"outcome":"accepted"}'), 200);
  await untilConfirmed(lane, order);
};

export const completeRegistrations = async (options: {
  readonly registration: Target;
  readonly payments: Target;
  readonly conference: HotConference;
  readonly people: number;
  readonly seconds: number;
}): Promise<LoadResult> => {
  const { registration, payments, conference, people, seconds } = options;
  const latencies = new Latencies();
  const started = performance.now();
  let next = 0;
  let failed = 0;
  const person = async (): Promise<void> => {
    const lane: Lane = {
      registration: await openConnection(registration.host, registration.port),
      payments: await openConnection(payments.host, payments.port),
    };
    while (performance.now() < started + seconds * 1000) {
      const begun = performance.now();
      try {
        await register(lane, conference, next++);
        latencies.add(performance.now() - begun);
      } catch {
        failed++;
      }
    }
    lane.registration.close();
    lane.payments.close();
  };
  await Promise.all(Array.from({ length: people }, person));
  const took = (performance.now() - started) / 1000;
  const [p50Ms = Number.NaN, p99Ms = Number.NaN, maxMs = Number.NaN] = latencies.quantiles(0.5, 0.99, 1);
  return { seconds: took, accepted: latencies.count, decided: latencies.count, failed, p50Ms, p99Ms, maxMs, latestStartMs: 0 };
};
