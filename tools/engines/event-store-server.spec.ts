import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../processes.ts';
import { startEventStoreServer } from './event-store-server.ts';

const portOf = (url: string): number => Number(/:(\d+)\?/.exec(url)?.[1]);

describe('the double of EventStoreDB as a process', () => {
  it('says where it listens, and is gone when it was stopped', async () => {
    const server = await startEventStoreServer();
    expect(server.url).toMatch(/^esdb:\/\/127\.0\.0\.1:\d+\?tls=false$/);
    const socket = connect(portOf(server.url), '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  }, 30_000);
  it('says in an error when its port is taken', async () => {
    const server = await startEventStoreServer();
    await expect(startEventStoreServer({ port: portOf(server.url) })).rejects.toThrow('before it listened');
    await server.stop();
  }, 30_000);
});
