import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { httpClient, NoAnswer, RequestRefused } from './http-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that answers as told, and remembers the keys it was sent. */
const serving = async (handle: Handler): Promise<{ readonly url: string; readonly keys: readonly unknown[] }> => {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    handle(request, response, keys.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, keys };
};
const json = (response: ServerResponse, status: number, body: unknown, headers: { readonly [name: string]: string } = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const command = { method: 'POST', path: '/v1/orders', body: { a: 1 }, answer: z.object({ id: z.string() }) } as const;

describe('a request', () => {
  it('is repeated with the same key when the connection breaks or the service fails, until it is answered', async () => {
    const { url, keys } = await serving((request, response, attempt) => {
      if (attempt === 1) request.socket.destroy();
      else if (attempt === 2) json(response, 503, { code: 'temporarily-unavailable' }, { 'retry-after': '1' });
      else if (attempt === 3) json(response, 500, { code: 'internal-error' });
      else if (attempt === 4) json(response, 409, { code: 'idempotency-key-in-progress' });
      else json(response, 201, { id: 'x' }, { etag: '"7"', 'consistency-token': 'registration:1', 'idempotency-replayed': 'true' });
    });
    const answer = await httpClient(url).send(command);
    expect(answer).toEqual({ status: 201, body: { id: 'x' }, version: 7, consistencyToken: 'registration:1', isReplayed: true });
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('carries the key that it was given, and the token', async () => {
    const { url, keys } = await serving((request, response) => json(response, 200, { id: request.headers.authorization }));
    expect((await httpClient(url).send({ ...command, key: 'mine', token: 'abc' })).body.id).toBe('Bearer abc');
    expect(keys).toEqual(['mine']);
  });

  it.each([400, 401, 404, 409, 412, 422, 429])('is not repeated when it is refused with %i', async (status) => {
    const { url, keys } = await serving((_, response) =>
      json(response, status, { code: 'order-expired', detail: 'too late' }, { 'retry-after': '2' }),
    );
    const refused = await httpClient(url)
      .send(command)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RequestRefused);
    expect(refused).toMatchObject({ status, code: 'order-expired', retryAfterSeconds: 2 });
    expect(keys).toHaveLength(1);
  });

  it('is given up when its time is over, however often it was repeated', async () => {
    const { url, keys } = await serving((_, response) => json(response, 500, { code: 'internal-error' }));
    const failed = await httpClient(url, { withinMs: 200 })
      .send(command)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(NoAnswer);
    expect(keys.length).toBeGreaterThan(1);
  });

  it('is given up when the service never answers', async () => {
    const { url } = await serving(() => {});
    await expect(httpClient(url, { withinMs: 50, requestTimeoutMs: 50 }).send(command)).rejects.toBeInstanceOf(NoAnswer);
  });

  it('fails for an answer that is not what the contract says', async () => {
    const { url } = await serving((_, response) => json(response, 200, { id: 3 }));
    await expect(httpClient(url).send(command)).rejects.toBeInstanceOf(z.ZodError);
  });

  it('without a command carries no key', async () => {
    const { url, keys } = await serving((_, response) => json(response, 200, { id: 'x' }));
    await httpClient(url).send({ method: 'GET', path: '/', answer: command.answer });
    expect(keys).toEqual([undefined]);
  });
});
