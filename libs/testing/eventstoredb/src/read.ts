import { once } from 'node:events';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type ServiceError, status } from '@grpc/grpc-js';
import { commandError } from './command-error.ts';
import type { Faults } from './faults.ts';
import { filterOf } from './filter.ts';
import type { EventLog } from './log.ts';
import { nameOf, streamNotFound, streamStart } from './messages.ts';
import { authorizationOf, type ReadCall, type ReadHandler } from './protocol.ts';
import { type Subscription, subscribe } from './subscription.ts';

export interface ReadHandlerOptions {
  readonly log: EventLog;
  readonly assertAllowed: (authorization: string | undefined) => void;
  readonly mayAnswer: () => Promise<void>;
  readonly faults: Faults;
  readonly live: Set<Subscription>;
  readonly onRead: () => void;
}

export const readHandler = ({ log, assertAllowed, mayAnswer, faults, live, onRead }: ReadHandlerOptions): ReadHandler => {
  const answer = async (call: ReadCall): Promise<void> => {
    assertAllowed(authorizationOf(call.metadata));
    const options = call.request.getOptions();
    if (options === undefined || !options.hasUuidOption()) throw commandError(status.INVALID_ARGUMENT, 'Options are missing');
    const all = options.getAll();
    if (options.hasSubscription()) {
      if (all === undefined) throw commandError(status.UNIMPLEMENTED, 'Only $all can be subscribed to');
      const filter = options.getFilter();
      const subscription = subscribe({
        call,
        log,
        start: startInLog(log, all),
        filter: filter === undefined ? undefined : filterOf(filter),
        faults,
        slowConsumerError: () =>
          commandError(
            status.ABORTED,
            'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
          ),
        mayAnswer,
      });
      live.add(subscription);
      call.once('close', () => live.delete(subscription));
      call.once('cancelled', () => live.delete(subscription));
      return;
    }
    onRead();
    if (options.hasFilter()) throw commandError(status.UNIMPLEMENTED, 'Filters are for subscriptions');
    await mayAnswer();
    const step = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS ? -1 : 1;
    const count = Number(options.getCount());
    const stream = options.getStream();
    if (stream === undefined) await send(call, log, (nth) => nth, startOfAll(log, all, step < 0), step, count);
    else await sendStream(call, log, stream, step, count);
    call.end();
  };
  return (call) => {
    answer(call).catch((error: ServiceError) => call.emit('error', error));
  };
};

const startInLog = (log: EventLog, all: streams.ReadReq.Options.AllOptions): number => {
  const position = all.getPosition();
  if (position !== undefined) return log.indexAfter(BigInt(position.getCommitPosition()));
  return all.hasEnd() ? log.length : 0;
};

const startOfAll = (log: EventLog, all: streams.ReadReq.Options.AllOptions | undefined, isBackwards: boolean): number => {
  if (all === undefined) throw commandError(status.INVALID_ARGUMENT, 'Nothing to read');
  return startInLog(log, all) - (isBackwards ? 1 : 0);
};

const sendStream = async (
  call: ReadCall,
  log: EventLog,
  options: streams.ReadReq.Options.StreamOptions,
  step: 1 | -1,
  count: number,
): Promise<void> => {
  const name = nameOf(options.getStreamIdentifier());
  const events = log.read(name);
  if (events === undefined) call.write(streamNotFound(name));
  else {
    const { first, indexes } = events;
    const start = streamStart(events, options, step < 0);
    await send(call, log, (revision) => (revision < first ? undefined : indexes[revision]), start, step, count);
  }
};

const send = async (
  call: ReadCall,
  log: EventLog,
  indexOf: (nth: number) => number | undefined,
  start: number,
  step: 1 | -1,
  count: number,
): Promise<void> => {
  const stop = new AbortController();
  call.once('cancelled', () => stop.abort());
  for (let nth = start, sent = 0; sent < count && !call.cancelled; nth += step, sent += 1) {
    const index = indexOf(nth);
    if (index === undefined || index < 0 || index >= log.length) return;
    if (!call.write(log.messageAt(index))) await once(call, 'drain', { signal: stop.signal }).catch(() => undefined);
  }
};
