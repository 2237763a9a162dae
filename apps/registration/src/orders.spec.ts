import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ada, type Conference, clientOf, codeOf, eventually, grace, match, patient, said, seen } from './client.fixture.ts';
import { type Component, component, idOf } from './component.fixture.ts';
import type { OrderView } from './schemas.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ full: { price: 19900, quota: 500 }, free: { price: 0, quota: 500 } });
});
afterAll(() => service.close());
const { call, key, conference, available, place, ordered, register, registered, choose, confirm, cancel, read, orderOf, becomes, pay } =
  clientOf(() => service);
const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('Reading an order', () => {
  it('finds one that was placed a moment ago, without a token for the write', async () => {
    for (let n = 0; n < 20; n++) {
      const placed = (await place(days, { full: 1 })).json<Awaited<ReturnType<typeof ordered>>>();
      const answer = await read(placed);
      expect([answer.statusCode, answer.json<OrderView>().id]).toEqual([200, placed.id]);
    }
  });

  it('shows one’s own write with its Consistency-Token', async () => {
    const placed = await ordered(days, { full: 1 });
    const written = await register(placed);
    const answer = await read(placed, seen(written));
    expect([answer.json(), answer.headers.etag]).toEqual([written.json(), written.headers.etag]);
    expect(answer.headers.etag).toBe('"3"');
  });
});

describe('Choosing again', () => {
  it('takes the new selection at today’s prices; the reservation’s end does not move', async () => {
    const changing = await conference({ full: { price: 100, quota: 5 }, other: { price: 50, quota: 5 } });
    const placed = await ordered(changing, { full: 4 });
    const dearer = {
      conferenceId: changing.id,
      seatTypeId: changing.seatTypes['full'] ?? '',
      name: 'Full',
      description: '',
      price: 300,
      quota: 5,
    };
    await service.say('conferences', `Conference-${changing.id}`, { type: 'SeatTypeUpdated', data: dearer });
    await eventually(async () => expect(await available(changing)).toEqual({ Full: 1, other: 5 }));
    const answer = await choose(placed, changing, { full: 1, other: 2 });
    expect([answer.statusCode, answer.headers.etag]).toEqual([200, '"4"']);
    expect(answer.json()).toMatchObject({
      state: 'pending-reservation',
      items: [
        { name: 'Full', unitPrice: eur(300), requested: 1, reserved: 0 },
        { name: 'other', unitPrice: eur(50), requested: 2, reserved: 0 },
      ],
      total: eur(400),
      reservationExpiresAt: placed.order.reservationExpiresAt,
      version: 4,
    });
    await becomes(placed, { state: 'reserved', total: eur(400) });
    await eventually(async () => expect(await available(changing)).toEqual({ Full: 4, other: 3 }));
  });

  it('is possible right after placing, before the read model knows the order', async () => {
    const placed = (await place(days, { full: 1 })).json<Awaited<ReturnType<typeof ordered>>>();
    expect((await choose(placed, days, { full: 2 })).statusCode).toBe(200);
    await becomes(placed, { state: 'reserved', total: eur(39800) });
  });

  it('turns a part into all when seats came free', async () => {
    const few = await conference({ full: { price: 100, quota: 2 } });
    const first = await ordered(few, { full: 1 });
    const second = await ordered(few, { full: 2 });
    expect(second.order.state).toBe('partially-reserved');
    expect((await cancel(first)).statusCode).toBe(200);
    await eventually(async () => expect(await available(few)).toEqual({ full: 1 }));
    expect((await choose(second, few, { full: 2 })).statusCode).toBe(200);
    await becomes(second, { state: 'reserved', total: eur(200) });
  });

  it('goes on after the conference takes no new orders', async () => {
    const closing = await conference({ full: { price: 100, quota: 5 } });
    const placed = await ordered(closing, { full: 1 });
    await service.say('conferences', `Conference-${closing.id}`, { type: 'ConferenceUnpublished', data: { conferenceId: closing.id } });
    await eventually(async () => expect((await call('GET', `/v1/conferences/${closing.slug}`)).statusCode).toBe(404));
    expect((await choose(placed, closing, { full: 2 })).statusCode).toBe(200);
    await becomes(placed, { state: 'reserved' });
  });

  it('is refused with a seat type that there is not, and with nothing', async () => {
    const placed = await ordered(days, { full: 1 });
    expect(codeOf(await choose(placed, days, { unheard: 1 }))).toEqual([409, 'unknown-seat-type']);
    expect(codeOf(await choose(placed, days, { full: 0 }))).toEqual([400, 'invalid-request']);
    expect(codeOf(await choose(placed, days, { full: 21 }))).toEqual([400, 'invalid-request']);
    expect(await orderOf(placed)).toEqual(placed.order);
  });

  it('needs a key', async () => {
    const { id, token } = await ordered(days, { full: 1 });
    const body = { items: [{ seatTypeId: days.seatTypes['full'], quantity: 1 }] };
    expect(codeOf(await call('PUT', `/v1/orders/${id}/items`, { token, body }))).toEqual([400, 'idempotency-key-required']);
  });
});

