import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
/** What the server has received, and the sockets it has accepted. */
let received: string[];
let accepted: Socket[];
let clients: Socket[];

beforeEach(async () => {
  const targetPort = await freePort();
  received = [];
  accepted = [];
  clients = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received.push(chunk.toString());
      socket.write(`answer to ${chunk.toString()}`);
    });
  }).listen(targetPort, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy({ targetPort });
});
afterEach(async () => {
  for (const socket of [...clients, ...accepted]) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

const client = async (): Promise<Socket> => {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
};
const answerTo = async (socket: Socket, request: string): Promise<string> => {
  const answer = once(socket, 'data');
  socket.write(request);
  return String((await answer)[0]);
};
const errorOf = async (socket: Socket): Promise<string> => {
  const [error] = await once(socket, 'error');
  return (error as NodeJS.ErrnoException).code ?? '';
};
/** The server has heard of it; the test ends by its time limit when it never does. */
const heard = async (request: string): Promise<void> => {
  while (!received.includes(request)) await new Promise((resolve) => setImmediate(resolve));
};
/** Whether anything comes within the time in which it came before a hundred times. */
const isSilent = async (socket: Socket): Promise<boolean> => {
  const answer = once(socket, 'data', { signal: AbortSignal.timeout(100) });
  return answer.then(
    () => false,
    () => true,
  );
};

describe('a TCP proxy', () => {
  it('passes on what both sides say, and the end of it', async () => {
    const socket = await client();
    expect(await answerTo(socket, 'one')).toBe('answer to one');
    expect(proxy.connections).toBe(1);
    const [end] = accepted.map((at) => once(at, 'end'));
    socket.end();
    await end;
    accepted[0]?.end('last words');
    expect(String((await once(socket, 'data'))[0])).toBe('last words');
    await once(socket, 'close');
  });

  it('passes on a stream of many megabytes without losing a byte', async () => {
    const socket = await client();
    const megabytes = Buffer.alloc(8 * 1024 * 1024, 'x');
    let bytes = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        if (bytes >= megabytes.length + 'answer to now'.length) resolve();
      });
    });
    socket.write('now');
    await heard('now');
    accepted[0]?.write(megabytes);
    await all;
    expect(bytes).toBe(megabytes.length + 'answer to now'.length);
  });

  it('cuts what is open on both sides, and lets new connections pass', async () => {
    const socket = await client();
    await answerTo(socket, 'one');
    const atServer = accepted.map(errorOf);
    const atClient = errorOf(socket);
    proxy.cut();
    expect([await atClient, ...(await Promise.all(atServer))]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(await answerTo(await client(), 'two')).toBe('answer to two');
  });

  it('half closes: the client sees an end without an error, and the server still hears it', async () => {
    const socket = await client();
    await answerTo(socket, 'one');
    const end = once(socket.resume(), 'end');
    proxy.halfClose();
    await end;
    socket.write('still here');
    await heard('still here');
    expect(await answerTo(await client(), 'two')).toBe('answer to two');
  });

  it('swallows: nothing passes on open and new connections, nobody is told, and all of it arrives once it is healed', async () => {
    const open = await client();
    await answerTo(open, 'one');
    proxy.blackHole();
    const later = await client();
    open.write('two');
    later.write('three');
    expect(await Promise.all([isSilent(open), isSilent(later)])).toEqual([true, true]);
    expect(received).toEqual(['one']);
    const answers = [once(open, 'data'), once(later, 'data')];
    await proxy.heal();
    expect((await Promise.all(answers)).map(([answer]) => String(answer))).toEqual(['answer to two', 'answer to three']);
  });

  it('loses answers: what is said arrives, and its answer does not', async () => {
    const socket = await client();
    await answerTo(socket, 'one');
    proxy.loseAnswers();
    socket.write('two');
    await heard('two');
    expect(await isSilent(socket)).toBe(true);
    const error = errorOf(socket);
    proxy.cut();
    expect(await error).toBe('ECONNRESET');
    await proxy.heal();
    expect(await answerTo(await client(), 'three')).toBe('answer to three');
  });

  it('refuses: open connections are reset, new ones are not accepted, until it is healed', async () => {
    const socket = await client();
    await answerTo(socket, 'one');
    const error = errorOf(socket);
    await proxy.refuse();
    expect(await error).toBe('ECONNRESET');
    expect(await errorOf(connect(proxy.port, '127.0.0.1'))).toBe('ECONNREFUSED');
    await proxy.heal();
    expect(await answerTo(await client(), 'two')).toBe('answer to two');
  });

  it('resets a connection whose server is not there', async () => {
    await new Promise((resolve) => server.close(resolve));
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    expect(await errorOf(socket)).toBe('ECONNRESET');
    expect(proxy.connections).toBe(0);
    server.listen(0);
    await once(server, 'listening');
  });
});
