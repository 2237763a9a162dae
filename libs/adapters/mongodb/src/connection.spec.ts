import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { collection, type Instant } from '@conference/kernel';
import { EngineUnavailable } from '@conference/ports';
import { BSON } from 'mongodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MongoNotUsable } from './connection.ts';
import { openMongoReadModels } from './engine.ts';

const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const listening = async (answer: (socket: Socket, message: Buffer) => void, port = 0): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (message) => answer(socket, Buffer.from(message)));
  });
  server.listen(port, '127.0.0.1');
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

/** What the client asks, by name; undefined of the old form of the first question. */
const commandOf = (message: Buffer): { readonly [name: string]: unknown } =>
  message.readInt32LE(12) === 2013 ? BSON.deserialize(message.subarray(21)) : { hello: 1 };
const hello = { ok: 1, ismaster: true, isWritablePrimary: true, helloOk: true, minWireVersion: 0, maxWireVersion: 21 };
type Answers = (command: { readonly [name: string]: unknown }) => object | undefined;
/** Answers as a primary does, and further commands as it is told; undefined: not at all. */
const primaryOf =
  (answers: Answers = () => ({ ok: 1, cursor: { id: 0n, ns: 'orders.builds', firstBatch: [] } })) =>
  (socket: Socket, message: Buffer): void => {
    const command = commandOf(message);
    const isHello = 'hello' in command || 'ismaster' in command;
    const answer = isHello ? hello : answers(command);
    if (answer !== undefined) reply(socket, message, answer);
  };
const primary = (answers?: Answers) => listening(primaryOf(answers));
const primaryOn = (port: number) => listening(primaryOf(), port);

/** Of a server that was there a moment ago. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

type Options = { readonly timeoutMs?: number; readonly patienceMs?: number; readonly onTrouble?: (line: string) => void };
const open = (url: string, { timeoutMs = 300, patienceMs = 0, ...options }: Options = {}) =>
  openMongoReadModels({ url, database: 'orders', clock, timeoutMs, patienceMs, ...options });

const refusal = async (url: string, options: Options = {}): Promise<MongoNotUsable> => {
  const error: unknown = await open(url, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MongoNotUsable)) throw new Error(`not refused: ${String(error)}`);
  expect(error.message).not.toContain('secret');
  expect(error.message).not.toContain('\n');
  return error;
};
/** Although it would have patience. */
const refusedAtOnce = async (url: string): Promise<string> => {
  const started = performance.now();
  const { message } = await refusal(url, { timeoutMs: 1_000, patienceMs: 60_000 });
  expect(performance.now() - started).toBeLessThan(5_000);
  return message;
};

