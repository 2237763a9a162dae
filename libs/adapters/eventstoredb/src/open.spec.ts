import { type EventStoreDouble, startEventStoreDouble } from '@conference/testing-eventstoredb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEventStoreDb } from './open.ts';

const context = 'Open';
const times = { appendMs: 500 };
const refusal = async (url: string): Promise<string> => {
  const error: unknown = await openEventStoreDb({ url, context, times }).catch((thrown: unknown) => thrown);
  return error instanceof Error ? `${error.name}: ${error.message}` : 'opened';
};

describe('opening the event store on EventStoreDB', () => {
  let double: EventStoreDouble;
  beforeEach(async () => {
    double = await startEventStoreDouble();
  });
  afterEach(() => double.close());
  const withUser = (user: string): string => double.url.replace('://', `://${user}@`);

  it('answers, and closes', async () => {
    const { eventStore, closing } = await openEventStoreDb({ url: withUser('admin:p%40ss'), context, times });
    await eventStore.check();
    for (const { close } of closing) await close();
  });
  it.each([
    ['http://127.0.0.1:2113', /^EventStoreUnusable: EVENTSTORE_URL must begin with esdb:/],
    ['esdb://127.0.0.1:port', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*expected port number/],
    ['esdb://127.0.0.1:1?tls=false', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*the server does not answer: .*ECONNREFUSED/],
    ['esdb://no-such-host.invalid:2113?tls=false', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*the server does not answer/],
  ])('refuses %s in one line', async (url, line) => {
    expect(await refusal(url)).toMatch(line);
    expect(await refusal(url)).not.toContain('\n');
  });
  it('says that the credentials are wrong, and does not show them', async () => {
    double.faults.isAccessDenied = true;
    const line = await refusal(withUser('admin:secret'));
    expect(line).toMatch(/^EventStoreUnusable: EVENTSTORE_URL esdb:\/\/admin:\*\*\*@.*refuses these credentials/);
    expect(line).not.toContain('secret');
  });
  it('does not wait for ever for a server that takes the connection and says nothing', async () => {
    const fill = double.blackHole();
    expect(await refusal(withUser('admin:p%40ss'))).toMatch(/the server does not answer: /);
    fill();
  });
});
