import type { StreamName } from '@conference/kernel';
import {
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedVersion,
  type FeedBatch,
  StoreUnavailable,
  type Timer,
  UnknownOutcome,
} from '@conference/ports';

/** What a fault can happen to: a call, or one batch of a subscription on its way. */
export type EventStoreOperation =
  | { readonly name: 'append'; readonly stream: StreamName; readonly expected: ExpectedVersion; readonly events: readonly EventToAppend[] }
  | { readonly name: 'readStream' | 'loadSnapshot' | 'saveSnapshot'; readonly stream: StreamName }
  | { readonly name: 'subscribeToAll' }
  | { readonly name: 'feedBatch'; readonly batch: FeedBatch };

export type EventStoreFault =
  /** Of an append or a snapshot: it is written, and `UnknownOutcome` is thrown. */
  | { readonly kind: 'acknowledgement-lost' }
  /** Of an append or a snapshot: it is not written, and `UnknownOutcome` is thrown. */
  | { readonly kind: 'request-lost' }
  /** Of an append: another writer was there first, with these events. The conflict is a real one, and the engine's. */
  | { readonly kind: 'competing-append'; readonly events: readonly EventToAppend[] }
  /** Of a batch: it comes twice, as after a reconnection. */
  | { readonly kind: 'delivered-twice' }
  /** Of everything: `StoreUnavailable` is thrown, and nothing was done. It ends a subscription. */
  | { readonly kind: 'unavailable' }
  /** Of everything. Needs a timer. */
  | { readonly kind: 'delayed'; readonly milliseconds: number };

/** `n` counts the operations of that name, from 0: with a seed behind it, a run is repeated exactly. */
export type EventStoreFaultScript = (operation: EventStoreOperation, n: number) => EventStoreFault | undefined;

/**
 * The same store behind a bad line. Nothing is made up that the port forbids: a conflict or `StoreUnavailable` stays
 * certain, so there is no false conflict, only a competing append. A fault that cannot happen to its operation is a
 * mistake in the script and throws a `TypeError`.
 */
export const withEventStoreFaults = (
  store: EventStore,
  script: EventStoreFaultScript,
  { timer }: { readonly timer?: Timer } = {},
): EventStore => {
  const counts = new Map<EventStoreOperation['name'], number>();
  const faultOf = (operation: EventStoreOperation): EventStoreFault | undefined => {
    const n = counts.get(operation.name) ?? 0;
    counts.set(operation.name, n + 1);
    return script(operation, n);
  };
  const before = (operation: EventStoreOperation, fault: EventStoreFault | undefined): Promise<void> => beforeAny(operation, fault, timer);
  // Where there is no fault nothing is waited for: what was asked before `close` has reached the store before it.

  const append = async (stream: StreamName, expected: ExpectedVersion, events: readonly EventToAppend[]): Promise<AppendResult> => {
    const operation: EventStoreOperation = { name: 'append', stream, expected, events };
    const fault = faultOf(operation);
    if (fault?.kind === 'request-lost') throw requestLost(operation);
    if (fault?.kind === 'competing-append') await store.append(stream, expected, fault.events);
    else if (fault !== undefined && fault.kind !== 'acknowledgement-lost') await before(operation, fault);
    const result = await store.append(stream, expected, events);
    if (fault?.kind === 'acknowledgement-lost') throw acknowledgementLost(operation);
    return result;
  };

  async function* readStream(...[stream, options]: Parameters<EventStore['readStream']>): ReturnType<EventStore['readStream']> {
    const operation: EventStoreOperation = { name: 'readStream', stream };
    await before(operation, faultOf(operation));
    yield* store.readStream(stream, options);
  }

  async function* subscribeToAll(options: Parameters<EventStore['subscribeToAll']>[0]): AsyncGenerator<FeedBatch, void> {
    const start: EventStoreOperation = { name: 'subscribeToAll' };
    await before(start, faultOf(start));
    for await (const batch of store.subscribeToAll(options)) {
      const operation: EventStoreOperation = { name: 'feedBatch', batch };
      const fault = faultOf(operation);
      if (fault?.kind === 'delivered-twice') yield batch;
      else await before(operation, fault);
      if (options.signal.aborted) return;
      yield batch;
    }
  }

  return {
    append,
    readStream,
    subscribeToAll,
    async loadSnapshot(stream, foldVersion) {
      const operation: EventStoreOperation = { name: 'loadSnapshot', stream };
      await before(operation, faultOf(operation));
      return store.loadSnapshot(stream, foldVersion);
    },
    async saveSnapshot(stream, snapshot) {
      const operation: EventStoreOperation = { name: 'saveSnapshot', stream };
      const fault = faultOf(operation);
      if (fault?.kind === 'request-lost') throw requestLost(operation);
      if (fault !== undefined && fault.kind !== 'acknowledgement-lost') await before(operation, fault);
      await store.saveSnapshot(stream, snapshot);
      if (fault?.kind === 'acknowledgement-lost') throw acknowledgementLost(operation);
    },
    close: () => store.close(),
  };
};

const requestLost = ({ name }: EventStoreOperation): UnknownOutcome => new UnknownOutcome(`${name}: the request was lost (injected)`);
const acknowledgementLost = ({ name }: EventStoreOperation): UnknownOutcome =>
  new UnknownOutcome(`${name}: the acknowledgement was lost (injected)`);

const beforeAny = async (operation: EventStoreOperation, fault: EventStoreFault | undefined, timer: Timer | undefined): Promise<void> => {
  if (fault === undefined) return;
  if (fault.kind === 'unavailable') throw new StoreUnavailable(`${operation.name}: unavailable (injected)`);
  if (fault.kind !== 'delayed') throw new TypeError(`${fault.kind} cannot happen to ${operation.name}`);
  if (timer === undefined) throw new TypeError('a delay needs a timer');
  await timer.sleep(fault.milliseconds);
};
