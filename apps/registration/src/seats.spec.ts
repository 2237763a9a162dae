import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  ada,
  type Conference,
  clientOf,
  codeOf,
  grace,
  type Headers,
  type Placed,
  patient,
  said,
  seen,
} from './client.fixture.ts';
import { type Component, component } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ free: { price: 0, quota: 500 }, dinner: { price: 0, quota: 500 } });
});
afterAll(() => service.close());
const { call, key, conference, ordered, registered, confirm, cancel, becomes, pay } = clientOf(() => service);

/** And its seats can be read. */
const confirmed = async (selection = { free: 2, dinner: 1 }): Promise<Placed> => {
  const placed = await registered(days, selection);
  const answer = await seats(placed, seen(await confirm(placed)));
  expect([answer.statusCode, answer.json<object[]>().length]).toEqual([200, selection.free + selection.dinner]);
  return placed;
};
const seats = ({ id, token }: Placed, headers: Headers = {}) => call('GET', `/v1/orders/${id}/seats`, { token, headers });
const assign = ({ id, token }: Placed, position: number | string, body: object = ada, headers: Headers = {}) =>
  call('PUT', `/v1/orders/${id}/seats/${position}`, { token, body, headers });
const unassign = ({ id, token }: Placed, position: number | string, headers: Headers = {}) =>
  call('DELETE', `/v1/orders/${id}/seats/${position}`, { token, headers });

const seat = (position: number, attendee: object | null = null) => {
  const name = position < 2 ? 'free' : 'dinner';
  return { position, seatTypeId: days.seatTypes[name], seatTypeName: name, attendee };
};
const answered = (answer: Answer) => [answer.statusCode, answer.json(), answer.headers.etag];

describe('The seats of an order', () => {
  it('are none before it is confirmed, and cannot be assigned', async () => {
    const placed = await registered(days, { free: 1 });
    expect(answered(await seats(placed))).toEqual([200, [], undefined]);
    expect(codeOf(await assign(placed, 0))).toEqual([409, 'order-not-confirmed']);
    expect(codeOf(await unassign(placed, 0))).toEqual([409, 'order-not-confirmed']);
    expect((await cancel(placed)).statusCode).toBe(200);
    expect(codeOf(await assign(placed, 0))).toEqual([409, 'order-not-confirmed']);
    expect((await seats(placed)).json()).toEqual([]);
  });

  it('are there as soon as it is confirmed, numbered from 0', async () => {
    for (let n = 0; n < 10; n++) {
      const placed = await registered(days, { free: 2, dinner: 1 });
      const answer = await confirm(placed);
      expect(answered(await seats(placed, seen(answer)))).toEqual([200, [seat(0), seat(1), seat(2)], '"0"']);
    }
  });

  it('can be assigned as soon as it is confirmed', async () => {
    for (let n = 0; n < 10; n++) {
      const placed = await registered(days, { free: 2, dinner: 1 });
      expect((await confirm(placed)).statusCode).toBe(200);
      expect((await assign(placed, 0)).statusCode).toBe(200);
    }
  });

  it('are those of a paid order too', async () => {
    const paid = await conference({ full: { price: 100, quota: 5 } });
    const placed = await registered(paid, { full: 2 });
    await pay(placed, 'completed', 200);
    await becomes(placed, { state: 'confirmed', paymentState: 'completed' });
    expect((await seats(placed)).json<object[]>()).toHaveLength(2);
  });
});

