import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conference, clientOf, codeOf, eventually, patient, seen } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ free: { price: 0, quota: 1_000 } });
});
afterAll(() => service.close());
const { call, key, conference, ordered, register, confirm, cancel } = clientOf(() => service);

type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };
const token = operatorToken;
/** Every item of a list, page by page; `between` is what happens after each page. */
const walk = async <Item>(
  url: string,
  limit: number,
  between: (page: number) => Promise<unknown> = async () => {},
): Promise<readonly Item[]> => {
  const walked: Item[] = [];
  let pages = 0;
  for (let next: string | null = ''; next !== null; pages++) {
    const answer = await call('GET', `${url}${url.includes('?') ? '&' : '?'}limit=${limit}${next === '' ? '' : `&after=${next}`}`, {
      token,
    });
    expect(answer.statusCode).toBe(200);
    const page = answer.json<Page<Item>>();
    expect(page.items.length).toBeLessThanOrEqual(limit);
    if (page.next !== null) expect(page.items.length).toBe(limit);
    walked.push(...page.items);
    next = page.next;
    await between(pages);
  }
  return walked;
};
const countOf = <Key>(keys: readonly Key[], wanted: Key): number => keys.filter((one) => one === wanted).length;

describe('The list of conferences', () => {
  it('is walked from end to end while conferences are added: each that was there is met once, none twice', async () => {
    const there = await Promise.all(Array.from({ length: 7 }, () => conference({ free: { price: 0, quota: 1 } })));
    const walked = await walk<{ slug: string }>('/v1/conferences', 2, async (page) => {
      if (page < 3) await conference({ free: { price: 0, quota: 1 } });
    });
    const slugs = walked.map(({ slug }) => slug);
    for (const { slug } of there) expect(countOf(slugs, slug)).toBe(1);
    expect(new Set(slugs).size).toBe(slugs.length);
  });

  it('has a full page of 100 and one of the rest', async () => {
    const { items: before } = (await call('GET', '/v1/conferences?limit=100')).json<Page<object>>();
    await Promise.all(Array.from({ length: 105 - before.length }, () => conference({})));
    expect(await walk('/v1/conferences', 100)).toHaveLength(105);
    const first = (await call('GET', '/v1/conferences')).json<Page<object>>();
    expect([first.items.length, first.next]).toEqual([50, expect.any(String)]);
  });
});

describe('The list of processes', () => {
  type Process = { readonly orderId: string; readonly state: string };

  it('is walked from end to end while orders come and go: each process is met once', async () => {
    const there = await Promise.all(Array.from({ length: 9 }, () => ordered(days, { free: 1 })));
    const walked = await walk<Process>('/ops/processes', 2, async (page) => {
      await ordered(days, { free: 1 });
      const placed = there[page];
      if (placed === undefined) return;
      await register(placed);
      const answer = page % 2 === 0 ? await cancel(placed) : await confirm(placed);
      // The process is followed up to here, so what it went to is what the next page is read from.
      expect((await call('GET', '/ops/processes?limit=1', { token, headers: seen(answer) })).statusCode).toBe(200);
    });
    const ids = walked.map(({ orderId }) => orderId);
    for (const { id } of there) expect(countOf(ids, id)).toBe(1);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is walked by state, too', async () => {
    const cancelled = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const placed = await ordered(days, { free: 1 });
        expect((await cancel(placed)).statusCode).toBe(200);
        return placed.id;
      }),
    );
    await eventually(async () => {
      const walked = await walk<Process>('/ops/processes?state=cancelled', 2);
      expect(walked.every(({ state }) => state === 'cancelled')).toBe(true);
      expect(walked.map(({ orderId }) => orderId)).toEqual(expect.arrayContaining(cancelled));
      expect(new Set(walked).size).toBe(walked.length);
    });
  });
});

describe('The list of parked messages', () => {
  type Parked = { readonly id: string; readonly subject: string };
  const malformed = async (name: string): Promise<string> => {
    const subject = `Conference-${idOf(name)}`;
    await service.babble('conferences', subject, { type: 'ConferenceCreated', data: { conferenceId: 7 } });
    return subject;
  };
  const parked = () => walk<Parked>('/ops/parked-messages', 100);
  const isParked = (subject: string) => eventually(async () => expect((await parked()).map((one) => one.subject)).toContain(subject));

  it('is walked from end to end while others are parked: each that was there is met once', async () => {
    const there: string[] = [];
    for (let n = 0; n < 5; n++) there.push(await malformed(`malformed ${n}`));
    for (const subject of there) await isParked(subject);
    const walked = await walk<Parked>('/ops/parked-messages', 2, async (page) => {
      if (page < 2) await isParked(await malformed(`malformed meanwhile ${page}`));
    });
    const subjects = walked.map(({ subject }) => subject);
    for (const subject of there) expect(countOf(subjects, subject)).toBe(1);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('has seen a decision of the operator, with its Consistency-Token', async () => {
    const subject = await malformed('malformed and skipped');
    await isParked(subject);
    const id = (await parked()).find((one) => one.subject === subject)?.id;
    const headers = key();
    const skip = () => call('POST', `/ops/parked-messages/${id}/skip`, { token, headers, body: { reason: 'It says nothing.' } });
    const first = await skip();
    expect([first.statusCode, first.json()]).toEqual([202, { status: 'started' }]);
    const after = await call('GET', '/ops/parked-messages?limit=100', { token, headers: seen(first) });
    expect(after.json<Page<Parked>>().items.map((one) => one.subject)).not.toContain(subject);
    const again = await skip();
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([202, 'true']);
  });

  it('answers that it is behind a write that it has not seen', async () => {
    const later = Buffer.from(JSON.stringify([1, 'registration', '9'.repeat(16)])).toString('base64url');
    for (const url of ['/ops/projections', '/ops/parked-messages', '/ops/processes', '/ops/processes?state=cancelled']) {
      const answer = await call('GET', url, { token, headers: { 'consistency-token': later, prefer: 'wait=0' } });
      expect([...codeOf(answer), answer.headers['retry-after']], url).toEqual([503, 'read-model-behind', '1']);
    }
  });
});

describe('Every list', () => {
  it.each(['/v1/conferences', '/ops/processes', '/ops/processes?state=cancelled', '/ops/parked-messages'])(
    '%s refuses limits outside, cursors of other lists and members that there are not',
    async (url) => {
      const foreign = (await call('GET', url === '/v1/conferences' ? '/ops/processes?limit=1' : '/v1/conferences?limit=1', { token })).json<
        Page<object>
      >().next;
      expect(foreign).toEqual(expect.any(String));
      const sign = url.includes('?') ? '&' : '?';
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=-1',
        'limit=1.5',
        'limit=x',
        'limit=',
        'after=',
        'after=x',
        `after=${foreign}`,
        'page=2',
        'limit=1&limit=2',
      ]) {
        const answer = await call('GET', `${url}${sign}${query}`, { token });
        expect(codeOf(answer), query).toEqual([400, 'invalid-request']);
        const [first] = answer.json<{ errors: { pointer: string; in: string }[] }>().errors;
        expect([first?.in, first?.pointer], query).toEqual(['query', `#/${query.split('=', 1)[0]}`]);
      }
    },
  );
});
