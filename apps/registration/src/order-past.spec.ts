import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ada, type Conference, clientOf, codeOf, grace, type Headers, type Placed, patient } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';
import type { OrderView } from './schemas.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ full: { price: 19_900, quota: 100 }, free: { price: 0, quota: 100 } });
});
afterAll(() => service.close());
const { call, tokenOf, conference, ordered, register, registered, choose, confirm, cancel, orderOf, becomes, pay } = clientOf(
  () => service,
);

const past = ({ id, token }: Placed, at: string, headers: Headers = {}) =>
  call('GET', `/v1/orders/${id}?at=${encodeURIComponent(at)}`, { token, headers });
/** A minute goes by; then the time. What comes after it has a later one, however fast the machine is. */
const aMinuteLater = (): string => {
  service.forward(60);
  const now = service.now();
  service.forward(1);
  return now;
};

describe('An order as it was', () => {
  type Seen = { readonly at: string; readonly order: OrderView };
  const renamed = (name: string, price: number) =>
    service.say('conferences', `Conference-${days.id}`, {
      type: 'SeatTypeUpdated',
      data: { conferenceId: days.id, seatTypeId: days.seatTypes['full'] ?? '', name, description: 'All of it', price, quota: 100 },
    });
  const priceBecomes = (price: number) =>
    vi.waitFor(async () => {
      const seatTypes = (await call('GET', `/v1/conferences/${days.slug}/seat-types`)).json<{ price: { amount: number } }[]>();
      expect(seatTypes.some(({ price: { amount } }) => amount === price)).toBe(true);
    }, 10_000);

  it('is at every moment what its registrant was answered at that moment: names, prices, payments and all', async () => {
    const before = service.now();
    service.forward(60);
    const placed = await ordered(days, { full: 2 });
    const seen: Seen[] = [];
    const look = async (expected: Partial<OrderView>): Promise<void> => {
      await becomes(placed, expected);
      const order = await orderOf(placed);
      seen.push({ at: aMinuteLater(), order });
    };
    await look({ state: 'reserved', version: 2 });
    await renamed('Whole days', 25_000);
    await priceBecomes(25_000);
    await look({ total: { amount: 39_800, currency: 'EUR' } }); // the quote binds
    expect((await choose(placed, days, { full: 3 })).statusCode).toBe(200);
    await look({ state: 'reserved', total: { amount: 75_000, currency: 'EUR' } });
    await register(placed, grace);
    await look({ registrant: grace });
    await register(placed, ada);
    await look({ registrant: ada });
    await pay(placed, 'rejected', 75_000);
    await look({ paymentState: 'rejected' });
    await pay(placed, 'initiated', 75_000);
    await look({ paymentState: 'initiated' });
    await pay(placed, 'completed', 75_000);
    await look({ state: 'confirmed', paymentState: 'completed' });

    expect(new Set(seen.map(({ order }) => JSON.stringify(order))).size).toBe(seen.length - 1);
    for (const _ of ['the same process', 'a new process']) {
      for (const { at, order } of seen) {
        const answer = await past(placed, at);
        expect([answer.statusCode, answer.json(), answer.headers.etag]).toEqual([200, order, `"${order.version}"`]);
      }
      expect(codeOf(await past(placed, before))).toEqual([404, 'not-found']);
      await service.restart();
    }
  });

  it('is pending between being placed and the answer of the seats', async () => {
    const placed = await ordered(days, { free: 1 });
    const { items } = (await call('GET', `/v1/orders/${placed.id}/history`, { token: placed.token })).json<{ items: { at: string }[] }>();
    const atPlacing = (await past(placed, items[0]?.at ?? '')).json<OrderView>();
    expect(atPlacing.version).toBeGreaterThanOrEqual(1);
    expect(atPlacing.items).toMatchObject([{ requested: 1 }]);
  });

  it('is as it is now, for a time that has not come', async () => {
    const placed = await registered(days, { free: 1 });
    await becomes(placed, { registrant: grace });
    expect((await past(placed, '2999-01-01T00:00:00Z')).json()).toEqual(await orderOf(placed));
  });

  it('may be asked with an offset, and in any case of the id', async () => {
    const placed = await ordered(days, { free: 1 });
    await becomes(placed, { state: 'reserved' });
    const order = await orderOf(placed);
    const at = aMinuteLater();
    const eastOfIt = `${new Date(Date.parse(at) + 3_600_000).toISOString().slice(0, -1)}+01:00`;
    expect((await past({ ...placed, id: placed.id.toUpperCase() }, eastOfIt)).json()).toEqual(order);
  });

  it.each(['yesterday', '', '2027-05-02', '2027-02-30T00:00:00Z', '0'])('is not found at %j, which is no time', async (at) => {
    const placed = await ordered(days, { free: 1 });
    const answer = await past(placed, at);
    expect(codeOf(answer)).toEqual([400, 'invalid-request']);
    expect(answer.json<{ errors: object[] }>().errors[0]).toMatchObject({ in: 'query', pointer: '#/at' });
  });

  it('is not found for two times at once, nor with a member that there is not', async () => {
    const { id, token } = await ordered(days, { free: 1 });
    const at = encodeURIComponent(service.now());
    for (const query of [`at=${at}&at=${at}`, 'version=1'])
      expect(codeOf(await call('GET', `/v1/orders/${id}?${query}`, { token }))).toEqual([400, 'invalid-request']);
  });

  it('waits for the write of its Consistency-Token', async () => {
    const placed = await ordered(days, { free: 1 });
    const token = Buffer.from(JSON.stringify([1, 'registration', '9'.repeat(16)])).toString('base64url');
    const answer = await past(placed, service.now(), { 'consistency-token': token, prefer: 'wait=0' });
    expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'read-model-behind', '1']);
  });
});

