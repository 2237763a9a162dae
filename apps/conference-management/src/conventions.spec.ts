import type { Position } from '@conference/kernel';
import { consistencyToken } from '@conference/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  clientOf,
  codeOf,
  details,
  fullPass,
  type Headers,
  type Method,
  match,
  newConference,
  pointersOf,
  seen,
} from './client.fixture.ts';
import { type Component, component, idOf } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, created } = clientOf(() => service);

type Sent = { readonly method: Method; readonly url: string; readonly token?: string; readonly body?: object; readonly headers: Headers };
const send = ({ method, url, ...options }: Sent): Promise<Answer> => call(method, url, options);

/** Every command there is, on one conference, each with a key; and what it was answered. */
const everyCommand = async (slug: string): Promise<readonly (readonly [Sent, Answer])[]> => {
  const sent: (readonly [Sent, Answer])[] = [];
  const next = async (command: Sent): Promise<Answer> => {
    const headers = { 'idempotency-key': `${slug} ${sent.length}`, ...command.headers };
    const answer = await send({ ...command, headers });
    sent.push([{ ...command, headers }, answer]);
    return answer;
  };
  const creation = await next({ method: 'POST', url: '/v1/conferences', body: newConference(slug), headers: {} });
  const { id, token } = creation.json<{ id: string; token: string }>();
  const url = `/v1/conferences/${id}`;
  const first = await next({ method: 'POST', url: `${url}/seat-types`, token, body: fullPass, headers: {} });
  const second = await next({ method: 'POST', url: `${url}/seat-types`, token, body: { ...fullPass, name: 'Workshop' }, headers: {} });
  const seatTypeUrl = (of: Answer) => `${url}/seat-types/${of.json<{ id: string }>().id}`;
  const changed = await next({ method: 'PUT', url: seatTypeUrl(first), token, body: { ...fullPass, quota: 3 }, headers: match(second) });
  const removed = await next({ method: 'DELETE', url: seatTypeUrl(second), token, headers: match(changed) });
  const renamed = await next({ method: 'PUT', url: `${url}/details`, token, body: { ...details, name: 'Other' }, headers: match(removed) });
  await next({ method: 'POST', url: `${url}/publish`, token, headers: match(renamed) });
  await next({ method: 'POST', url: `${url}/unpublish`, token, headers: {} });
  return sent;
};

describe('A command that is repeated with its key', () => {
  it('is answered word for word, from memory and from the events, whatever happened since', async () => {
    const sent = await everyCommand('every_command');
    expect(sent.map(([, { statusCode }]) => statusCode)).toEqual([201, 201, 201, 200, 204, 200, 200, 200]);
    const isAnsweredAsThen = async (): Promise<void> => {
      for (const [command, then] of sent) {
        const again = await send(command);
        const what = `${command.method} ${command.url}`;
        expect([again.statusCode, again.body, again.headers.etag, again.headers['consistency-token']], what).toEqual([
          then.statusCode,
          then.body,
          then.headers.etag,
          then.headers['consistency-token'],
        ]);
        expect([then.headers['idempotency-replayed'], again.headers['idempotency-replayed']], what).toEqual([undefined, 'true']);
      }
    };
    await isAnsweredAsThen();
    await service.restart();
    service.forward(30);
    await isAnsweredAsThen();
    const [[{ token = '' }] = [{}]] = sent.slice(1);
    const { id } = sent[0]?.[1].json<{ id: string }>() ?? { id: '' };
    expect((await call('GET', `/v1/conferences/${id}`, { token })).headers.etag).toBe('"7"');
  });

  it('is refused with another body, from memory and from the events', async () => {
    const sent = await everyCommand('every_other_command');
    const other = [...sent.slice(0, 4), ...sent.slice(5, 6)];
    for (const isRemembered of [true, false]) {
      if (!isRemembered) await service.restart();
      for (const [command] of other) {
        const answer = await send({ ...command, body: { ...command.body, description: 'Other' } });
        expect(codeOf(answer), `${command.method} ${command.url}`).toEqual([422, 'idempotency-key-reused']);
      }
    }
  });

  it('creates one conference, whatever slug is sent with the key later', async () => {
    const headers = { 'idempotency-key': 'the key of one conference' };
    const first = await call('POST', '/v1/conferences', { body: newConference('first_slug'), headers });
    for (const isRemembered of [true, false]) {
      if (!isRemembered) await service.restart();
      const other = await call('POST', '/v1/conferences', { body: newConference('other_slug'), headers });
      expect(codeOf(other)).toEqual([422, 'idempotency-key-reused']);
      expect((await call('POST', '/v1/conferences', { body: newConference('first_slug'), headers })).body).toBe(first.body);
    }
    expect((await call('POST', '/v1/conferences', { body: newConference('other_slug') })).statusCode).toBe(201);
  });

  it('is another command to somebody else, and on another conference', async () => {
    const [one, two] = [await created(), await created()];
    const headers = { 'idempotency-key': 'the same' };
    for (const { id, token } of [one, two]) {
      const answer = await call('POST', `/v1/conferences/${id}/publish`, { token, headers });
      expect([answer.headers.etag, answer.headers['idempotency-replayed']]).toEqual(['"1"', undefined]);
    }
  });

  it('may be sent again after a refusal, since nothing was changed', async () => {
    const { id, token, answer } = await created();
    const seatType = await call('POST', `/v1/conferences/${id}/seat-types`, { token, body: fullPass });
    const url = `/v1/conferences/${id}/details`;
    const headers = { 'idempotency-key': 'refused at first' };
    const refused = await call('PUT', url, { token, body: details, headers: { ...headers, ...match(answer) } });
    expect(codeOf(refused)).toEqual([412, 'version-mismatch']);
    const body = { ...details, name: 'Other' };
    const accepted = await call('PUT', url, { token, body, headers: { ...headers, ...match(seatType) } });
    expect([accepted.statusCode, accepted.headers['idempotency-replayed']]).toEqual([200, undefined]);
  });

  it.each(['', 'x'.repeat(256), 'k\u00e9y'])('needs a key of 1 to 255 printable characters, not %j', async (key) => {
    const { id, token } = await created();
    const answer = await call('POST', `/v1/conferences/${id}/publish`, { token, headers: { 'idempotency-key': key } });
    expect(codeOf(answer)).toEqual([400, 'invalid-idempotency-key']);
  });
});

