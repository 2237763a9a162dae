/** Defects of the original in who may do what, over HTTP against running services. */
import { randomUUID } from 'node:crypto';
import { decidePayment, eventually, type Held, type OpenConference, placeOrder, startPayment } from '@conference/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from '../system.fixture.ts';
import { ask } from './request.fixture.ts';

const waitMs = 15_000;
const ada = { firstName: 'Ada', lastName: 'Berg', email: 'ada@example.com' };
const talks = { name: 'Talks', price: 10_000, quota: 50 };

let running: StartedSystem;
let conference: OpenConference;
let other: OpenConference;
beforeAll(async () => {
  running = await startSystem({ waitMs });
  [conference, other] = [await running.open([talks]), await running.open([talks])];
});
afterAll(() => running?.stop());

const at = (service: keyof StartedSystem['system']['addresses'], path: string): string => `${running.system.addresses[service]}${path}`;
const registration = (path: string): string => at('registration', path);
const management = (path: string): string => at('conference-management', path);
const payments = (path: string): string => at('payments', path);

const ordered = async (of = conference) => {
  const { held, order } = await placeOrder(running.at(of), [{ seatTypeId: of.seatTypes[0]?.id ?? '', quantity: 1 }]);
  await running.system.registrant.giveDetails(held, ada);
  return { ...held, accessCode: order.accessCode };
};
const session = (slug: string, email: string, accessCode: string) =>
  ask(registration('/v1/order-sessions'), { method: 'POST', body: { slug, email, accessCode } });
/** The registrant's name comes to the read model a moment after it was given. */
const openedSession = (slug: string, accessCode: string) =>
  eventually(
    'a session',
    () => session(slug, ada.email, accessCode),
    ({ status }) => status === 200,
    { withinMs: waitMs },
  );
const payment = (held: Held) => running.system.payer.payment(held);

describe('Finding an order again', () => {
  it('W-17: is within its conference, and each order of one person has a code of its own', async () => {
    const [first, second] = [await ordered(), await ordered()];
    for (const { id, accessCode } of [first, second])
      expect((await openedSession(conference.slug, accessCode)).json).toMatchObject({ orderId: id });
    expect((await session(other.slug, ada.email, first.accessCode)).status).toBe(401);
    expect((await session(conference.slug, 'bob@example.com', first.accessCode)).status).toBe(401);
  });

  it('W-18: that finds nothing says so, in the same words whatever was wrong', async () => {
    const { accessCode } = await ordered();
    await openedSession(conference.slug, accessCode);
    const refused = [
      await session(conference.slug, ada.email, '0000000000000000'),
      await session(conference.slug, 'nobody@example.com', accessCode),
      await session('never_heard_of', 'someone@example.com', accessCode),
    ];
    const wordsOf = ({ status, json }: (typeof refused)[number]) => ({ ...json, traceId: '', instance: '', status });
    for (const answer of refused) {
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.json).toMatchObject({ status: 401, title: expect.any(String), code: expect.any(String) });
      expect(wordsOf(answer)).toEqual(wordsOf(refused[0] ?? answer));
    }
  });
});

