import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  clientOf,
  codeOf,
  details,
  fullPass,
  type History,
  match,
  newConference,
  pointersOf,
  seen,
} from './client.fixture.ts';
import { type Component, component } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, create, created, pagesOf } = clientOf(() => service);

const historyOf = async (id: string, token: string): Promise<History> =>
  (await call('GET', `/v1/conferences/${id}/history`, { token })).json<{ items: History }>().items;
const asOf = (id: string, token: string, at: string): Promise<Answer> =>
  call('GET', `/v1/conferences/${id}?at=${encodeURIComponent(at)}`, { token });

/** Created, given a seat type, published, renamed and unpublished, a minute after the other; with the answers to all but the seat type. */
const eventful = async (slug: string) => {
  const { id, token, accessCode, answer } = await create(slug);
  const url = `/v1/conferences/${id}`;
  service.forward(60);
  const seatType = await call('POST', `${url}/seat-types`, { token, body: fullPass });
  service.forward(60);
  const published = await call('POST', `${url}/publish`, { token });
  service.forward(60);
  const renamed = await call('PUT', `${url}/details`, { token, headers: match(published), body: { ...details, name: 'Later days' } });
  service.forward(60);
  const unpublished = await call('POST', `${url}/unpublish`, { token });
  return { id, token, accessCode, answers: [answer, seatType, published, renamed, unpublished] as const };
};

describe('The history of a conference', () => {
  it('tells what happened, who did it and when, oldest first, without the access code', async () => {
    const { id, token, accessCode } = await eventful('history_days');
    const answer = await call('GET', `/v1/conferences/${id}/history`, { token });
    const { items, next } = answer.json<{ items: History; next: null }>();
    const by = `organiser:${id}`;
    expect(items.map(({ type, actor, reason, version }) => [version, type, actor, reason])).toEqual([
      [0, 'ConferenceCreated', 'anonymous', null],
      [1, 'SeatTypeCreated', by, null],
      [2, 'ConferencePublished', by, null],
      [3, 'ConferenceUpdated', by, null],
      [4, 'ConferenceUnpublished', by, null],
    ]);
    expect(next).toBeNull();
    const { owner, ...rest } = newConference('history_days');
    expect(items[0]?.data).toEqual({ ...rest, owner, conferenceId: id, tagline: null, twitterSearch: null });
    expect(answer.body).not.toContain('accessCode');
    expect(answer.body).not.toContain(accessCode);
    const times = items.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(times[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is read in pages that show each entry once, while more happens', async () => {
    const { id, token } = await eventful('paged_history_days');
    let published = 0;
    const items = await pagesOf<History[number]>(`/v1/conferences/${id}/history`, token, 2, async () => {
      if (published++ < 3) await call('POST', `/v1/conferences/${id}/${published % 2 === 1 ? 'publish' : 'unpublish'}`, { token });
    });
    expect(items.map(({ version }) => version)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('refuses a limit outside, a cursor of another conference, and what is no cursor', async () => {
    const one = await eventful('one_history_day');
    const other = await created();
    const { next } = (await call('GET', `/v1/conferences/${one.id}/history?limit=1`, { token: one.token })).json<{ next: string }>();
    for (const [query, pointer] of [
      ['limit=0', '#/limit'],
      ['limit=101', '#/limit'],
      ['limit=two', '#/limit'],
      ['after=nonsense', '#/after'],
      [`after=${next}`, '#/after'],
      ['page=2', '#/page'],
    ] as const) {
      const answer = await call('GET', `/v1/conferences/${other.id}/history?${query}`, { token: other.token });
      expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', [pointer]]);
    }
  });

  it('has seen what was just done', async () => {
    const { id, token } = await created();
    const published = await call('POST', `/v1/conferences/${id}/publish`, { token });
    const answer = await call('GET', `/v1/conferences/${id}/history`, { token, headers: seen(published) });
    expect(answer.json<{ items: History }>().items.at(-1)?.type).toBe('ConferencePublished');
  });
});

describe('A conference at a time', () => {
  it('is what was answered then, with the version of then', async () => {
    const { id, token, answers } = await eventful('former_days');
    const entries = await historyOf(id, token);
    for (const [version, { at }] of entries.entries()) {
      const then = await asOf(id, token, at);
      const { name, isPublished, wasEverPublished } = then.json<{ name: string; isPublished: boolean; wasEverPublished: boolean }>();
      expect([then.statusCode, then.headers.etag, name, isPublished, wasEverPublished]).toEqual([
        200,
        `"${version}"`,
        version < 3 ? 'Domain days' : 'Later days',
        version === 2 || version === 3,
        version >= 2,
      ]);
      expect(then.body).not.toContain('accessCode');
      if (version >= 2) expect(then.json()).toEqual(answers[version]?.json());
    }
  });

  it('stays as the last event left it until the next one, and for ever after the last one', async () => {
    const { id, token, answers } = await eventful('lasting_days');
    const [, seatTypeAt = '', publishedAt = ''] = (await historyOf(id, token)).map(({ at }) => at);
    const justBefore = new Date(Date.parse(publishedAt) - 1).toISOString();
    expect(seatTypeAt < justBefore).toBe(true);
    expect((await asOf(id, token, justBefore)).headers.etag).toBe('"1"');
    const today = await call('GET', `/v1/conferences/${id}`, { token, headers: seen(answers[4]) });
    const toCome = await asOf(id, token, '2099-01-01T00:00:00.000Z');
    expect([toCome.json(), toCome.headers.etag]).toEqual([today.json(), today.headers.etag]);
  });

  it('may be asked for in any zone', async () => {
    const { id, token } = await eventful('zoned_days');
    const [, , publishedAt = ''] = (await historyOf(id, token)).map(({ at }) => at);
    const inBasel = new Date(Date.parse(publishedAt) + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    expect((await asOf(id, token, inBasel)).headers.etag).toBe('"2"');
  });

  it('is not found before its creation', async () => {
    const { id, token } = await created();
    const [{ at } = { at: '' }] = await historyOf(id, token);
    expect(codeOf(await asOf(id, token, new Date(Date.parse(at) - 1).toISOString()))).toEqual([404, 'not-found']);
  });

  it.each(['yesterday', '2027-05-02', '2027-13-01T00:00:00.000Z', '2027-05-02T09:00:00.000', '1777000000000', ''])(
    'is refused at %j, which is no time',
    async (at) => {
      const { id, token } = await created();
      const answer = await asOf(id, token, at);
      expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', ['#/at']]);
    },
  );

  it('takes no other question', async () => {
    const { id, token } = await created();
    const answer = await call('GET', `/v1/conferences/${id}?version=0`, { token });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', ['#/version']]);
  });
});
