import { once } from 'node:events';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type handleServerStreamingCall, type ServiceError, status } from '@grpc/grpc-js';
import { commandError } from './command-error.ts';
import type { Faults } from './faults.ts';
import { filterOf } from './filter.ts';
import type { EventLog, LoggedEvent } from './log.ts';
import { eventMessage, nameOf, streamNotFound, streamStart } from './messages.ts';
import { type ReadCall, type Subscription, subscribe } from './subscription.ts';

export interface ReadHandlerOptions {
  readonly log: EventLog;
  readonly assertAllowed: () => void;
  readonly mayAnswer: () => Promise<void>;
  readonly faults: Faults;
  readonly live: Set<Subscription>;
}

type Handler = handleServerStreamingCall<streams.ReadReq, streams.ReadResp>;

export const readHandler = ({ log, assertAllowed, mayAnswer, faults, live }: ReadHandlerOptions): Handler => {
  const answer = async (call: ReadCall): Promise<void> => {
    assertAllowed();
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
    if (options.hasFilter()) throw commandError(status.UNIMPLEMENTED, 'Filters are for subscriptions');
    await mayAnswer();
    const isBackwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
    const stream = options.getStream();
    const name = nameOf(stream?.getStreamIdentifier());
    const events = stream === undefined ? log.events : log.read(name);
    if (events === undefined) call.write(streamNotFound(name));
    else {
      const start = stream === undefined ? startOfAll(log, all, isBackwards) : streamStart(events, stream, isBackwards);
      await send(call, events, start, isBackwards ? -1 : 1, Number(options.getCount()));
    }
    call.end();
  };
  return (call) => {
    answer(call).catch((error: ServiceError) => call.emit('error', error));
  };
};

const startInLog = (log: EventLog, all: streams.ReadReq.Options.AllOptions): number => {
  const position = all.getPosition();
  if (position !== undefined) return log.indexAfter(BigInt(position.getCommitPosition()));
  return all.hasEnd() ? log.events.length : 0;
};

const startOfAll = (log: EventLog, all: streams.ReadReq.Options.AllOptions | undefined, isBackwards: boolean): number => {
  if (all === undefined) throw commandError(status.INVALID_ARGUMENT, 'Nothing to read');
  return startInLog(log, all) - (isBackwards ? 1 : 0);
};

const send = async (call: ReadCall, events: readonly LoggedEvent[], start: number, step: 1 | -1, count: number): Promise<void> => {
  const stop = new AbortController();
  call.once('cancelled', () => stop.abort());
  for (let index = start, sent = 0; sent < count && !call.cancelled; index += step, sent += 1) {
    const event = events[index];
    if (event === undefined) return;
    if (!call.write(eventMessage(event))) await once(call, 'drain', { signal: stop.signal }).catch(() => undefined);
  }
};
