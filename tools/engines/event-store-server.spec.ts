import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../processes.ts';
import { type EventStoreServer, startEventStoreServer } from './event-store-server.ts';

const portOf = (url: string): number => Number(/:(\d+)\?/.exec(url)?.[1]);
const answers = async (server: EventStoreServer): Promise<void> => {
  const socket = connect(portOf(server.url), '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
};

describe('the double of EventStoreDB as a process', () => {
  let server: EventStoreServer;
  beforeEach(async () => {
    server = await startEventStoreServer();
  });
  afterEach(() => server.stop());

  it('listens where it says, and is gone when it was stopped', async () => {
    expect(server.environment).toEqual({ EVENTSTORE_URL: server.url });
    await answers(server);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  }, 30_000);
  it('is there again at the same addresses after it was killed', async () => {
    const { url, pid } = server;
    await server.kill();
    expect(isRunning(pid)).toBe(false);
    await server.restart();
    expect([server.url, server.pid === pid]).toEqual([url, false]);
    await answers(server);
    expect(await server.state()).toMatchObject({ events: 0, subscriptions: 0 });
  }, 30_000);
  it('makes faults happen on demand', async () => {
    await server.fault({ kind: 'half-closed' });
    expect((await server.state()).faults).toEqual({ 'half-closed': 1 });
  }, 30_000);
  it('says in one line that its port is taken', async () => {
    await expect(startEventStoreServer({ port: portOf(server.url) })).rejects.toThrow(
      /^the double of EventStoreDB ended .* while it started/,
    );
  }, 30_000);
});
