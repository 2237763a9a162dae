import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, type Conference, clientOf, codeOf, eventually, grace, type Placed, patient, said, seen } from './client.fixture.ts';
import { type Component, component, idOf } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ full: { price: 19900, quota: 1_000 }, free: { price: 0, quota: 1_000 } });
});
afterAll(() => service.close());
const { call, key, conference, available, place, ordered, register, confirm, cancel, read } = clientOf(() => service);

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const orderIn = (answer: Answer) => answer.json<Placed>().order;

describe('Placing an order', () => {
  it('is answered at once, with the token and the access code of the order', async () => {
    const answer = await place(days, { full: 2, free: 1 });
    const { id, accessCode, token, order } = answer.json<Placed>();
    expect([answer.statusCode, answer.headers.etag, answer.headers.location]).toEqual([201, '"1"', `/v1/orders/${id}`]);
    expect(accessCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(order).toEqual({
      id,
      conferenceId: days.id,
      state: 'pending-reservation',
      accessCode,
      items: [
        { seatTypeId: days.seatTypes['full'], name: 'full', unitPrice: eur(19900), requested: 2, reserved: 0, lineTotal: eur(39800) },
        { seatTypeId: days.seatTypes['free'], name: 'free', unitPrice: eur(0), requested: 1, reserved: 0, lineTotal: eur(0) },
      ],
      total: eur(39800),
      isFreeOfCharge: false,
      reservationExpiresAt: order.reservationExpiresAt,
      registrant: null,
      paymentState: 'none',
      version: 1,
    });
    expect(Date.parse(order.reservationExpiresAt) - Date.parse(service.now())).toBeGreaterThan(890_000);
    expect((await call('GET', `/v1/orders/${id}`, { token })).statusCode).toBe(200);
  });

  it('can be answered once the reservation is decided, and is read as it was answered', async () => {
    const answer = await place(days, { full: 2 }, { prefer: 'wait=5' });
    expect(orderIn(answer)).toMatchObject({ state: 'reserved', items: [{ requested: 2, reserved: 2 }], total: eur(39800), version: 2 });
    expect(answer.headers.etag).toBe('"2"');
    const again = await read(answer.json<Placed>(), seen(answer));
    expect([again.statusCode, again.json(), again.headers.etag]).toEqual([200, orderIn(answer), '"2"']);
  });

  it('drops lines of nothing', async () => {
    const answer = await place(days, { full: 0, free: 1 }, { prefer: 'wait=5' });
    expect(orderIn(answer)).toMatchObject({ items: [{ name: 'free' }], isFreeOfCharge: true, total: eur(0) });
  });

  it('reserves what there is, and the total is of what is held', async () => {
    const few = await conference({ full: { price: 19900, quota: 3 }, other: { price: 500, quota: 9 } });
    expect(orderIn(await place(few, { full: 5, other: 2 }, { prefer: 'wait=5' }))).toMatchObject({
      state: 'partially-reserved',
      items: [
        { requested: 5, reserved: 3, lineTotal: eur(59700) },
        { requested: 2, reserved: 2, lineTotal: eur(1000) },
      ],
      total: eur(60700),
      isFreeOfCharge: false,
    });
    expect(await available(few)).toEqual({ full: 0, other: 7 });
  });

  it('of what is sold out is no error: nothing is reserved, for nothing, and it is not free of charge', async () => {
    const sold = await conference({ free: { price: 0, quota: 1 } });
    await ordered(sold, { free: 1 });
    const answer = await place(sold, { free: 1 }, { prefer: 'wait=5' });
    expect(answer.statusCode).toBe(201);
    expect(orderIn(answer)).toMatchObject({
      state: 'partially-reserved',
      items: [{ requested: 1, reserved: 0, lineTotal: eur(0) }],
      total: eur(0),
      isFreeOfCharge: false,
    });
    const placed = answer.json<Placed>();
    expect((await register(placed)).statusCode).toBe(200);
    expect(codeOf(await confirm(placed))).toEqual([409, 'not-fully-reserved']);
  });

  it('never sells a seat twice, however many ask at once', async () => {
    const hot = await conference({ full: { price: 100, quota: 7 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => place(hot, { full: 1 }, { prefer: 'wait=5' })));
    const reserved = answers.map((answer) => orderIn(answer).items[0]?.reserved);
    expect(reserved.toSorted()).toEqual([...Array(5).fill(0), ...Array(7).fill(1)]);
  });

  it('takes ids in any case', async () => {
    const body = {
      id: idOf('upper case').toUpperCase(),
      conferenceId: days.id.toUpperCase(),
      items: [{ seatTypeId: days.seatTypes['full']?.toUpperCase(), quantity: 1 }],
    };
    const answer = await call('POST', '/v1/orders', { body, headers: key() });
    const { id, token } = answer.json<Placed>();
    expect([answer.statusCode, id]).toEqual([201, idOf('upper case')]);
    expect((await call('GET', `/v1/orders/${id.toUpperCase()}`, { token })).statusCode).toBe(200);
  });
});

describe('Placing an order is refused', () => {
  type Change = (of: Conference) => object;
  type Refused = readonly [name: string, change: Change, status: number, code: string, pointers?: readonly string[]];
  const refusals: readonly Refused[] = [
    ['of nothing', () => ({ items: [] }), 400, 'invalid-request', ['#/items']],
    [
      'of lines of nothing',
      ({ seatTypes }) => ({ items: [{ seatTypeId: seatTypes['full'], quantity: 0 }] }),
      400,
      'invalid-request',
      ['#/items'],
    ],
    [
      'of a negative number',
      ({ seatTypes }) => ({ items: [{ seatTypeId: seatTypes['full'], quantity: -1 }] }),
      400,
      'invalid-request',
      ['#/items/0/quantity'],
    ],
    [
      'of more than 20',
      ({ seatTypes }) => ({ items: [{ seatTypeId: seatTypes['full'], quantity: 21 }] }),
      400,
      'invalid-request',
      ['#/items/0/quantity'],
    ],
    [
      'of half a seat',
      ({ seatTypes }) => ({ items: [{ seatTypeId: seatTypes['full'], quantity: 0.5 }] }),
      400,
      'invalid-request',
      ['#/items/0/quantity'],
    ],
    [
      'of "2" seats',
      ({ seatTypes }) => ({ items: [{ seatTypeId: seatTypes['full'], quantity: '2' }] }),
      400,
      'invalid-request',
      ['#/items/0/quantity'],
    ],
    [
      'of one type twice',
      ({ seatTypes }) => ({
        items: [seatTypes['free'], seatTypes['full'], seatTypes['full']?.toUpperCase()].map((seatTypeId) => ({ seatTypeId, quantity: 1 })),
      }),
      400,
      'invalid-request',
      ['#/items/2/seatTypeId'],
    ],
    ['with an id that is none', () => ({ id: 'my order' }), 400, 'invalid-request', ['#/id']],
    ['without a conference', () => ({ conferenceId: undefined }), 400, 'invalid-request', ['#/conferenceId']],
    [
      'with unknown fields',
      ({ seatTypes }) => ({ total: 1, items: [{ seatTypeId: seatTypes['full'], quantity: 1, unitPrice: 1 }] }),
      400,
      'invalid-request',
      ['#/items/0/unitPrice', '#/total'],
    ],
    ['of an unknown seat type', () => ({ items: [{ seatTypeId: idOf('no seat type'), quantity: 1 }] }), 409, 'unknown-seat-type'],
    ['of an unknown conference', () => ({ conferenceId: idOf('no conference') }), 409, 'conference-not-open'],
  ];
  it.each(refusals.map(([name, change, status, code, pointers]) => ({ name, change, status, code, pointers })))(
    '$name',
    async ({ change, status, code, pointers }) => {
      const valid = { conferenceId: days.id, items: [{ seatTypeId: days.seatTypes['full'], quantity: 1 }] };
      const headers = key();
      const answer = await call('POST', '/v1/orders', { body: { ...valid, ...change(days) }, headers });
      expect(codeOf(answer)).toEqual([status, code]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(
        answer
          .json<{ errors?: { pointer: string }[] }>()
          .errors?.map(({ pointer }) => pointer)
          .toSorted(),
      ).toEqual(pointers);
      // A refused command changed nothing, and its key is free.
      expect((await call('POST', '/v1/orders', { body: valid, headers })).statusCode).toBe(201);
    },
  );

  it('for a conference that is not published, or no more', async () => {
    const draft = await conference({ full: { price: 100, quota: 9 } }, { isPublished: false });
    expect(codeOf(await place(draft, { full: 1 }))).toEqual([409, 'conference-not-open']);
    const closed = await conference({ full: { price: 100, quota: 9 } });
    const before = await ordered(closed, { full: 1 });
    await service.say('conferences', `Conference-${closed.id}`, { type: 'ConferenceUnpublished', data: { conferenceId: closed.id } });
    await eventually(async () => expect((await call('GET', `/v1/conferences/${closed.slug}`)).statusCode).toBe(404));
    expect(codeOf(await place(closed, { full: 1 }))).toEqual([409, 'conference-not-open']);
    expect((await read(before)).statusCode).toBe(200);
  });

  it.each([
    ['malformed JSON', '{"conferenceId":', 'application/json', 400, 'malformed-json'],
    ['no object', '[]', 'application/json', 400, 'invalid-request'],
    ['another content type', 'conferenceId=1', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['too large a body', JSON.stringify({ conferenceId: 'x'.repeat(65 * 1024) }), 'application/json', 413, 'body-too-large'],
  ])('with %s', async (_, body, contentType, status, code) => {
    expect(codeOf(await call('POST', '/v1/orders', { body, headers: { ...key(), 'content-type': contentType } }))).toEqual([status, code]);
  });

  it('without a key, or with one that is too long', async () => {
    const body = { conferenceId: days.id, items: [{ seatTypeId: days.seatTypes['full'], quantity: 1 }] };
    expect(codeOf(await call('POST', '/v1/orders', { body }))).toEqual([400, 'idempotency-key-required']);
    const headers = { 'idempotency-key': 'k'.repeat(256) };
    expect(codeOf(await call('POST', '/v1/orders', { body, headers }))).toEqual([400, 'invalid-idempotency-key']);
  });
});

describe('Placing an order again with the same key', () => {
  const repeat = async (send: () => Promise<Answer>, between: (first: Answer) => Promise<void> = async () => {}): Promise<void> => {
    const first = await send();
    expect([first.statusCode, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    await between(first);
    const cached = await send();
    expect([said(cached), cached.headers['idempotency-replayed']]).toEqual([said(first), 'true']);
    await service.restart();
    const again = await send();
    expect([said(again), again.headers['idempotency-replayed'], again.headers.location]).toEqual([
      said(first),
      'true',
      first.headers.location,
    ]);
  };

  it('is answered word for word, also by a new process', async () => {
    const headers = key();
    await repeat(() => place(days, { full: 1 }, headers));
  });

  it('is answered word for word when the order has moved on, and when it was waited for', async () => {
    const headers = { ...key(), prefer: 'wait=5' };
    await repeat(
      () => place(days, { free: 1 }, headers),
      async (first) => {
        const placed = first.json<Placed>();
        expect((await register(placed, grace)).statusCode).toBe(200);
        expect((await confirm(placed)).statusCode).toBe(200);
      },
    );
  });

  it('is answered word for word when a part was reserved, and the order was cancelled since', async () => {
    const few = await conference({ full: { price: 100, quota: 1 } });
    const headers = { ...key(), prefer: 'wait=5' };
    await repeat(
      () => place(few, { full: 2 }, headers),
      async (first) => {
        expect(orderIn(first)).toMatchObject({ state: 'partially-reserved', total: eur(100) });
        expect((await cancel(first.json<Placed>())).statusCode).toBe(200);
      },
    );
  });

  it('is answered word for word when the conference takes no orders any more', async () => {
    const closing = await conference({ full: { price: 100, quota: 9 } });
    const headers = key();
    await repeat(
      () => place(closing, { full: 1 }, headers),
      async () => {
        await service.say('conferences', `Conference-${closing.id}`, {
          type: 'ConferenceUnpublished',
          data: { conferenceId: closing.id },
        });
        await eventually(async () => expect(codeOf(await place(closing, { full: 1 }))).toEqual([409, 'conference-not-open']));
      },
    );
  });

  it('is a misuse with another body, also for a new process', async () => {
    const headers = key();
    expect((await place(days, { full: 1 }, headers)).statusCode).toBe(201);
    expect(codeOf(await place(days, { full: 2 }, headers))).toEqual([422, 'idempotency-key-reused']);
    await service.restart();
    expect(codeOf(await place(days, { full: 2 }, headers))).toEqual([422, 'idempotency-key-reused']);
    expect((await place(days, { full: 1 }, headers)).statusCode).toBe(201);
  });

  it('makes one order of requests at the same moment', async () => {
    const headers = key();
    const answers = await Promise.all(Array.from({ length: 5 }, () => place(days, { full: 1 }, headers)));
    const placed = answers.filter(({ statusCode }) => statusCode === 201);
    const others = answers.filter(({ statusCode }) => statusCode !== 201);
    expect(new Set(placed.map(({ body }) => body)).size).toBe(1);
    for (const other of others) expect(codeOf(other)).toEqual([409, 'idempotency-key-in-progress']);
  });
});

describe('An id that the client chose', () => {
  it('is the order’s; the same request again is a repeat, another one is refused', async () => {
    const id = idOf('chosen by the client');
    const headers = key();
    const first = await place(days, { full: 1 }, headers, id);
    expect([first.statusCode, first.json<Placed>().id]).toEqual([201, id]);
    for (const _ of ['the same process', 'a new process']) {
      const repeated = await place(days, { full: 1 }, headers, id);
      expect([said(repeated), repeated.headers['idempotency-replayed']]).toEqual([said(first), 'true']);
      const taken = await place(days, { full: 1 }, {}, id);
      expect(codeOf(taken)).toEqual([409, 'order-id-taken']);
      expect(taken.body).not.toContain(first.json<Placed>().accessCode);
      expect(codeOf(await place(days, { full: 2 }, headers, id))).toEqual([422, 'idempotency-key-reused']);
      await service.restart();
    }
  });

  it('is taken by one of several at the same moment', async () => {
    const id = idOf('wanted by many');
    const answers = await Promise.all(Array.from({ length: 4 }, () => place(days, { full: 1 }, {}, id)));
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 409, 409, 409]);
  });
});
