import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '@conference/kernel';
import { callerOf, type CallHeaders as Headers, systemTimer, tokens } from '@conference/platform';
import { type Component, idOf, tokenSecret } from './component.fixture.ts';
import type { OrderView } from './schemas.ts';

export type { CallHeaders as Headers, CallMethod as Method } from '@conference/platform';

export type Placed = { readonly id: string; readonly accessCode: string; readonly token: string; readonly order: OrderView };
export type Conference = { readonly id: string; readonly slug: string; readonly seatTypes: { readonly [name: string]: string } };
type SeatTypes = { readonly [name: string]: { readonly price: number; readonly quota: number } };
export type Selection = { readonly [seatTypeName: string]: number };

export const grace = { firstName: 'Grace', lastName: 'Hopper', email: 'Grace@Example.org' };
export const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' };

const patienceMs = 10_000;
/** For a spec that waits more than once; so that a busy machine does not decide whether it passes. */
export const patient = { testTimeout: 3 * patienceMs, hookTimeout: 3 * patienceMs };
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

type Response = { readonly statusCode: number; readonly body: string };
const assertStatus = ({ statusCode, body }: Response, wanted: number): void => {
  if (statusCode !== wanted) throw new Error(`expected ${wanted}, was answered ${statusCode}: ${body}`);
};
const assertMembers = <T extends object>(actual: T, expected: Partial<T>): void => {
  for (const key of Object.keys(expected) as (keyof T)[])
    if (!isDeepStrictEqual(actual[key], expected[key]))
      throw new Error(`expected ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`);
};

export const details = {
  name: 'Domain days',
  description: 'Two days about domains',
  location: 'Basel',
  tagline: null,
  twitterSearch: null,
  startDate: '2027-05-02',
  endDate: '2027-05-03',
};
const itemsOf = ({ seatTypes }: Conference, selection: Selection) =>
  Object.entries(selection).map(([name, quantity]) => ({ seatTypeId: seatTypes[name] ?? idOf(name), quantity }));

