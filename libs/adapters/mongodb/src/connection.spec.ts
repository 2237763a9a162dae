import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Instant } from '@conference/kernel';
import { BSON } from 'mongodb';
import { afterEach, describe, expect, test } from 'vitest';
import { MongoNotUsable, withoutCredentials } from './connection.ts';
import { openMongoReadModels } from './engine.ts';

const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const listening = async (answer: (socket: Socket, message: Buffer) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (message) => answer(socket, Buffer.from(message)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `mongodb://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

/** Answers the first message of a client (OP_QUERY by OP_REPLY, OP_MSG by OP_MSG). */
const reply = (socket: Socket, message: Buffer, body: object): void => {
  const document = BSON.serialize(body);
  const [queryCode, replyCode, messageCode] = [2004, 1, 2013];
  const isQuery = message.readInt32LE(12) === queryCode;
  const head = Buffer.alloc(isQuery ? 36 : 21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(isQuery ? replyCode : messageCode, 12);
  if (isQuery) head.writeInt32LE(1, 32);
  socket.write(Buffer.concat([head, document]));
};

const refusal = async (url: string, timeoutMs = 300): Promise<MongoNotUsable> => {
  const error: unknown = await openMongoReadModels({ url, database: 'orders', clock, timeoutMs }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MongoNotUsable)) throw new Error(`not refused: ${String(error)}`);
  expect(error.message).not.toContain('secret');
  expect(error.message).not.toContain('\n');
  return error;
};

describe('a server that cannot be used is refused in one line, never waited for without end', () => {
  test('an address that is none', async () => {
    for (const url of ['', 'localhost:27017', 'http://localhost:27017', 'mongodb://', 'mongodb://u:secret@h:x/', 'mongodb://h/?nope=1']) {
      expect((await refusal(url)).message).toMatch(/^not an address of MongoDB: /);
    }
  });

  test('nobody listens', async () => {
    expect((await refusal('mongodb://user:secret@127.0.0.1:1/')).message).toMatch(
      /^MongoDB at mongodb:\/\/127\.0\.0\.1:1\/ cannot be used: .*ECONNREFUSED/,
    );
  });

  test('a server that takes the connection and says nothing', async () => {
    const started = performance.now();
    expect((await refusal(await listening(() => undefined))).message).toContain('cannot be used: ');
    expect(performance.now() - started).toBeLessThan(3 * 300 + 1_000);
  });

  test('a server of another protocol', async () => {
    const url = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await refusal(url)).message).toContain('cannot be used: ');
  });

  test('a server that is too old', async () => {
    const url = await listening((socket, message) =>
      reply(socket, message, { ok: 1, ismaster: true, isWritablePrimary: true, helloOk: true, minWireVersion: 0, maxWireVersion: 7 }),
    );
    expect((await refusal(url)).message).toMatch(/cannot be used: .*wire version 7.*requires at least 9 \(MongoDB 4\.4\)/);
  });

  test('the address is shown without its credentials', () => {
    expect(withoutCredentials('mongodb://a:b%40c@h1,h2/db?x=y')).toBe('mongodb://h1,h2/db?x=y');
    expect(withoutCredentials('mongodb+srv://a@h/')).toBe('mongodb+srv://h/');
    expect(withoutCredentials('mongodb://h/?x=a@b')).toBe('mongodb://h/?x=a@b');
  });
});
