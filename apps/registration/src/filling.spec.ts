import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngines } from '@conference/engines';
import { componentConfig, createLogger, systemIds, systemRandom, systemTimer } from '@conference/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registration, registrationApp } from './app.ts';
import { idOf } from './component.fixture.ts';

const service = 'registration';

/** As after an upgrade, or when the file was deleted: HTTP answers, and the read models are still to be filled. */
const unfilled = async (dataDir: string) => {
  const config = componentConfig(service, dataDir);
  const { publishes } = registration;
  const opened = await openEngines({ config, publishes, timer: systemTimer, onTrouble: () => undefined });
  const logger = createLogger({ service, level: 'silent' });
  const { http, application } = await registrationApp({
    config,
    engines: { ...opened, timer: systemTimer, ids: systemIds, random: systemRandom, log: logger, instance: service },
    logger,
    checkEventStore: () => opened.eventStore.check(),
    ownUrl: () => '',
  });
  await http.ready();
  return {
    http,
    fill: async () => {
      await application.runtime.start();
      await application.runtime.ready();
    },
    close: async () => {
      await http.close();
      await application.runtime.stop();
      for (const { close } of opened.closing) await close();
    },
  };
};

let dataDir: string;
let running: Awaited<ReturnType<typeof unfilled>>;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), `${service}-`));
  running = await unfilled(dataDir);
});
afterEach(async () => {
  await running.close();
  rmSync(dataDir, { recursive: true });
});

type Request = { readonly method: 'GET' | 'POST'; readonly url: string; readonly payload?: object };
const answered = async (request: Request) => {
  const answer = await running.http.inject({ ...request, headers: { 'idempotency-key': idOf(request.url) } });
  return [answer.statusCode, answer.json().code, answer.headers['retry-after']];
};

describe('Before the read models were filled for the first time', () => {
  const session = { slug: 'days', email: 'grace@example.org', accessCode: 'ABCDEFGHJKMNPQRS' };
  const order = { conferenceId: idOf('days'), items: [{ seatTypeId: idOf('full'), quantity: 1 }] };
  it.each([
    ['a conference that may be there', { method: 'GET', url: '/v1/conferences/days' }, 'read-model-behind', [404, 'not-found', undefined]],
    ['its seat types', { method: 'GET', url: '/v1/conferences/days/seat-types' }, 'read-model-behind', [404, 'not-found', undefined]],
    ['the conferences', { method: 'GET', url: '/v1/conferences' }, 'read-model-behind', [200, undefined, undefined]],
    [
      'an order of one',
      { method: 'POST', url: '/v1/orders', payload: order },
      'temporarily-unavailable',
      [409, 'conference-not-open', undefined],
    ],
    [
      'a session',
      { method: 'POST', url: '/v1/order-sessions', payload: session },
      'read-model-behind',
      [401, 'unauthenticated', undefined],
    ],
  ] as const)('%s is to be asked for again, and only then told that it is not there', async (_, request, code, afterwards) => {
    expect(await answered(request)).toEqual([503, code, '1']);
    await running.fill();
    expect(await answered(request)).toEqual(afterwards);
  });

  it('attempts at a session do not count', async () => {
    const attempt: Request = { method: 'POST', url: '/v1/order-sessions', payload: session };
    for (let n = 0; n < 12; n++) expect((await answered(attempt))[0]).toBe(503);
    await running.fill();
    expect((await answered(attempt))[0]).toBe(401);
  });
});