describe('The registrant’s details', () => {
  it('are given, and corrected any number of times', async () => {
    const placed = await ordered(days, { full: 1 });
    expect((await register(placed)).json()).toMatchObject({ registrant: grace, version: 3 });
    const same = await register(placed);
    expect([same.statusCode, same.headers.etag]).toEqual([200, '"3"']);
    const corrected = await register(placed, { ...ada, firstName: ' Ada ' });
    expect([corrected.statusCode, corrected.headers.etag]).toEqual([200, '"4"']);
    expect(corrected.json()).toMatchObject({ registrant: ada, state: 'reserved' });
  });

  it.each([
    ['no first name', { ...grace, firstName: ' ' }, '#/firstName'],
    ['too long a name', { ...grace, lastName: 'x'.repeat(101) }, '#/lastName'],
    ['no e-mail address', { ...grace, email: 'grace' }, '#/email'],
    ['two e-mail addresses', { ...grace, email: 'a@example.org, b@example.org' }, '#/email'],
    ['a number', { ...grace, firstName: 7 }, '#/firstName'],
    ['a field more', { ...grace, company: 'Navy' }, '#/company'],
  ])('are refused with %s', async (_, body, pointer) => {
    const placed = await ordered(days, { full: 1 });
    const answer = await register(placed, body);
    expect(codeOf(answer)).toEqual([400, 'invalid-request']);
    expect(answer.json()).toMatchObject({ errors: [{ pointer }] });
    expect((await orderOf(placed)).registrant).toBeNull();
  });

  it('are fixed once the order is confirmed, or was cancelled', async () => {
    const confirmed = await registered(days, { free: 1 });
    expect((await confirm(confirmed)).statusCode).toBe(200);
    expect(codeOf(await register(confirmed, ada))).toEqual([409, 'order-confirmed']);
    const cancelled = await ordered(days, { full: 1 });
    expect((await cancel(cancelled)).statusCode).toBe(200);
    expect(codeOf(await register(cancelled, ada))).toEqual([409, 'order-cancelled']);
  });
});

describe('Confirming an order free of charge', () => {
  it('sells its seats, once', async () => {
    const placed = await registered(days, { free: 2 });
    const answer = await confirm(placed);
    expect([answer.statusCode, answer.headers.etag]).toEqual([200, '"4"']);
    expect(answer.json()).toMatchObject({ state: 'confirmed', total: eur(0), isFreeOfCharge: true, paymentState: 'none' });
    const again = await confirm(placed);
    expect([again.statusCode, again.json()]).toEqual([200, answer.json()]);
    expect(codeOf(await choose(placed, days, { free: 1 }))).toEqual([409, 'order-confirmed']);
    expect(codeOf(await cancel(placed))).toEqual([409, 'order-confirmed']);
  });

  it('is refused when it costs something, is not all reserved, or nobody registered', async () => {
    expect(codeOf(await confirm(await registered(days, { full: 1 })))).toEqual([409, 'payment-required']);
    expect(codeOf(await confirm(await ordered(days, { free: 1 })))).toEqual([409, 'registrant-required']);
    const few = await conference({ free: { price: 0, quota: 1 } });
    expect(codeOf(await confirm(await registered(few, { free: 2 })))).toEqual([409, 'not-fully-reserved']);
  });

  it('takes no body, and needs a key', async () => {
    const { id, token } = await registered(days, { free: 1 });
    for (const path of ['confirmation', 'cancellation']) {
      const url = `/v1/orders/${id}/${path}`;
      expect(codeOf(await call('POST', url, { token, body: { late: true }, headers: key() }))).toEqual([400, 'invalid-request']);
      expect(codeOf(await call('POST', url, { token }))).toEqual([400, 'idempotency-key-required']);
    }
  });
});