describe('Assigning a seat', () => {
  it('says who sits there, and is seen with its Consistency-Token', async () => {
    const placed = await confirmed();
    const answer = await assign(placed, 1);
    expect(answered(answer)).toEqual([200, seat(1, ada), '"1"']);
    expect(answered(await seats(placed, seen(answer)))).toEqual([200, [seat(0), seat(1, ada), seat(2)], '"1"']);
  });

  it('gives it to another person, renames the same one, and is nothing for the same once more', async () => {
    const placed = await confirmed();
    expect((await assign(placed, 0)).headers.etag).toBe('"1"');
    expect(answered(await assign(placed, 0, grace))).toEqual([200, seat(0, grace), '"3"']);
    const renamed = { ...grace, firstName: 'Amazing Grace', email: grace.email.toUpperCase() };
    const answer = await assign(placed, 0, renamed);
    // The e-mail that the seat was assigned with stays, in its own spelling.
    const now = seat(0, { ...renamed, email: grace.email });
    expect(answered(answer)).toEqual([200, now, '"4"']);
    expect((await seats(placed, seen(answer))).json()).toEqual([now, seat(1), seat(2)]);
    expect(answered(await assign(placed, 0, renamed))).toEqual([200, now, '"4"']);
  });

  it('can be undone, and that again is nothing', async () => {
    const placed = await confirmed();
    await assign(placed, 2);
    const answer = await unassign(placed, 2);
    expect(answered(answer)).toEqual([200, seat(2), '"2"']);
    expect(answered(await unassign(placed, 2))).toEqual([200, seat(2), '"2"']);
    expect((await seats(placed, seen(answer))).json()).toEqual([seat(0), seat(1), seat(2)]);
  });

  it.each([3, 20, -1, 1.5, '01', '1e0', 'first', '9'.repeat(12)])('finds no seat at position %s', async (position) => {
    const placed = await confirmed();
    expect((await assign(placed, position)).statusCode).toBe(404);
    expect((await unassign(placed, position)).statusCode).toBe(404);
    expect((await seats(placed)).headers.etag).toBe('"0"');
  });

  it.each([
    ['a blank name', { ...ada, lastName: '  ' }, '#/lastName'],
    ['no e-mail address', { ...ada, email: 'ada@nowhere' }, '#/email'],
    ['a field missing', { firstName: 'Ada', lastName: 'Lovelace' }, '#/email'],
    ['a field more', { ...ada, seat: 'window' }, '#/seat'],
  ])('is refused with %s', async (_, body, pointer) => {
    const placed = await confirmed();
    const answer = await assign(placed, 0, body);
    expect([...codeOf(answer), answer.json<{ errors: object[] }>().errors]).toMatchObject([400, 'invalid-request', [{ pointer }]]);
    expect((await seats(placed)).headers.etag).toBe('"0"');
  });

  it('is refused for an outdated version of the assignments', async () => {
    const placed = await confirmed();
    await assign(placed, 0);
    const answer = await assign(placed, 1, grace, { 'if-match': '"0"' });
    expect([...codeOf(answer), answer.json<{ currentVersion: number }>().currentVersion]).toEqual([412, 'version-mismatch', 1]);
    expect((await assign(placed, 1, grace, { 'if-match': '"1"' })).statusCode).toBe(200);
    expect(codeOf(await unassign(placed, 1, { 'if-match': '"1"' }))).toEqual([412, 'version-mismatch']);
  });

  it('with the same key is answered word for word, also by a new process and after others', async () => {
    const placed = await confirmed();
    const [assigning, freeing] = [key(), key()];
    const first = [await assign(placed, 0, ada, assigning), await unassign(placed, 0, freeing)];
    expect((await assign(placed, 0, grace)).statusCode).toBe(200);
    for (const _ of ['the same process', 'a new process']) {
      const again = [await assign(placed, 0, ada, assigning), await unassign(placed, 0, freeing)];
      expect(again.map(said)).toEqual(first.map(said));
      expect(again.map(({ headers }) => headers['idempotency-replayed'])).toEqual(['true', 'true']);
      expect(codeOf(await assign(placed, 0, grace, assigning))).toEqual([422, 'idempotency-key-reused']);
      await service.restart();
      expect((await seats(placed)).json()).toEqual([seat(0, grace), seat(1), seat(2)]);
    }
  });

  it('is told to others, without the seat’s type', async () => {
    const placed = await confirmed({ free: 1, dinner: 0 });
    await assign(placed, 0);
    await assign(placed, 0, grace);
    await unassign(placed, 0);
    const messages = await service.heard(`SeatAssignments-${placed.id}`, 5);
    expect(messages.map(({ type, data }) => ({ type, data })).slice(1)).toEqual([
      { type: 'SeatAssigned', data: { orderId: placed.id, position: 0, attendee: ada } },
      { type: 'SeatUnassigned', data: { orderId: placed.id, position: 0 } },
      { type: 'SeatAssigned', data: { orderId: placed.id, position: 0, attendee: grace } },
      { type: 'SeatUnassigned', data: { orderId: placed.id, position: 0 } },
    ]);
  });
});

describe('The seats of an order that is not there', () => {
  it('are not found', async () => {
    const { token } = await ordered(days, { free: 1 });
    const unknown = { id: days.id, token } as Placed;
    for (const answer of [await seats(unknown), await assign(unknown, 0), await unassign(unknown, 0)])
      expect(codeOf(answer)).toEqual([404, 'not-found']);
  });
});
