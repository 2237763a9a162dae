import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { auth } from './auth.ts';
import { closeHttpServer } from './close-http-server.ts';
import { exampleServer } from './example-server.fixture.ts';

describe('closing the HTTP server', () => {
  it('lets a request in flight finish, refuses new ones, and is then done', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { http } = await exampleServer((server) => {
      server.get('/v1/slow', { config: { auth: auth.public } }, async () => {
        begun.resolve();
        await finish.promise;
        return { done: true };
      });
    });
    const url = await http.listen({ host: '127.0.0.1', port: 0 });
    const slow = fetch(`${url}/v1/slow`);
    await begun.promise;
    const started = performance.now();
    const closed = closeHttpServer(http);
    await expect.poll(() => http.server.listening).toBe(false);
    await expect(fetch(`${url}/v1/slow`)).rejects.toThrow();
    finish.resolve();
    expect(await (await slow).json()).toEqual({ done: true });
    await closed;
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('answers 503 to what still arrives on an open connection', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { http } = await exampleServer((server) => {
      server.get('/v1/slow', { config: { auth: auth.public } }, async () => {
        begun.resolve();
        await finish.promise;
        return { done: true };
      });
    });
    const url = await http.listen({ host: '127.0.0.1', port: 0 });
    const request = 'GET /v1/slow HTTP/1.1\r\nhost: x\r\n\r\n';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const ended = new Promise((resolve) => socket.on('close', resolve));
    await begun.promise;
    const closed = closeHttpServer(http);
    await expect.poll(() => http.server.listening).toBe(false);
    const second = new Promise((resolve) => http.server.once('request', resolve));
    socket.write(request);
    await second;
    finish.resolve();
    await Promise.all([closed, ended]);
    expect(received.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
    expect(received).toContain('"code":"temporarily-unavailable"');
  });

  it('cuts what does not finish in time', async () => {
    let asked = false;
    const { http } = await exampleServer((server) => {
      server.get('/v1/endless', { config: { auth: auth.public } }, () => {
        asked = true;
        return new Promise(() => {});
      });
    });
    const url = await http.listen({ host: '127.0.0.1', port: 0 });
    const endless = fetch(`${url}/v1/endless`).then(
      () => 'answered',
      () => 'cut',
    );
    await expect.poll(() => asked).toBe(true);
    await closeHttpServer(http, 10);
    expect(await endless).toBe('cut');
  });
});