describe('Cancelling an order', () => {
  it('gives its seats back; again is nothing', async () => {
    const few = await conference({ full: { price: 100, quota: 3 } });
    const placed = await ordered(few, { full: 3 });
    const answer = await cancel(placed);
    expect([answer.statusCode, answer.json<OrderView>().state, answer.headers.etag]).toEqual([200, 'cancelled', '"3"']);
    await eventually(async () => expect(await available(few)).toEqual({ full: 3 }));
    const again = await cancel(placed);
    expect([again.statusCode, again.json(), again.headers.etag]).toEqual([200, answer.json(), '"3"']);
    expect(codeOf(await choose(placed, few, { full: 1 }))).toEqual([409, 'order-cancelled']);
    expect(codeOf(await confirm(placed))).toEqual([409, 'order-cancelled']);
    expect(await available(few)).toEqual({ full: 3 });
  });
});

describe('A version', () => {
  it('that is outdated refuses every command, and says which is current', async () => {
    const placed = await registered(days, { free: 1 });
    const headers = { 'if-match': '"1"' };
    for (const command of [
      choose(placed, days, { free: 2 }, headers),
      register(placed, ada, headers),
      confirm(placed, headers),
      cancel(placed, headers),
    ]) {
      const answer = await command;
      expect([...codeOf(answer), answer.json<{ currentVersion: number }>().currentVersion]).toEqual([412, 'version-mismatch', 3]);
    }
    await becomes(placed, { version: 3, state: 'reserved' });
  });

  it('that is current lets one through', async () => {
    const placed = await ordered(days, { free: 1 });
    const first = await register(placed, ada, { 'if-match': '"2"' });
    expect(first.statusCode).toBe(200);
    expect((await confirm(placed, match(first))).statusCode).toBe(200);
    expect(codeOf(await register(placed, grace, { 'if-match': 'latest' }))).toEqual([400, 'invalid-if-match']);
  });

  it('is the same for two that were read, and one of two commands loses', async () => {
    const placed = await ordered(days, { full: 1 });
    const headers = { 'if-match': '"2"' };
    const answers = await Promise.all([register(placed, ada, headers), register(placed, grace, headers)]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 412]);
  });
});

describe('A command with the same key', () => {
  it('is answered word for word, also by a new process and after the order moved on', async () => {
    const placed = await ordered(days, { free: 2 });
    const keys = [key(), key(), key()] as const;
    const send = [
      () => choose(placed, days, { free: 1 }, keys[0]),
      () => register(placed, grace, keys[1]),
      () => confirm(placed, keys[2]),
    ] as const;
    const first = [await send[0](), undefined, undefined];
    await becomes(placed, { state: 'reserved' });
    await pay(placed, 'initiated', 100);
    await becomes(placed, { paymentState: 'initiated' });
    first[1] = await send[1]();
    first[2] = await send[2]();
    expect(first.map((answer) => answer?.statusCode)).toEqual([200, 200, 200]);
    await pay(placed, 'rejected', 100);
    await becomes(placed, { paymentState: 'rejected', state: 'confirmed' });
    for (const _ of ['the same process', 'a new process']) {
      for (const [index, answer] of first.entries()) {
        const again = await send[index]?.();
        expect(again && said(again)).toEqual(answer && said(answer));
        expect(again?.headers['idempotency-replayed']).toBe('true');
      }
      await service.restart();
    }
  });

  it('is a misuse with another body, also for a new process', async () => {
    const placed = await ordered(days, { full: 1 });
    const [choosing, registering] = [key(), key()];
    expect((await choose(placed, days, { full: 2 }, choosing)).statusCode).toBe(200);
    expect((await register(placed, grace, registering)).statusCode).toBe(200);
    for (const _ of ['the same process', 'a new process']) {
      expect(codeOf(await choose(placed, days, { full: 3 }, choosing))).toEqual([422, 'idempotency-key-reused']);
      expect(codeOf(await choose(placed, days, { unheard: 3 }, choosing))).toEqual([422, 'idempotency-key-reused']);
      expect(codeOf(await register(placed, ada, registering))).toEqual([422, 'idempotency-key-reused']);
      await service.restart();
    }
    await becomes(placed, { registrant: grace });
  });

  it('may be tried again after a refusal, and is another command for another order', async () => {
    const headers = key();
    const [one, other] = [await ordered(days, { free: 1 }), await registered(days, { free: 1 })];
    expect(codeOf(await confirm(one, headers))).toEqual([409, 'registrant-required']);
    expect((await register(one)).statusCode).toBe(200);
    expect((await confirm(one, headers)).statusCode).toBe(200);
    expect((await confirm(other, headers)).headers['idempotency-replayed']).toBeUndefined();
    expect((await read({ ...one, id: idOf('nobody’s') })).statusCode).toBe(404);
  });
});
