import { type EventStoreServer, startEventStoreServer } from '@conference/testing-eventstoredb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEventStoreDb } from './open.ts';

const context = 'Open';
const times = { openMs: 600, appendMs: 500, backoffMs: [20, 100] } as const;
/** What opening must be over in, whatever it meets. */
const boundMs = 3_000;
const refusal = async (url: string): Promise<string> => {
  const begun = performance.now();
  const error: unknown = await openEventStoreDb({ url, client: 'kurrent', context, times }).catch((thrown: unknown) => thrown);
  expect(performance.now() - begun).toBeLessThan(boundMs);
  return error instanceof Error ? `${error.name}: ${error.message}` : 'opened';
};

/** Its reads go over other connections than its appends and subscriptions, by a native library that knows no time limit. */
describe('opening the event store by the client kurrent', () => {
  let server: EventStoreServer;
  beforeEach(async () => {
    server = await startEventStoreServer();
  });
  afterEach(() => server.stop());

  it('answers, and closes', async () => {
    const { eventStore, closing } = await openEventStoreDb({ url: server.url, client: 'kurrent', context });
    await eventStore.check();
    for (const { close } of closing) await close();
  }, 30_000);
  it.each([
    ['esdb://127.0.0.1:port', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*expected port number/],
    ['esdb://127.0.0.1:1?tls=false', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*the server does not answer: /],
    ['esdb://no-such-host.invalid:2113?tls=false', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*the server does not answer: /],
  ])('refuses %s in one line', async (url, line) => {
    expect(await refusal(url)).toMatch(line);
  });
  it('says that the credentials are wrong', async () => {
    await server.fault({ kind: 'access-denied', milliseconds: 30_000 });
    expect(await refusal(server.url)).toMatch(/the server refuses these credentials/);
  }, 30_000);
  it('does not wait for ever for a server that says nothing', async () => {
    await server.fault({ kind: 'black-hole', milliseconds: 30_000 });
    expect(await refusal(server.url)).toMatch(/the server does not answer: /);
  }, 30_000);
});
