import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStoreDouble, startEventStoreDouble } from './double.ts';

const credentials = { username: 'none', password: 'none' };
const event = (text = '') => jsonEvent({ id: randomUUID(), type: 'T', data: { text } });

describe('the double of EventStoreDB, to the real client', () => {
  let double: EventStoreDouble;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    double = await startEventStoreDouble();
    client = EventStoreDBClient.connectionString(double.url);
  });
  afterEach(async () => {
    await client.dispose();
    await double.close();
  });

  it('refuses an append that is larger than a server takes', async () => {
    const appending = client.appendToStream('s-1', event('x'.repeat(1024 * 1024)), { credentials });
    await expect(appending).rejects.toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1024 * 1024 });
  });
  it('refuses an append to no stream, and an event without a type', async () => {
    await expect(client.appendToStream('', event(), { credentials })).rejects.toThrow('Stream name is empty');
    await expect(client.appendToStream('s-1', { ...event(), type: '' }, { credentials })).rejects.toMatchObject({
      type: 'missing-required-metadata-property',
    });
  });
  it('does not do what the services do not use', async () => {
    await client.appendToStream('s-1', event(), { credentials });
    await expect(client.deleteStream('s-1')).rejects.toThrow('UNIMPLEMENTED');
    const subscribing = async (): Promise<void> => {
      for await (const _ of client.subscribeToStream('s-1', { fromRevision: START }));
    };
    await expect(subscribing()).rejects.toThrow('Only $all');
  });
  it('keeps its log and its port over a restart', async () => {
    const { position } = await client.appendToStream('s-1', event(), { credentials });
    await double.restart();
    const again = EventStoreDBClient.connectionString(double.url);
    const positions = [];
    for await (const { event: read } of again.readStream('s-1')) positions.push(read?.position);
    await again.dispose();
    expect(positions).toEqual([position]);
  });
});
