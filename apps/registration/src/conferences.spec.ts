import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conference, clientOf, codeOf, details, eventually, patient } from './client.fixture.ts';
import { type Component, component, type Said } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ full: { price: 19900, quota: 10 }, free: { price: 0, quota: 3 } });
});
afterAll(() => service.close());
const { call, conference, available, ordered, cancel } = clientOf(() => service);

const published = ({ id, slug }: Conference) => ({ id, slug, currency: 'EUR', ...details });
const say = ({ id }: Conference, fact: Said['conferences']) => service.say('conferences', `Conference-${id}`, fact);

describe('What anybody may see', () => {
  it('is a published conference, by its slug', async () => {
    const answer = await call('GET', `/v1/conferences/${days.slug}`);
    expect([answer.statusCode, answer.json(), answer.headers.etag]).toEqual([200, published(days), undefined]);
  });

  it('is its seat types, with what is still to be had', async () => {
    const answer = await call('GET', `/v1/conferences/${days.slug}/seat-types`);
    const eur = (amount: number) => ({ amount, currency: 'EUR' });
    expect(answer.json()).toEqual([
      { id: days.seatTypes['full'], name: 'full', description: 'All of full', price: eur(19900), quota: 10, available: 10 },
      { id: days.seatTypes['free'], name: 'free', description: 'All of free', price: eur(0), quota: 3, available: 3 },
    ]);
  });

  it('is availability that follows reservations, and never falls below nothing', async () => {
    const shrinking = await conference({ full: { price: 100, quota: 10 } });
    const placed = await ordered(shrinking, { full: 6 });
    await eventually(async () => expect(await available(shrinking)).toEqual({ full: 4 }));
    const seatTypeId = shrinking.seatTypes['full'] ?? '';
    const cut = { conferenceId: shrinking.id, seatTypeId, name: 'full', description: 'Fewer', price: 100, quota: 2 };
    await say(shrinking, { type: 'SeatTypeUpdated', data: cut });
    await eventually(async () => {
      const answer = await call('GET', `/v1/conferences/${shrinking.slug}/seat-types`);
      expect(answer.json()).toMatchObject([{ quota: 2, available: 0, description: 'Fewer' }]);
    });
    expect((await cancel(placed)).statusCode).toBe(200);
    await eventually(async () => expect(await available(shrinking)).toEqual({ full: 2 }));
  });

  it('is no conference that is not published, and no seats of it', async () => {
    const draft = await conference({ full: { price: 100, quota: 1 } }, { isPublished: false });
    const closed = await conference({ full: { price: 100, quota: 1 } });
    await say(closed, { type: 'ConferenceUnpublished', data: { conferenceId: closed.id } });
    await eventually(async () => expect((await call('GET', `/v1/conferences/${closed.slug}`)).statusCode).toBe(404));
    for (const slug of [draft.slug, closed.slug, 'never_heard_of', 'no-slug', 'x'.repeat(61)])
      for (const url of [`/v1/conferences/${slug}`, `/v1/conferences/${slug}/seat-types`])
        expect(codeOf(await call('GET', url)), url).toEqual([404, 'not-found']);
    const listed = (await call('GET', '/v1/conferences?limit=100')).json<{ items: { slug: string }[] }>().items;
    expect(listed.map(({ slug }) => slug)).not.toContain(draft.slug);
    expect(listed.map(({ slug }) => slug)).not.toContain(closed.slug);
  });

  it('follows what the organiser changes', async () => {
    const changing = await conference({ full: { price: 100, quota: 1 } });
    const renamed = { ...details, name: 'Other days', tagline: 'Now with a tagline', twitterSearch: '#days', endDate: '2027-05-04' };
    await say(changing, { type: 'ConferenceUpdated', data: { conferenceId: changing.id, ...renamed } });
    await eventually(async () =>
      expect((await call('GET', `/v1/conferences/${changing.slug}`)).json()).toEqual({ ...published(changing), ...renamed }),
    );
  });
});

describe('The list of conferences', () => {
  it('is walked page by page, each conference once', async () => {
    for (let n = 0; n < 5; n++) await conference({ full: { price: 100, quota: 1 } });
    const all = (await call('GET', '/v1/conferences')).json<{ items: { slug: string }[]; next: string | null }>();
    expect(all.next).toBeNull();
    const walked: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const answer = await call('GET', `/v1/conferences?limit=2${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`);
      const page = answer.json<{ items: { slug: string }[]; next: string | null }>();
      expect(page.items.length).toBeLessThanOrEqual(2);
      walked.push(...page.items.map(({ slug }) => slug));
      next = page.next;
    }
    expect(walked).toEqual(all.items.map(({ slug }) => slug));
    expect(new Set(walked).size).toBe(walked.length);
    expect(walked).toContain(days.slug);
  });

  it.each(['limit=0', 'limit=101', 'limit=2.5', 'limit=many', 'after=not-ours', 'after=', 'offset=1'])('refuses ?%s', async (query) => {
    expect(codeOf(await call('GET', `/v1/conferences?${query}`))).toEqual([400, 'invalid-request']);
  });
});

describe('A Consistency-Token', () => {
  it('of a later write than there is makes a query answer that it is behind', async () => {
    const placed = await ordered(days, { full: 1 });
    const answer = await call('GET', `/v1/orders/${placed.id}`, { token: placed.token });
    expect(answer.statusCode).toBe(200);
    const later = Buffer.from(JSON.stringify([1, 'registration', '9'.repeat(16)])).toString('base64url');
    const headers = { 'consistency-token': later, prefer: 'wait=0' };
    for (const [url, token] of [
      ['/v1/conferences', undefined],
      [`/v1/conferences/${days.slug}`, undefined],
      [`/v1/conferences/${days.slug}/seat-types`, undefined],
      [`/v1/orders/${placed.id}`, placed.token],
      [`/v1/orders/${placed.id}/seats`, placed.token],
    ] as const) {
      const behind = await call('GET', url, { headers, ...(token === undefined ? {} : { token }) });
      expect([...codeOf(behind), behind.headers['retry-after']], url).toEqual([503, 'read-model-behind', '1']);
    }
  });

  it.each(['garbage', '', Buffer.from(JSON.stringify([1, 'payments', '1'])).toString('base64url'), 'x'.repeat(300)])(
    'that this service did not issue is refused: %s',
    async (token) => {
      const answer = await call('GET', '/v1/conferences', { headers: { 'consistency-token': token } });
      expect(codeOf(answer)).toEqual([400, 'invalid-consistency-token']);
    },
  );
});
