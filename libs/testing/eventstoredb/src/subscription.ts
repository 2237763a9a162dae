import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Faults, SlowConsumers } from './faults.ts';
import type { EventFilter } from './filter.ts';
import type { EventLog } from './log.ts';
import { caughtUp, checkpoint, confirmation, fellBehind } from './messages.ts';
import type { ReadCall, Sent } from './protocol.ts';

export interface Subscription {
  /** A normal end, as a server that shuts down sends it; the client sees no error. */
  end(): void;
  fail(error: Error): void;
  /** As if it were too slow for what comes. */
  overtake(how: SlowConsumers): void;
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
  stop.signal.addEventListener('abort', () => wakeUp.abort());
  let index = start;
  let considered = 0;
  let isLive = false;
  let hadToWait = false;
  let overtakenBy: SlowConsumers | undefined;
  let wakeUp = new AbortController();

  const write = async (message: Sent): Promise<void> => {
    await mayAnswer();
    if (stop.signal.aborted) return;
    hadToWait = !call.write(message);
    if (hadToWait) await once(call, 'drain', { signal: stop.signal }).catch(() => undefined);
  };
  const sendNext = async (): Promise<void> => {
    const next = index++;
    considered += 1;
    if (filter?.matches(log, next) ?? true) await write(log.messageAt(next));
    if (filter !== undefined && considered % filter.checkpointEvents === 0) await write(checkpoint(log.positionAt(next)));
    if (considered % eventsPerTurn === 0) await setImmediate();
  };
  const goLive = async (): Promise<void> => {
    if (filter !== undefined && index > 0) await write(checkpoint(log.positionAt(index - 1)));
    isLive = index >= log.length;
    if (isLive) await write(caughtUp());
  };
  /** Back to catching up, or out. */
  const overtaken = async (how: SlowConsumers): Promise<void> => {
    overtakenBy = undefined;
    if (how === 'dropped') return fail(slowConsumerError());
    isLive = false;
    await write(fellBehind());
  };
  const run = async (): Promise<void> => {
    await write(confirmation(randomUUID()));
    while (!stop.signal.aborted) {
      if (overtakenBy !== undefined) await overtaken(overtakenBy);
      else if (isLive && hadToWait && log.length - index > liveBufferEvents) await overtaken(faults.slowConsumers);
      else if (index < log.length) await sendNext();
      else if (!isLive) await goLive();
      else await log.nextAppend(wakeUp.signal);
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
    overtake(how) {
      overtakenBy = how;
      wakeUp.abort();
      wakeUp = new AbortController();
    },
  };
};