describe('a server that cannot be used is refused in one line, never waited for without end', () => {
  test('an address that is none', async () => {
    for (const url of [
      '',
      'localhost:27017',
      'http://localhost:27017',
      'mongodb://',
      'mongodb://u:secret@h:x/',
      'mongodb://u:se/secret@h/',
      'mongodb://u@secret:x@h/',
      'mongodb://u:@secret@h/',
      'mongodb://h/?nope=1',
    ]) {
      expect(await refusedAtOnce(url), url).toMatch(/^not an address of MongoDB: /);
    }
  });

  test('nobody listens', async () => {
    expect((await refusal('mongodb://user:secret@127.0.0.1:1/')).message).toMatch(
      /^MongoDB at mongodb:\/\/127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
    );
  });

  test('nobody listens for as long as one has patience, and that is told once', async () => {
    const lines: string[] = [];
    const started = performance.now();
    await refusal('mongodb://user:secret@127.0.0.1:1/', { patienceMs: 1_500, onTrouble: (line) => lines.push(line) });
    expect(performance.now() - started).toBeGreaterThan(1_000);
    expect(performance.now() - started).toBeLessThan(1_500 + 3 * 300 + 1_000);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/cannot be used: .*; trying for 2 s$/);
    expect(lines[0]).not.toContain('secret');
  });

  test('a server that takes the connection and says nothing', async () => {
    const started = performance.now();
    expect((await refusal(await listening(() => undefined))).message).toContain('cannot be used: ');
    expect(performance.now() - started).toBeLessThan(3 * 300 + 1_000);
  });

  test('a server of another protocol', async () => {
    const server = createHttpServer((_, response) => response.end('welcome')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const url = `mongodb://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect((await refusal(url)).message).toContain('(is this the port of a MongoDB, and does it speak TLS as ?tls= says?)');
  });

  test('a server that does not speak TLS where the address asks for it', async () => {
    const url = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await refusal(`${url}?tls=true`)).message).toContain('(it does not speak TLS: leave ?tls=true out of the address)');
  });

  test('a server that is too old', async () => {
    const url = await listening((socket, message) =>
      reply(socket, message, { ok: 1, ismaster: true, isWritablePrimary: true, helloOk: true, minWireVersion: 0, maxWireVersion: 7 }),
    );
    expect(await refusedAtOnce(url)).toMatch(/cannot be used: .*wire version 7.*requires at least 9 \(MongoDB 4\.4\)/);
  });

  test('a server that refuses the login', async () => {
    const url = await primary(() => ({ ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' }));
    expect(await refusedAtOnce(url)).toMatch(/cannot be used: Authentication failed\.$/);
  });

  test('a server that wants a login, or refuses to let us read', async () => {
    const url = await primary(() => ({ ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'command find requires authentication' }));
    expect(await refusedAtOnce(url.replace('user:secret@', ''))).toMatch(/cannot be used: command find requires authentication$/);
  });

  test('a server that may not be written to', async () => {
    const url = await listening((socket, message) =>
      reply(socket, message, {
        ...hello,
        ismaster: false,
        isWritablePrimary: false,
        secondary: true,
        setName: 'rs',
        hosts: ['127.0.0.1:1'],
      }),
    );
    expect((await refusal(`${url.replace('user:secret@', '')}?directConnection=true`)).message).toContain('it is no primary');
  });
});

describe('a server that can be used', () => {
  test('is waited for while it starts, and that it was not there is told once', async () => {
    const lines: string[] = [];
    const port = await freePort();
    const opening = open(`mongodb://127.0.0.1:${port}/`, { patienceMs: 10_000, onTrouble: (line) => lines.push(line) });
    await vi.waitFor(() => expect(lines).toHaveLength(1), 5_000);
    await primaryOn(port);
    const { readModels } = await opening;
    expect(lines).toHaveLength(1);
    await readModels.close();
    expect(lines).toHaveLength(1);
  });

  test('is asked for what a majority of its members has, and for no transaction', async () => {
    const asked: { readonly [name: string]: unknown }[] = [];
    const url = await primary((command) => {
      asked.push(command);
      return { ok: 1, n: 1, nModified: 1, cursor: { id: 0n, ns: 'orders.builds', firstBatch: [] } };
    });
    const { readModels } = await open(url.replace('user:secret@', ''));
    expect(await readModels.lease('a lease', 'me', 1_000)).toBe(true);
    await readModels.get(collection<{ readonly name: string }>()({ name: 'orders', version: 1, indexes: {} }), 'a');
    const [write] = asked.filter((command) => 'update' in command);
    expect(write).toMatchObject({ writeConcern: { w: 'majority', j: true, wtimeout: 300 } });
    const reads = asked.filter((command) => 'find' in command);
    expect(reads.map(({ readConcern }) => readConcern)).toEqual(reads.map(() => ({ level: 'majority' })));
    expect(asked.filter((command) => 'startTransaction' in command)).toEqual([]);
    await readModels.close();
  });

  test('and goes silent afterwards ends every call in its time', async () => {
    let isSilent = false;
    const url = await primary(() => (isSilent ? undefined : { ok: 1, cursor: { id: 0n, ns: 'orders.builds', firstBatch: [] } }));
    const { readModels, check } = await open(url.replace('user:secret@', ''));
    isSilent = true;
    const orders = collection<{ readonly name: string }>()({ name: 'orders', version: 1, indexes: {} });
    await expect(readModels.create(orders, 'b1')).rejects.toThrow('MongoDB did not answer within 300 ms (create)');
    await expect(readModels.get(orders, 'a')).rejects.toBeInstanceOf(EngineUnavailable);
    await expect(check()).rejects.toBeInstanceOf(EngineUnavailable);
    await readModels.close();
  });
});
