import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, codeOf, details, match, newConference, seen } from './client.fixture.ts';
import { type Component, component } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, create, created } = clientOf(() => service);

describe('Creating a conference', () => {
  it('answers with everything, an access code and a token', async () => {
    const { answer, id, token } = await create('first_days');
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.etag).toBe('"0"');
    expect(answer.json()).toEqual({
      ...newConference('first_days'),
      id,
      tagline: null,
      twitterSearch: null,
      isPublished: false,
      wasEverPublished: false,
      version: 0,
      accessCode: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{16}$/),
      token,
    });
    const read = await call('GET', `/v1/conferences/${id}`, { token, headers: seen(answer) });
    const { accessCode: _, token: __, ...shown } = answer.json();
    expect(read.json()).toEqual(shown);
    expect(read.headers.etag).toBe('"0"');
  });

  it('takes a slug once, whatever its case', async () => {
    await create('Taken_days');
    expect(codeOf((await create('taken_DAYS')).answer)).toEqual([409, 'slug-taken']);
  });

  it('answers a repeated command word for word, also after a restart and after changes', async () => {
    const headers = { 'idempotency-key': 'a random key of a client' };
    const first = await create('repeated_days', headers);
    const changed = await call('PUT', `/v1/conferences/${first.id}/details`, {
      token: first.token,
      headers: match(first.answer),
      body: { ...details, name: 'Other' },
    });
    expect(changed.statusCode).toBe(200);
    const cached = await create('repeated_days', headers);
    await service.restart();
    service.forward(5);
    const recalled = await create('repeated_days', headers);
    for (const { answer } of [cached, recalled]) {
      expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([201, first.answer.body, first.answer.headers.etag]);
      expect(answer.headers['idempotency-replayed']).toBe('true');
    }
    const other = await call('POST', '/v1/conferences', { body: { ...newConference('repeated_days'), location: 'Bern' }, headers });
    expect(codeOf(other)).toEqual([422, 'idempotency-key-reused']);
  });
});

describe('Changing the details', () => {
  it('needs the version that was read, and refuses another one', async () => {
    const { id, token, answer } = await created();
    const url = `/v1/conferences/${id}/details`;
    expect(codeOf(await call('PUT', url, { token, body: details }))).toEqual([428, 'if-match-required']);
    const changed = await call('PUT', url, { token, headers: match(answer), body: { ...details, tagline: 'Newer' } });
    expect([changed.statusCode, changed.json<{ tagline: string }>().tagline, changed.headers.etag]).toEqual([200, 'Newer', '"1"']);
    const stale = await call('PUT', url, { token, headers: match(answer), body: details });
    expect([...codeOf(stale), stale.json<{ currentVersion: number }>().currentVersion]).toEqual([412, 'version-mismatch', 1]);
  });

  it('refuses what is fixed', async () => {
    const { id, token, answer } = await created();
    const body = { ...details, slug: 'another' };
    expect(codeOf(await call('PUT', `/v1/conferences/${id}/details`, { token, headers: match(answer), body }))).toEqual([
      400,
      'invalid-request',
    ]);
  });
});

describe('Publishing', () => {
  it('remembers that a conference was published', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}`;
    const published = await call('POST', `${url}/publish`, { token });
    expect(published.json()).toMatchObject({ isPublished: true, wasEverPublished: true, version: 1 });
    expect((await call('POST', `${url}/publish`, { token })).json()).toEqual(published.json());
    const unpublished = await call('POST', `${url}/unpublish`, { token });
    expect(unpublished.json()).toMatchObject({ isPublished: false, wasEverPublished: true, version: 2 });
    expect((await call('GET', url, { token, headers: seen(unpublished) })).json()).toEqual(unpublished.json());
  });

  it('honours If-Match', async () => {
    const { id, token } = await created();
    expect(codeOf(await call('POST', `/v1/conferences/${id}/publish`, { token, headers: { 'if-match': '"7"' } }))).toEqual([
      412,
      'version-mismatch',
    ]);
  });
});

describe('Sessions of organisers', () => {
  it('open with e-mail and access code as people type them, at once', async () => {
    const { id, accessCode } = await created();
    const typed = `${accessCode.slice(0, 4)}-${accessCode.slice(4)} `.toLowerCase();
    const answer = await call('POST', '/v1/organizer-sessions', { body: { email: 'ADA@example.ORG', accessCode: typed } });
    expect([answer.statusCode, answer.json<{ conferenceId: string }>().conferenceId]).toEqual([200, id]);
    const { token } = answer.json<{ token: string }>();
    expect((await call('GET', `/v1/conferences/${id}`, { token })).statusCode).toBe(200);
  });

  it('are not limited while they succeed', async () => {
    const { accessCode } = await created();
    for (let i = 0; i < 12; i++) {
      const answer = await call('POST', '/v1/organizer-sessions', { body: { email: 'ada@example.org', accessCode } });
      expect(answer.statusCode).toBe(200);
    }
  });

  it('say nothing about what was wrong, and limit the attempts per address', async () => {
    const { accessCode } = await create('limited_days');
    const attempt = (email: string, code: string) => call('POST', '/v1/organizer-sessions', { body: { email, accessCode: code } });
    const wrongCode = await attempt('limited@example.org', '0000000000000000');
    const wrongAddress = await attempt('limited@example.org', accessCode);
    const texts = [wrongCode, wrongAddress].map((answer) => ({ ...answer.json<object>(), traceId: '' }));
    expect([wrongCode.statusCode, texts[0]]).toEqual([401, texts[1]]);
    for (let i = 0; i < 8; i++) await attempt('limited@example.org', '0000000000000000');
    const limited = await attempt('Limited@example.org', '0000000000000000');
    expect(codeOf(limited)).toEqual([429, 'too-many-requests']);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await attempt('ada@example.org', accessCode)).statusCode).toBe(200);
  });
});
