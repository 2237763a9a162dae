import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Faults } from './faults.ts';
import type { EventFilter } from './filter.ts';
import type { EventLog } from './log.ts';
import { caughtUp, checkpoint, confirmation, eventMessage, fellBehind } from './messages.ts';

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

export interface Subscription {
  /** A normal end, as a server that shuts down sends it; the client sees no error. */
  end(): void;
  fail(error: Error): void;
}

export interface SubscriptionOptions {
  readonly call: ReadCall;
  readonly log: EventLog;
  readonly start: number;
  readonly filter: EventFilter | undefined;
  readonly faults: Faults;
  readonly slowConsumerError: () => Error;
  /** Resolves when answers may be sent: at once, but while the server is a black hole. */
  readonly mayAnswer: () => Promise<void>;
}

/** Events that wait for a live subscriber before it counts as slow. */
const liveBufferEvents = 32;
const eventsPerTurn = 64;

/** Sends the log from `start`, then what comes, until the client cancels or one of the results is used. */
export const subscribe = ({ call, log, start, filter, faults, slowConsumerError, mayAnswer }: SubscriptionOptions): Subscription => {
  const stop = new AbortController();
  for (const ending of ['cancelled', 'close', 'error']) call.on(ending, () => stop.abort());
  let index = start;
  let considered = 0;
  let isLive = false;
  let hadToWait = false;

  const write = async (message: streams.ReadResp): Promise<void> => {
    await mayAnswer();
    if (stop.signal.aborted) return;
    hadToWait = !call.write(message);
    if (hadToWait) await once(call, 'drain', { signal: stop.signal }).catch(() => undefined);
  };
  const sendNext = async (): Promise<void> => {
    const event = log.events[index];
    index += 1;
    considered += 1;
    if (event === undefined) return;
    if (filter?.matches(event) ?? true) await write(eventMessage(event));
    if (filter !== undefined && considered % filter.checkpointEvents === 0) await write(checkpoint(event.position));
    if (considered % eventsPerTurn === 0) await setImmediate();
  };
  const goLive = async (): Promise<void> => {
    const last = log.events[index - 1];
    if (filter !== undefined && last !== undefined) await write(checkpoint(last.position));
    isLive = index >= log.events.length;
    if (isLive) await write(caughtUp());
  };
  /** Back to catching up, or out. */
  const overtaken = async (): Promise<void> => {
    if (faults.slowConsumers === 'dropped') return fail(slowConsumerError());
    isLive = false;
    await write(fellBehind());
  };
  const run = async (): Promise<void> => {
    await write(confirmation(randomUUID()));
    while (!stop.signal.aborted) {
      if (isLive && hadToWait && log.events.length - index > liveBufferEvents) await overtaken();
      else if (index < log.events.length) await sendNext();
      else if (!isLive) await goLive();
      else await log.nextAppend(stop.signal);
    }
  };
  const fail = (error: Error): void => {
    stop.abort();
    call.emit('error', error);
  };
  run().catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))));
  return {
    end() {
      stop.abort();
      call.end();
    },
    fail,
  };
};