/** Calls the routes as registrants would, and says what conference management and payments would say. */
export const clientOf = (service: () => Component) => {
  const call = callerOf(service);
  let keys = 0;
  const key = (): Headers => ({ 'idempotency-key': `key ${++keys}` });

  const tokenOf = (kind: 'registrant' | 'organiser', sub: string, validSeconds = 3_600): string => {
    const { now } = service();
    const expiresAt = new Date(Date.parse(now()) + validSeconds * 1000).toISOString() as Instant;
    return tokens({ secret: tokenSecret, clock: { now } }).sign({ kind, sub, expiresAt });
  };

  let conferences = 0;
  /** Created, and unless it says otherwise published and on sale. */
  const conference = async (seatTypes: SeatTypes, options: { readonly isPublished?: boolean } = {}): Promise<Conference> => {
    const slug = `days_${++conferences}`;
    const id = idOf(slug);
    const ids = Object.fromEntries(Object.keys(seatTypes).map((name) => [name, idOf(`${slug} ${name}`)]));
    await service().say('conferences', `Conference-${id}`, {
      type: 'ConferenceCreated',
      data: { conferenceId: id, slug, currency: 'EUR', ...details },
    });
    const created = { id, slug, seatTypes: ids };
    if (options.isPublished === false) return created;
    const published = Object.entries(seatTypes).map(([name, { price, quota }]) => ({
      seatTypeId: ids[name] ?? '',
      name,
      description: `All of ${name}`,
      price,
      quota,
    }));
    await service().say('conferences', `Conference-${id}`, {
      type: 'ConferencePublished',
      data: { conferenceId: id, seatTypes: published },
    });
    await eventually(async () => {
      const answer = await call('GET', `/v1/conferences/${slug}/seat-types`);
      assertStatus(answer, 200);
      if (answer.json<object[]>().length !== published.length) throw new Error(`not all quotas have come: ${answer.body}`);
    });
    return created;
  };
  const available = async ({ slug }: Conference): Promise<{ readonly [name: string]: number }> => {
    const seatTypes = (await call('GET', `/v1/conferences/${slug}/seat-types`)).json<{ name: string; available: number }[]>();
    return Object.fromEntries(seatTypes.map(({ name, available: seats }) => [name, seats]));
  };

  const place = (of: Conference, selection: Selection, headers: Headers = {}, id?: string) =>
    call('POST', '/v1/orders', {
      body: { ...(id === undefined ? {} : { id }), conferenceId: of.id, items: itemsOf(of, selection) },
      headers: { ...key(), ...headers },
    });
  /** Placed, and its reservation decided. */
  const ordered = async (of: Conference, selection: Selection): Promise<Placed> => {
    const answer = await place(of, selection, { prefer: 'wait=5' });
    assertStatus(answer, 201);
    return answer.json<Placed>();
  };
  const register = ({ id, token }: Placed, body: object = grace, headers: Headers = {}) =>
    call('PUT', `/v1/orders/${id}/registrant`, { token, body, headers });
  const choose = ({ id, token }: Placed, of: Conference, selection: Selection, headers: Headers = {}) =>
    call('PUT', `/v1/orders/${id}/items`, { token, body: { items: itemsOf(of, selection) }, headers: { ...key(), ...headers } });
  const confirm = ({ id, token }: Placed, headers: Headers = {}) =>
    call('POST', `/v1/orders/${id}/confirmation`, { token, headers: { ...key(), ...headers } });
  const cancel = ({ id, token }: Placed, headers: Headers = {}) =>
    call('POST', `/v1/orders/${id}/cancellation`, { token, headers: { ...key(), ...headers } });
  const read = ({ id, token }: Placed, headers: Headers = {}) => call('GET', `/v1/orders/${id}`, { token, headers });
  const orderOf = async (placed: Placed): Promise<OrderView> => (await read(placed)).json<OrderView>();
  const becomes = (placed: Placed, expected: Partial<OrderView>) => eventually(async () => assertMembers(await orderOf(placed), expected));
  const registered = async (of: Conference, selection: Selection, registrant: object = grace): Promise<Placed> => {
    const placed = await ordered(of, selection);
    assertStatus(await register(placed, registrant), 200);
    return placed;
  };

  const facts = ({ id }: Placed, paymentId: string, amount: number) => ({
    paymentId,
    orderId: id,
    amount: { amount, currency: 'EUR' },
  });
  let payments = 0;
  /** As payments would say it; `amount` is what payments knew when it began. */
  const pay = async (placed: Placed, outcome: 'initiated' | 'completed' | 'rejected', amount: number): Promise<string> => {
    const paymentId = idOf(`payment ${++payments}`);
    const data = facts(placed, paymentId, amount);
    await service().say('payments', `Payment-${paymentId}`, {
      type: 'PaymentInitiated',
      data: { ...data, conferenceId: placed.order.conferenceId, description: 'An order' },
    });
    if (outcome === 'completed') await service().say('payments', `Payment-${paymentId}`, { type: 'PaymentCompleted', data });
    if (outcome === 'rejected') await service().say('payments', `Payment-${paymentId}`, { type: 'PaymentRejected', data });
    return paymentId;
  };
  const refundOf = async (paymentId: string) => {
    const [message] = await service().heard(`Refund-${paymentId}`, 1);
    return message?.data;
  };

  return {
    call,
    key,
    tokenOf,
    conference,
    available,
    place,
    ordered,
    register,
    registered,
    choose,
    confirm,
    cancel,
    read,
    orderOf,
    becomes,
    pay,
    refundOf,
  };
};
export type Client = ReturnType<typeof clientOf>;
export type Answer = Awaited<ReturnType<Client['call']>>;

export const codeOf = (answer: Answer) => [answer.statusCode, answer.json<{ code?: string }>().code];
/** So that a query has seen what the command wrote. */
export const seen = (answer: Answer): Headers => ({ 'consistency-token': String(answer.headers['consistency-token']) });
export const match = (answer: Answer): Headers => ({ 'if-match': String(answer.headers.etag) });
/** All that a repeat must answer as it was. */
export const said = (answer: Answer) => [answer.statusCode, answer.body, answer.headers.etag, answer.headers['consistency-token']];