describe('Paying', () => {
  it('W-19: is decided by a form that is sent, never by a link that is followed, and leads nowhere else', async () => {
    const held = await ordered();
    const { id, token } = await startPayment(running.at(conference), held);
    const page = `/processor/checkout/${id}`;
    const elsewhere = '?returnUrl=https%3A%2F%2Felsewhere.example&outcome=accepted';
    for (const path of [page, `${page}${elsewhere}`, `${page}/accept`, `${page}/reject`]) {
      const { status, headers, text } = await ask(payments(path));
      expect([status < 300 || status === 404, headers.get('location'), text.includes('elsewhere.example')], path).toEqual([
        true,
        null,
        false,
      ]);
    }
    expect(await payment({ id, token })).toMatchObject({ state: 'initiated' });
    const decision = await ask(payments(`${page}${elsewhere}`), { method: 'POST', body: { outcome: 'rejected' } });
    expect(decision.headers.get('location')).toBeNull();
  });

  it('W-19: is told by the processor alone: a call-back that nobody has signed does nothing', async () => {
    const held = await ordered();
    const { id, token } = await startPayment(running.at(conference), held);
    const body = JSON.stringify({ type: 'payment.accepted', timestamp: new Date().toISOString(), data: { paymentId: id } });
    const now = String(Math.floor(Date.now() / 1_000));
    const forged = { 'webhook-id': 'forged', 'webhook-timestamp': now, 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` };
    for (const headers of [{}, forged])
      expect((await ask(payments('/v1/processor-callbacks'), { method: 'POST', body, headers })).status).toBe(401);
    expect((await ask(payments('/v1/processor-callbacks'))).status).toBe(405);
    expect(await payment({ id, token })).toMatchObject({ state: 'initiated' });
  });
});

describe('What belongs to somebody', () => {
  it('W-21: an order, its payment and its seats are nobody’s who merely knows its id, or has another order', async () => {
    const [mine, foreign] = [await ordered(), await ordered()];
    const paid = await startPayment(running.at(conference), mine);
    await decidePayment(running, mine, paid.id, 'accepted');
    await eventually(
      'the seats',
      () => running.system.registrant.seats(mine),
      (seats) => seats.length === 1,
      { withinMs: waitMs },
    );
    const requests = [
      ['GET', registration(`/v1/orders/${mine.id}`), undefined],
      ['GET', registration(`/v1/orders/${mine.id}/seats`), undefined],
      ['PUT', registration(`/v1/orders/${mine.id}/seats/0`), ada],
      ['DELETE', registration(`/v1/orders/${mine.id}/seats/0`), undefined],
      ['POST', registration(`/v1/orders/${mine.id}/cancellation`), undefined],
      ['GET', payments(`/v1/payments/${paid.id}`), undefined],
      ['POST', payments('/v1/payments'), { orderId: mine.id }],
    ] as const;
    for (const [method, url, body] of requests) {
      expect((await ask(url, { method, body })).status, `${method} ${url}`).toBe(401);
      expect((await ask(url, { method, body, token: foreign.token })).status, `${method} ${url}`).toBe(404);
    }
    expect((await running.system.registrant.seats(mine)).map(({ attendee }) => attendee)).toEqual([null]);
  });

  it('W-22: a conference and its seat types are its organiser’s, by a token and never by a code in the address', async () => {
    const created = await running.system.organiser.create({
      name: 'Mine',
      description: 'Two days',
      location: 'Basel',
      slug: `c_${randomUUID().replaceAll('-', '')}`,
      startDate: '2027-05-02',
      endDate: '2027-05-03',
      owner: { name: 'Olga', email: 'Olga@Example.com' },
    });
    const seatType = await running.system.organiser.createSeatType(created, { ...talks, description: 'All' });
    const paths = ['', '/seat-types', '/orders', '/attendees'].map((path) => `/v1/conferences/${created.id}${path}`);
    for (const path of paths) {
      expect((await ask(management(path))).status, path).toBe(401);
      expect((await ask(management(`${path}?accessCode=${created.accessCode}`))).status, path).toBe(401);
      expect((await ask(management(path), { token: other.token })).status, path).toBe(404);
    }
    const foreign = management(`/v1/conferences/${other.id}/seat-types/${seatType.id}`);
    const headers = {
      'if-match': String((await ask(management(`/v1/conferences/${other.id}`), { token: other.token })).headers.get('etag')),
    };
    const change = { name: 'Taken', description: 'Over', price: 0, quota: 1 };
    expect((await ask(foreign, { method: 'PUT', token: other.token, body: change, headers })).status).toBe(404);
    expect((await ask(foreign, { method: 'DELETE', token: other.token, headers })).status).toBe(404);
    const typed = { email: 'olga@EXAMPLE.com', accessCode: created.accessCode.toLowerCase() };
    expect(await ask(management('/v1/organizer-sessions'), { method: 'POST', body: typed })).toMatchObject({
      status: 200,
      json: { conferenceId: created.id },
    });
  });

  it('W-24: an access code has 16 characters that nobody can foretell', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, () => ordered(other)));
    const codes = orders.map(({ accessCode }) => accessCode);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(new Set(codes).size).toBe(codes.length);
    const characters = [...codes.join('')];
    expect(new Set(characters).size).toBeGreaterThan(24);
    for (let place = 0; place < 16; place++) expect(new Set(codes.map((code) => code[place])).size, `place ${place}`).toBeGreaterThan(5);
  });
});
