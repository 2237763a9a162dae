/** Defects of the original in what it answered, or did not, over HTTP against running services. */
import { randomUUID } from 'node:crypto';
import { eventually, type OpenConference, placeOrder } from '@conference/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from '../system.fixture.ts';
import { ask } from './request.fixture.ts';

const waitMs = 15_000;
const talks = { name: 'Talks', price: 10_000, quota: 50 };
const ada = { firstName: 'Ada', lastName: 'Berg', email: 'ada@example.com' };

let running: StartedSystem;
let conference: OpenConference;
beforeAll(async () => {
  running = await startSystem({ waitMs });
  conference = await running.open([talks]);
});
afterAll(() => running?.stop());

const registration = (path: string, of = running): string => `${of.system.addresses.registration}${path}`;
const seatTypeOf = ({ seatTypes }: OpenConference): string => seatTypes[0]?.id ?? '';
const place = (seatTypeId = seatTypeOf(conference), conferenceId = conference.id, of = running) =>
  ask(registration('/v1/orders', of), { method: 'POST', body: { conferenceId, items: [{ seatTypeId, quantity: 1 }] } });
const ordered = () => placeOrder(running.at(conference), [{ seatTypeId: seatTypeOf(conference), quantity: 1 }]);

describe('A command', () => {
  it('W-26: that is refused is answered so at once, with a reason, and nothing is left to wait for', async () => {
    const id = randomUUID();
    const body = { id, conferenceId: conference.id, items: [{ seatTypeId: randomUUID(), quantity: 1 }] };
    const refused = await ask(registration('/v1/orders'), { method: 'POST', body, headers: { prefer: 'wait=5' } });
    expect([refused.status, refused.code, refused.headers.get('location')]).toEqual([409, 'unknown-seat-type', null]);
    const right = { ...body, items: [{ seatTypeId: seatTypeOf(conference), quantity: 1 }] };
    expect((await ask(registration('/v1/orders'), { method: 'POST', body: right })).json).toMatchObject({ id });
  });

  it('W-29: can only choose what its conference sells, whoever sends it', async () => {
    const other = await running.open([talks]);
    for (const seatTypeId of [seatTypeOf(other), randomUUID()])
      expect(await place(seatTypeId)).toMatchObject({ status: 409, code: 'unknown-seat-type' });
    const { held } = await ordered();
    const items = [{ seatTypeId: seatTypeOf(other), quantity: 1 }];
    expect(await ask(registration(`/v1/orders/${held.id}/items`), { method: 'PUT', token: held.token, body: { items } })).toMatchObject({
      status: 409,
      code: 'unknown-seat-type',
    });
  });

  it('W-30: cannot hold seats without end by one order after the other, where that is asked for', { timeout: 60_000 }, async () => {
    const limited = await startSystem({ waitMs, env: { OPEN_ORDERS_PER_CLIENT: '2' } });
    try {
      const free = await limited.open([{ ...talks, price: 0 }]);
      const answers = [];
      for (let n = 0; n < 3; n++) answers.push(await place(seatTypeOf(free), free.id, limited));
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 429]);
      expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await limited.stop();
    }
  });
});

describe('Waiting', () => {
  it('W-27: has an end: what does not come in time is answered, and who asked may ask again', async () => {
    const { held } = await ordered();
    const later = Buffer.from(JSON.stringify([1, 'registration', '9'.repeat(16)])).toString('base64url');
    const headers = { 'consistency-token': later, prefer: 'wait=1' };
    const began = performance.now();
    const behind = await ask(registration(`/v1/orders/${held.id}`), { token: held.token, headers });
    expect([behind.status, behind.code]).toEqual([503, 'read-model-behind']);
    expect(Number(behind.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});

describe('The seats on offer', () => {
  it('W-42: are as fresh as the reader asks for: never older than the write whose token is sent back', async () => {
    const open = await running.open([talks]);
    const { held, order } = await placeOrder(running.at(open), [{ seatTypeId: seatTypeOf(open), quantity: 7 }]);
    expect(order.state).toBe('reserved');
    const written = await ask(registration(`/v1/orders/${held.id}/registrant`), { method: 'PUT', token: held.token, body: ada });
    const headers = { 'consistency-token': String(written.headers.get('consistency-token')) };
    const { status, text } = await ask(registration(`/v1/conferences/${open.slug}/seat-types`), { headers });
    expect([status, (JSON.parse(text) as { available: number }[]).map(({ available }) => available)]).toEqual([200, [43]]);
  });
});

describe('What is not there', () => {
  it('W-28: is not found: a conference that nobody has heard of', async () => {
    for (const path of ['/v1/conferences/never_heard_of', '/v1/conferences/never_heard_of/seat-types', '/never_heard_of']) {
      const answer = await ask(registration(path));
      expect([answer.status, answer.headers.get('content-type')], path).toEqual([404, expect.stringContaining('application/problem+json')]);
    }
  });

  it('W-37: is not shown under a name that promises more: the seat types on sale are those of a published conference', async () => {
    const open = await running.open([talks]);
    await running.system.organiser.unpublish(open);
    await eventually(
      'no seat types',
      () => ask(registration(`/v1/conferences/${open.slug}/seat-types`)),
      ({ status }) => status === 404,
      { withinMs: waitMs },
    );
    expect((await ask(registration(`/v1/conferences/${open.slug}`))).status).toBe(404);
  });
});

describe('What is checked', () => {
  it('W-33: is checked by the service: the address of a registrant, and the end of a reservation by a time it says', async () => {
    const { held, order } = await ordered();
    const url = registration(`/v1/orders/${held.id}/registrant`);
    for (const email of ['ada', 'ada@', '@example.com', 'ada@example', 'ada@example.com, bob@example.com']) {
      const refused = await ask(url, { method: 'PUT', token: held.token, body: { ...ada, email } });
      expect([refused.status, refused.json?.['errors']], email).toEqual([400, [expect.objectContaining({ pointer: '#/email' })]]);
    }
    const answer = await ask(registration(`/v1/orders/${held.id}`), { token: held.token });
    const left = Date.parse(order.reservationExpiresAt) - Date.parse(String(answer.headers.get('date')));
    expect(left).toBeGreaterThan(14 * 60_000);
    expect(left).toBeLessThan(15 * 60_000 + 1_000);
  });
});

/** Something is sent, or somebody is notified, by e-mail. */
const promise =
  /\b(receives?|sends?|sent|notif\w+)\b[^.]{0,40}\be-?mails?\b|\be-?mails?\b[^.]{0,40}\b(is|are|be) (sent|received)|\bbe notified\b/i;

describe('What is promised', () => {
  it('W-38: is kept: no page and no answer speaks of an e-mail that would be sent', async () => {
    const texts = await Promise.all(
      Object.values(running.system.addresses).flatMap((address) =>
        ['/docs', '/openapi.json'].map(async (path) => (await ask(`${address}${path}`)).text),
      ),
    );
    texts.push(JSON.stringify((await place()).json));
    expect('You will receive an e-mail with the code.').toMatch(promise);
    expect('The attendees will be notified.').toMatch(promise);
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(100);
      expect(text).not.toMatch(promise);
    }
  });
});
