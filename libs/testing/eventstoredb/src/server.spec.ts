import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY, EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStoreServer, startEventStoreServer } from './server.ts';

const credentials = { username: 'none', password: 'none' };
const event = (id = randomUUID()) => jsonEvent({ id, type: 'T', data: { text: 'é' } });
const portOf = (url: string): number => Number(/:(\d+)\?/.exec(url)?.[1]);

describe('the double of EventStoreDB as a process', () => {
  let dataDir: string;
  let server: EventStoreServer;
  let client: EventStoreDBClient;
  const connect = (): void => {
    client = EventStoreDBClient.connectionString(server.url);
  };
  const idsOf = async (stream: string): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const { event: read } of client.readStream(stream)) ids.push(read?.id ?? '');
    return ids;
  };
  /** As a process that dies under it: cut off in the middle of a record. */
  const killAndRestart = async (): Promise<void> => {
    await client.dispose();
    await server.kill();
    await server.restart();
    connect();
  };
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'event-store-'));
    server = await startEventStoreServer({ dataDir });
    connect();
  });
  afterEach(async () => {
    await client.dispose();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('has everything that was acknowledged after it was killed, at the same address and the same positions', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const { position } = await client.appendToStream('s-1', ids.map(event), { expectedRevision: NO_STREAM, credentials });
    const { url } = server;
    await killAndRestart();
    expect(server.url).toBe(url);
    expect(await idsOf('s-1')).toEqual(ids);
    const next = await client.appendToStream('s-1', event(), { expectedRevision: 2n, credentials });
    expect(next.position?.commit).toBeGreaterThan(position?.commit ?? 0n);
  }, 30_000);

  it('cuts off what was not written to its end, and goes on behind what was', async () => {
    const ids = [randomUUID()];
    await client.appendToStream('s-1', ids.map(event), { expectedRevision: NO_STREAM, credentials });
    await client.dispose();
    await server.kill();
    appendFileSync(join(dataDir, 'events.log'), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]));
    await server.restart();
    connect();
    expect((await server.state()).tornBytes).toBe(9);
    const later = randomUUID();
    await client.appendToStream('s-1', event(later), { expectedRevision: 0n, credentials });
    await killAndRestart();
    expect(await idsOf('s-1')).toEqual([...ids, later]);
    expect((await server.state()).tornBytes).toBe(0);
  }, 30_000);

  it('knows an append with an exact revision again after it was killed, and one with any revision no more', async () => {
    const [exact, any] = [randomUUID(), randomUUID()];
    await client.appendToStream('s-1', event(exact), { expectedRevision: NO_STREAM, credentials });
    await client.appendToStream('s-1', event(any), { expectedRevision: ANY, credentials });
    await client.appendToStream('s-1', event(any), { expectedRevision: ANY, credentials });
    expect(await idsOf('s-1')).toEqual([exact, any]);
    await killAndRestart();
    const repeat = await client.appendToStream('s-1', event(exact), { expectedRevision: NO_STREAM, credentials });
    expect(repeat.nextExpectedRevision).toBe(0n);
    await client.appendToStream('s-1', event(any), { expectedRevision: ANY, credentials });
    expect(await idsOf('s-1')).toEqual([exact, any, any]);
  }, 30_000);

  it('hides what the metadata of a stream says also after it was killed', async () => {
    const ids = [randomUUID(), randomUUID()];
    await client.appendToStream('s-1', ids.map(event), { expectedRevision: NO_STREAM, credentials });
    await client.setStreamMetadata('s-1', { truncateBefore: 1 }, { credentials });
    await killAndRestart();
    expect(await idsOf('s-1')).toEqual(ids.slice(1));
  }, 30_000);

  it('makes a fault happen on demand, so many times, and counts it', async () => {
    await server.fault({ kind: 'acknowledgement-lost', every: 2, times: 1 });
    await client.appendToStream('s-1', event(), { credentials });
    await expect(client.appendToStream('s-1', event(), { credentials })).rejects.toMatchObject({ type: 'unavailable' });
    await client.appendToStream('s-1', event(), { credentials });
    expect(await server.state()).toMatchObject({ appends: 3, events: 3, faults: { 'acknowledgement-lost': 1 } });
  }, 30_000);

  it('refuses what is no fault, and says why', async () => {
    const refused = await fetch(`${server.controlUrl}/faults`, { method: 'POST', body: '{"kind":"black-hole","milliseconds":-1}' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('milliseconds')]);
    expect((await fetch(`${server.controlUrl}/faults`, { method: 'POST', body: 'no' })).status).toBe(400);
    expect((await fetch(`${server.controlUrl}/other`)).status).toBe(404);
  }, 30_000);

  it('says in an error when its port is taken', async () => {
    await expect(startEventStoreServer({ port: portOf(server.url) })).rejects.toThrow('before it listened');
  }, 30_000);
});
