/** A TCP proxy on loopback, to put between a client and a server of any engine, and to break there what lies between them. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../free-port.ts';

export interface TcpProxy {
  /** `127.0.0.1:<port>`; it stays the same over everything. */
  readonly address: string;
  readonly port: number;
  /** How many connections of clients are open now. */
  readonly connections: number;
  /** Resets every open connection, on both sides. New ones pass. */
  cut(): void;
  /** Ends the server's side of every open connection towards the client (FIN); what the client sends still arrives. New ones pass. */
  halfClose(): void;
  /** Connections are accepted and open ones stay, but nothing passes, and nobody is told. What was said meanwhile arrives on `heal`. */
  blackHole(): void;
  /** What clients say arrives, what the server answers does not: with a `cut` after it, done and never acknowledged. */
  loseAnswers(): void;
  /** Nobody listens any more: open connections are reset, new ones are refused. */
  refuse(): Promise<void>;
  /** Everything passes again, and what was held back too. What was cut or half closed stays so. */
  heal(): Promise<void>;
  /** Ends it, and resets every connection. */
  close(): Promise<void>;
}

type Passing = 'everything' | 'requests' | 'nothing';

/** One connection of a client and the one to the server that belongs to it, which is opened as soon as something may pass. */
const passage = (client: Socket, targetPort: number) => {
  let server: Socket | undefined;
  let isHalfClosed = false;

  const reset = (): void => {
    client.resetAndDestroy();
    server?.resetAndDestroy();
  };
  const opened = (): Socket => {
    const socket = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    socket.on('error', reset);
    socket.on('close', (hadError) => (hadError ? reset() : undefined));
    return socket;
  };
  const flow = (from: Socket, to: Socket, passes: boolean): void => {
    from.unpipe(to);
    if (passes) from.pipe(to);
    else from.pause();
  };
  client.on('error', reset);
  // What the client has said before it closed is still on its way.
  client.on('close', () => server?.end());

  return {
    reset,
    pass: (passing: Passing): void => {
      if (passing !== 'nothing') server ??= opened();
      if (server === undefined) return;
      flow(client, server, passing !== 'nothing');
      if (!isHalfClosed) flow(server, client, passing === 'everything');
    },
    halfClose: (): void => {
      if (isHalfClosed) return;
      isHalfClosed = true;
      server?.unpipe(client).resume();
      client.end();
    },
  };
};

type Passage = ReturnType<typeof passage>;

/** Listens on loopback, on `port` or one that is free, and passes everything on to the server at `targetPort` of loopback. */
export const startTcpProxy = async (options: { readonly targetPort: number; readonly port?: number }): Promise<TcpProxy> => {
  const port = options.port ?? (await freePort());
  const passages = new Set<Passage>();
  let passing: Passing = 'everything';
  let listener: Server | undefined;

  const accept = (client: Socket): void => {
    const accepted = passage(client, options.targetPort);
    passages.add(accepted);
    client.once('close', () => passages.delete(accepted));
    client.pause();
    accepted.pass(passing);
  };
  const listen = async (): Promise<void> => {
    if (listener !== undefined) return;
    listener = createServer({ allowHalfOpen: true, noDelay: true }, accept).listen(port, '127.0.0.1');
    await once(listener, 'listening');
  };
  const cut = (): void => {
    for (const open of passages) open.reset();
  };
  const refuse = async (): Promise<void> => {
    const closing = listener;
    listener = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    cut();
    await closed;
  };
  const set = (wanted: Passing): void => {
    passing = wanted;
    for (const open of passages) open.pass(wanted);
  };

  await listen();
  return {
    address: `127.0.0.1:${port}`,
    port,
    get connections() {
      return passages.size;
    },
    cut,
    halfClose: () => {
      for (const open of passages) open.halfClose();
    },
    blackHole: () => set('nothing'),
    loseAnswers: () => set('requests'),
    refuse,
    heal: async () => {
      set('everything');
      await listen();
    },
    close: refuse,
  };
};
