import { setTimeout } from 'node:timers/promises';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { appendHandler } from './append.ts';
import { commandError } from './command-error.ts';
import { durableCommit } from './durability.ts';
import { armedFaults, type Fault, type Faults } from './faults.ts';
import { openJournal } from './journal.ts';
import { createEventLog } from './log.ts';
import { restartablePort } from './port.ts';
import { service } from './protocol.ts';
import { readHandler } from './read.ts';
import type { Subscription } from './subscription.ts';

/** With these a server takes calls over TLS alone, and from nobody else. */
export interface Security {
  readonly key: string;
  readonly certificate: string;
  readonly username: string;
  readonly password: string;
}

export interface EventStoreDoubleOptions {
  /** 0, the default: one that is free. */
  readonly port?: number;
  /**
   * Where its log lies: every append is on the disk before it is acknowledged or read, and there again when a server is started on it,
   * whatever ended the one before. Default: in memory, which outlives {@link EventStoreDouble.restart} alone.
   */
  readonly dataDir?: string;
  readonly security?: Security;
  /** The log cannot be written any more, and nobody knows what is in it; appends fail from now on. */
  readonly onDiskFailure?: (error: unknown) => void;
}

export interface EventStoreDoubleState {
  readonly events: number;
  readonly appends: number;
  /** Of a stream, and of the log. */
  readonly reads: number;
  readonly subscriptions: number;
  /** How often each happened. */
  readonly faults: Readonly<Record<string, number>>;
  readonly tornBytes: number;
}

/**
 * A server that speaks the gRPC protocol of EventStoreDB as far as the services use it: appends of one call, reads of a stream
 * and of `$all`, a catch-up subscription to `$all`, stream metadata. Everything else it refuses as not implemented, and what is
 * too large, unnamed or not allowed as the real server refuses it.
 */
export interface EventStoreDouble {
  /** `esdb://127.0.0.1:<port>?tls=false`, or `esdb://localhost:<port>?tls=true` where it is secure: TLS wants a name. */
  readonly url: string;
  /** To be set at any time. */
  readonly faults: Faults;
  /** Resolves when it has happened, or has begun to. */
  inject(fault: Fault): Promise<void>;
  state(): EventStoreDoubleState;
  subscriptions(): number;
  appends(): number;
  /** Ends every subscription, without an error or with one. */
  endSubscriptions(how: 'half-closed' | 'unavailable'): void;
  /** From now on nothing is answered, though connections live and appends are written: until the result is called. */
  blackHole(): () => void;
  /** Every connection is cut; the log stays. Resolves when it listens again, on the same port, `downMs` later. */
  restart(downMs?: number): Promise<void>;
  close(): Promise<void>;
}

export const startEventStoreDouble = async ({
  port = 0,
  dataDir,
  security,
  onDiskFailure = () => undefined,
}: EventStoreDoubleOptions = {}): Promise<EventStoreDouble> => {
  const journal = dataDir === undefined ? undefined : await openJournal(dataDir);
  const log = createEventLog(journal?.add);
  for (const record of journal?.records ?? []) log.restore(record);
  const live = new Set<Subscription>();
  const faults: Faults = { onAppend: () => undefined, slowConsumers: 'fall-behind', isAccessDenied: false };
  const armed = armedFaults();
  const happened: Record<string, number> = {};
  let isClosing = false;
  let appends = 0;
  let reads = 0;
  let hole: Promise<void> | undefined;
  let fill: () => void = () => undefined;
  let boundPort = port === 0 ? await restartablePort() : port;

  const happens = <Happening extends { readonly kind: string } | undefined>(fault: Happening): Happening => {
    if (fault !== undefined) happened[fault.kind] = (happened[fault.kind] ?? 0) + 1;
    return fault;
  };
  const assertAllowed = assertAllowedBy(security, faults);
  const mayAnswer = async (): Promise<void> => {
    while (hole !== undefined) await hole;
  };
  const append = appendHandler({
    log,
    commit: durableCommit(log, journal, (error) => {
      // What is not acknowledged when it closes was never there.
      if (!isClosing) onDiskFailure(error);
    }),
    assertAllowed,
    mayAnswer,
    leader: () => ({ host: '127.0.0.1', port: boundPort }),
    nextFault: () => happens(faults.onAppend(appends++) ?? armed.next()),
  });
  const read = readHandler({ log, assertAllowed, mayAnswer, faults, live, onRead: () => void reads++ });

  const listen = async (): Promise<Server> => {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024, 'grpc-node.max_session_memory': 256 });
    server.addService(service, { read, append });
    boundPort = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${boundPort}`, credentialsOf(security), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return server;
  };
  let server = await listen();
  const endSubscriptions = (how: 'half-closed' | 'unavailable'): void => {
    for (const subscription of [...live]) {
      if (how === 'half-closed') subscription.end();
      else subscription.fail(commandError(status.UNAVAILABLE, 'Server Is Shutting Down'));
    }
  };
  const blackHole = (): (() => void) => {
    hole = new Promise((resolve) => {
      fill = () => {
        hole = undefined;
        resolve();
      };
    });
    return () => fill();
  };
  const restart = async (downMs = 0): Promise<void> => {
    server.forceShutdown();
    log.forgetRecentIds();
    await setTimeout(downMs);
    server = await listen();
  };

  return {
    url: security === undefined ? `esdb://127.0.0.1:${boundPort}?tls=false` : `esdb://localhost:${boundPort}?tls=true`,
    faults,
    async inject(fault) {
      if ('every' in fault) return armed.arm(fault);
      happens(fault);
      switch (fault.kind) {
        case 'half-closed':
          return endSubscriptions('half-closed');
        case 'subscriptions-fail':
          return endSubscriptions('unavailable');
        case 'slow-consumer':
          for (const subscription of [...live]) subscription.overtake(fault.how);
          return;
        case 'black-hole':
          void setTimeout(fault.milliseconds).then(blackHole());
          return;
        case 'restart':
          return restart(fault.downMs);
        case 'access-denied':
          faults.isAccessDenied = true;
          void setTimeout(fault.milliseconds).then(() => {
            faults.isAccessDenied = false;
          });
      }
    },
    state: () => ({
      events: log.length,
      appends,
      reads,
      subscriptions: live.size,
      faults: { ...happened },
      tornBytes: journal?.tornBytes ?? 0,
    }),
    subscriptions: () => live.size,
    appends: () => appends,
    endSubscriptions,
    blackHole,
    restart,
    async close() {
      isClosing = true;
      fill();
      for (const subscription of [...live]) subscription.end();
      server.forceShutdown();
      await journal?.close();
    },
  };
};

const credentialsOf = (security: Security | undefined): ServerCredentials =>
  security === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(security.key, 'utf8'), cert_chain: Buffer.from(security.certificate, 'utf8') },
      ]);

/** The client sends credentials over TLS alone. */
const assertAllowedBy = (security: Security | undefined, faults: Faults) => {
  const expected =
    security === undefined ? undefined : `Basic ${Buffer.from(`${security.username}:${security.password}`, 'utf8').toString('base64')}`;
  return (authorization: string | undefined): void => {
    if (faults.isAccessDenied || (expected !== undefined && authorization !== expected))
      throw commandError(status.UNAUTHENTICATED, 'Unauthenticated');
  };
};