describe('A version', () => {
  const seatTypePath = `/seat-types/${idOf('seat type')}`;
  const commands = [
    ['POST', '/publish', undefined],
    ['POST', '/unpublish', undefined],
    ['POST', '/seat-types', fullPass],
    ['PUT', '/details', details],
    ['PUT', seatTypePath, fullPass],
    ['DELETE', seatTypePath, undefined],
  ] as const;

  it.each(commands)('that is not the current one is refused by %s …%s, which names the current one', async (method, path, body) => {
    const { id, token } = await created();
    await call('POST', `/v1/conferences/${id}/publish`, { token });
    const options = { token, headers: { 'if-match': '"0"' }, ...(body === undefined ? {} : { body }) };
    const answer = await call(method, `/v1/conferences/${id}${path}`, options);
    expect([...codeOf(answer), answer.json<{ currentVersion: number }>().currentVersion]).toEqual([412, 'version-mismatch', 1]);
  });

  it.each(commands)('that is none is refused by %s …%s', async (method, path, body) => {
    const { id, token } = await created();
    for (const version of ['0', 'W/"0"', '"0", "1"', '"-1"', '"one"']) {
      const options = { token, headers: { 'if-match': version }, ...(body === undefined ? {} : { body }) };
      expect(codeOf(await call(method, `/v1/conferences/${id}${path}`, options)), version).toEqual([400, 'invalid-if-match']);
    }
  });

  it.each(commands.filter(([method]) => method !== 'POST'))('has to be named to %s …%s', async (method, path, body) => {
    const { id, token } = await created();
    for (const headers of [{}, { 'if-match': '*' }]) {
      const options = { token, headers, ...(body === undefined ? {} : { body }) };
      expect(codeOf(await call(method, `/v1/conferences/${id}${path}`, options))).toEqual([428, 'if-match-required']);
    }
  });

  it('of a conference that there is not matches none', async () => {
    const options = { body: newConference('not_there_days'), headers: { 'if-match': '"0"' } };
    const answer = await call('POST', '/v1/conferences', options);
    expect([...codeOf(answer), answer.json<{ currentVersion: null }>().currentVersion]).toEqual([412, 'version-mismatch', null]);
  });
});

describe('A query', () => {
  it.each(['/seat-types', '/orders', '/attendees', '/history'])('…%s that asks for what there is not is refused', async (path) => {
    const { id, token } = await created();
    const answer = await call('GET', `/v1/conferences/${id}${path}?at=2027-05-02T09:00:00.000Z`, { token });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', ['#/at']]);
  });
});

describe('Reading one’s own write', () => {
  const queries = ['', '/seat-types', '/orders', '/attendees', '/history'] as const;

  it.each(queries)('…%s takes the token of a command, and no other text', async (path) => {
    const { id, token, answer } = await created();
    const url = `/v1/conferences/${id}${path}`;
    expect((await call('GET', url, { token, headers: seen(answer) })).statusCode).toBe(200);
    const strangers = [
      'nonsense',
      consistencyToken('registration', '0000000000000001' as Position),
      `${seen(answer)['consistency-token']}A`,
    ];
    for (const text of strangers) {
      const refused = await call('GET', url, { token, headers: { 'consistency-token': text } });
      expect(codeOf(refused)).toEqual([400, 'invalid-consistency-token']);
    }
  });

  it.each(queries.slice(0, 4))('…%s says when to ask again for a write that has not arrived', async (path) => {
    const { id, token } = await created();
    const toCome = consistencyToken('conference-management', '9999999999999999' as Position);
    const headers = { 'consistency-token': toCome, prefer: 'wait=0' };
    const answer = await call('GET', `/v1/conferences/${id}${path}`, { token, headers });
    expect([...codeOf(answer), Number(answer.headers['retry-after']) > 0]).toEqual([503, 'read-model-behind', true]);
  });

  it('opens a session once the conference has arrived that the token tells of', async () => {
    const { answer, accessCode } = await created();
    const open = (token: string) =>
      call('POST', '/v1/organizer-sessions', {
        body: { email: 'ada@example.org', accessCode },
        headers: { 'consistency-token': token, prefer: 'wait=0' },
      });
    await service.restart();
    expect((await open(String(seen(answer)['consistency-token']))).statusCode).toBe(200);
    expect(codeOf(await open('nonsense'))).toEqual([400, 'invalid-consistency-token']);
    const toCome = consistencyToken('conference-management', '9999999999999999' as Position);
    expect(codeOf(await open(toCome))).toEqual([503, 'read-model-behind']);
  });

  it('shows a conference to who has just created it, also without a token', async () => {
    for (let n = 0; n < 5; n++) {
      const { id, token } = await created();
      for (const path of ['', '/seat-types']) expect((await call('GET', `/v1/conferences/${id}${path}`, { token })).statusCode).toBe(200);
    }
  });
});
