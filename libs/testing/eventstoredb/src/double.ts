import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { type handleClientStreamingCall, type handleServerStreamingCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { appendHandler } from './append.ts';
import { commandError } from './command-error.ts';
import type { Faults } from './faults.ts';
import { createEventLog } from './log.ts';
import { readHandler } from './read.ts';
import type { Subscription } from './subscription.ts';

export interface EventStoreDoubleOptions {
  /** 0, the default: one that is free. */
  readonly port?: number;
}

/**
 * A server that speaks the gRPC protocol of EventStoreDB as far as the services use it: appends of one call, reads of a stream
 * and of `$all`, a catch-up subscription to `$all`, stream metadata. Everything else it refuses as not implemented, and what is
 * too large, unnamed or not allowed as the real server refuses it. What it holds is in memory and outlives its own restart.
 */
export interface EventStoreDouble {
  /** `esdb://127.0.0.1:<port>?tls=false`. */
  readonly url: string;
  /** To be set at any time. */
  readonly faults: Faults;
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

export const startEventStoreDouble = async ({ port = 0 }: EventStoreDoubleOptions = {}): Promise<EventStoreDouble> => {
  const log = createEventLog();
  const live = new Set<Subscription>();
  const faults: Faults = { onAppend: () => undefined, slowConsumers: 'fall-behind', isAccessDenied: false };
  let appends = 0;
  let hole: Promise<void> | undefined;
  let fill: () => void = () => undefined;
  let boundPort = port;

  const assertAllowed = (): void => {
    if (faults.isAccessDenied) throw commandError(status.UNAUTHENTICATED, 'Unauthenticated');
  };
  const mayAnswer = async (): Promise<void> => {
    while (hole !== undefined) await hole;
  };
  const append: handleClientStreamingCall<streams.AppendReq, streams.AppendResp> = appendHandler({
    log,
    assertAllowed,
    mayAnswer,
    leader: () => ({ host: '127.0.0.1', port: boundPort }),
    nextFault: () => faults.onAppend(appends++),
  });
  const read: handleServerStreamingCall<streams.ReadReq, streams.ReadResp> = readHandler({ log, assertAllowed, mayAnswer, faults, live });

  const listen = async (): Promise<Server> => {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024, 'grpc-node.max_session_memory': 256 });
    server.addService(streamsGrpc.StreamsService, { read, append });
    boundPort = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${boundPort}`, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return server;
  };
  let server = await listen();
  const stop = (): void => {
    for (const subscription of [...live]) subscription.end();
    server.forceShutdown();
  };

  return {
    url: `esdb://127.0.0.1:${boundPort}?tls=false`,
    faults,
    subscriptions: () => live.size,
    appends: () => appends,
    endSubscriptions(how) {
      for (const subscription of [...live]) {
        if (how === 'half-closed') subscription.end();
        else subscription.fail(commandError(status.UNAVAILABLE, 'Server Is Shutting Down'));
      }
    },
    blackHole() {
      hole = new Promise((resolve) => {
        fill = () => {
          hole = undefined;
          resolve();
        };
      });
      return () => fill();
    },
    async restart(downMs = 0) {
      server.forceShutdown();
      log.forgetRecentIds();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      server = await listen();
    },
    async close() {
      fill();
      stop();
    },
  };
};