describe('The history of an order', () => {
  type Entry = { readonly type: string; readonly at: string; readonly actor: string; readonly version: number; readonly data: object };
  type Page = { readonly items: readonly Entry[]; readonly next: string | null };
  const history = ({ id, token }: Placed, query = '') => call('GET', `/v1/orders/${id}/history${query}`, { token });
  const pageOf = async (placed: Placed, query = ''): Promise<Page> => (await history(placed, query)).json<Page>();

  it('is what happened to it, oldest first, with who did it and when', async () => {
    const placed = await registered(days, { free: 2 });
    const { items, next } = await pageOf(placed);
    expect(items.map(({ type, version }) => [version, type])).toEqual([
      [0, 'OrderPlaced'],
      [1, 'OrderTotalsCalculated'],
      [2, 'OrderReservationCompleted'],
      [3, 'OrderRegistrantAssigned'],
    ]);
    expect(next).toBeNull();
    expect(items[0]).toMatchObject({ actor: 'anonymous', reason: null, data: { orderId: placed.id, conferenceId: days.id } });
    expect(items[3]).toMatchObject({ actor: `registrant:${placed.id}`, data: { registrant: grace } });
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted());
    expect(items.every(({ at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at))).toBe(true);
  });

  it('has no access code', async () => {
    const placed = await registered(days, { free: 1 });
    const { body } = await history(placed);
    expect(body).not.toContain(placed.accessCode);
    expect(body).not.toContain('accessCode');
  });

  it('has every write as soon as it is answered', async () => {
    const placed = await ordered(days, { free: 1 });
    for (const person of [grace, ada, grace]) {
      await register(placed, person);
      expect((await pageOf(placed)).items.at(-1)).toMatchObject({ data: { registrant: person } });
    }
    await cancel(placed);
    expect((await pageOf(placed)).items.at(-1)).toMatchObject({ type: 'OrderCancelled' });
  });

  it('is walked page by page, each entry once, while more happens', async () => {
    const placed = await ordered(days, { free: 1 });
    for (const person of [grace, ada, grace, ada]) await register(placed, person);
    const walked: number[] = [];
    let written = 7;
    for (let after: string | null = ''; after !== null; ) {
      const page: Page = await pageOf(placed, `?limit=2${after === '' ? '' : `&after=${after}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      walked.push(...page.items.map(({ version }) => version));
      after = page.next;
      if (written < 10) {
        await register(placed, { ...grace, firstName: `Grace ${written}` });
        written += 1;
      }
    }
    expect(walked).toEqual(Array.from({ length: 10 }, (_, version) => version));
  });

  it('refuses limits outside and cursors of other lists', async () => {
    const [mine, other] = [await registered(days, { free: 1 }), await registered(days, { free: 1 })];
    const { next: foreign } = await pageOf(other, '?limit=1');
    await conference({ full: { price: 100, quota: 1 } });
    const { next: ofConferences } = (await call('GET', '/v1/conferences?limit=1')).json<Page>();
    expect([foreign, ofConferences]).toEqual([expect.any(String), expect.any(String)]);
    for (const query of [`after=${foreign}`, `after=${ofConferences}`, 'after=x', 'after=', 'limit=0', 'limit=101', 'at=now'])
      expect(codeOf(await history(mine, `?${query}`)), query).toEqual([400, 'invalid-request']);
    const own = (await pageOf(mine, '?limit=1')).next;
    expect(codeOf(await call('GET', `/v1/conferences?after=${own}`))).toEqual([400, 'invalid-request']);
    expect(codeOf(await call('GET', `/ops/processes?after=${ofConferences}`, { token: operatorToken }))).toEqual([400, 'invalid-request']);
  });

  it('is not found of an order that there is not', async () => {
    const id = idOf('an order that there is not');
    expect(codeOf(await call('GET', `/v1/orders/${id}/history`, { token: tokenOf('registrant', id) }))).toEqual([404, 'not-found']);
  });

  it('ends with what ended the order', async () => {
    const placed = await registered(days, { free: 1 });
    await confirm(placed);
    expect((await pageOf(placed)).items.at(-1)).toMatchObject({ type: 'OrderConfirmed', data: { paymentId: null, late: false } });
  });
});
