import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { componentConfig, type EngineAddresses, systemTimer } from '@conference/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextNameOf } from './context-name.ts';
import { openEngines } from './open-engines.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'engines-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const open = (engines: EngineAddresses) =>
  openEngines({
    config: { ...componentConfig('registration', dataDir), engines },
    publishes: ['registration.orders.v1'],
    timer: systemTimer,
    onTrouble: () => undefined,
  });
const closed = async ({ closing }: Awaited<ReturnType<typeof open>>): Promise<readonly string[]> => {
  for (const { close } of closing) await close();
  return closing.map(({ name }) => name);
};
/** Of a server that was there a moment ago. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

describe('the engines of a service', () => {
  it('are embedded where nothing is addressed, and close from the one that consumes to the one that stores', async () => {
    const opened = await open({});
    await opened.eventStore.check();
    expect(await closed(opened)).toEqual(['broker', 'read models', 'event store', 'data folder']);
    expect(readdirSync(join(dataDir, 'registration'))).toEqual(
      expect.arrayContaining(['events.sqlite', 'offsets.sqlite', 'read-models.sqlite']),
    );
  });

  it('are held by one process, and free again after it', async () => {
    const first = await open({});
    await expect(open({})).rejects.toThrow(/in use/);
    await closed(first);
    await closed(await open({}));
  });

  const addressed: readonly (readonly [string, (port: number) => EngineAddresses])[] = [
    ['EventStoreDB', (port) => ({ eventStore: { url: `esdb://127.0.0.1:${port}?tls=false`, client: 'eventstore' } })],
    ['Kafka', (port) => ({ broker: { brokers: [`127.0.0.1:${port}`], ssl: false } })],
    ['MongoDB', (port) => ({ readModels: { url: `mongodb://127.0.0.1:${port}` } })],
  ];
  it.each(addressed)(
    'are never others than those addressed: without a server of %s one line says so, and nothing stays open',
    async (_, at) => {
      const port = await deadPort();
      const reason = await open(at(port)).then(
        () => 'opened',
        (error: Error) => error.message,
      );
      expect(reason).toContain(`127.0.0.1:${port}`);
      expect(reason).not.toContain('\n');
      await closed(await open({}));
    },
    60_000,
  );
});

it('a context is called as in the names of streams', () => {
  expect(['registration', 'conference-management'].map(contextNameOf)).toEqual(['Registration', 'ConferenceManagement']);
});
