import type { Command, DomainEvent, JsonObject, Message, Policy, Position, ProcessManager, Projection } from '@conference/kernel';
import type { InboundBatch, StoredEvent, Subscription } from '@conference/ports';
import { checkpointOf } from './checkpoints.ts';
import { follow, furthestCheckpoint, runLeased } from './consumer-group.ts';
import type { ContextRuntime, ContextStatus, Engines } from './context.ts';
import { dispatchOf, reactionOf, type SendCommand } from './dispatcher.ts';
import type { EventDecoder } from './event-codec.ts';
import { type EventWatch, eventWatch } from './event-watch.ts';
import { type Feed, type FeedConsumer, openFeed } from './feed.ts';
import { importConsumer, messageImport } from './import.ts';
import { type HandleOne, keyedConsumer } from './keyed-consumer.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type ParkedSubject, parkedMessagesCodec, parkedMessagesProjection } from './parking/parked-messages.ts';
import { type Parking, parking } from './parking/parking.ts';
import { noPressure, type Pressure } from './pressure.ts';
import { deadlinesOf, deadlineTimer, processEventCodec, processManagerRunner } from './process-manager-runner.ts';
import { type ProjectionRunner, projectionRunner, type RunningProjection } from './projection-runner.ts';
import { type Publication, type Publisher, publisher } from './publisher.ts';
import { endsWithin } from './retry.ts';

const stopWithinMs = 9_000;

type Runnable = { readonly name: string; readonly run: (feed: Feed, signal: AbortSignal) => Promise<void> };

/** Assembles what follows a context's event store; the parts are added by name and run by `start`. */
export interface ContextBuilder {
  readonly parking: Parking;
  project<Doc extends JsonObject, Some extends DomainEvent>(
    projection: Projection<Doc, Some>,
    decoder: EventDecoder<Some>,
  ): ProjectionRunner<Doc>;
  policy<Some extends DomainEvent, C extends Command>(
    policy: Policy<Some, C>,
    decoder: EventDecoder<Some>,
    sendCommand: SendCommand<C>,
  ): void;
  /** Follows events with work that has an effect outside; must be idempotent, ordered per stream. */
  react(name: string, categories: readonly string[], handleOne: (stored: StoredEvent) => Promise<void>): void;
  process<State, Some extends DomainEvent, In extends Message, C extends Command>(
    process: ProcessManager<State, Some, In, C>,
    decoder: EventDecoder<Some>,
    sendCommand: SendCommand<C>,
  ): void;
  /** For requests that wait for an event of these categories. Nothing is kept: it sees what happens while it runs. */
  watch(categories: readonly string[]): EventWatch;
  publish<Some extends DomainEvent>(publications: readonly Publication<Some>[], decoder: EventDecoder<Some>): void;
  /** `decoder` knows every message that may come, so that a malformed one is parked before it is stored. */
  importFrom<Some extends DomainEvent>(topics: readonly string[], decoder: EventDecoder<Some>): void;
  build(): ContextRuntime;
}

export const contextRuntime = (options: {
  /** In Pascal case, `Registration`: begins its inbox and parking categories. */
  readonly context: string;
  /** As it names itself outside, `registration`: leases, groups. */
  readonly service: string;
  /** The context's own categories, as the feed subscribes to them. */
  readonly categories: readonly string[];
  readonly engines: Engines;
  readonly deadlinesEveryMs?: number;
  /** Of the commands from outside. */
  readonly pressure?: Pressure;
}): ContextBuilder => {
  const { context, service, engines, pressure = noPressure } = options;
  const { eventStore, readModels: store, timer, random, log } = engines;
  const lot = parking({ context, ...engines });
  const stop = new AbortController();
  const projections: RunningProjection[] = [];
  const runnables: Runnable[] = [];
  const running: Promise<void>[] = [];
  let imported: { readonly topics: readonly string[]; readonly handle: (batch: InboundBatch) => Promise<void> } | undefined;
  let published: ((signal: AbortSignal) => Publisher) | undefined;
  let publishing: Publisher | undefined;
  let feed: Feed | undefined;
  let subscription: Subscription | undefined;
  let started: Promise<void> | undefined;

  const leased = (name: string, make: Parameters<typeof runLeased>[0]['make']): Runnable => ({
    name,
    run: (from, signal) =>
      runLeased({ context: service, name, owner: engines.instance, feed: from, store, timer, random, log, signal, make }),
  });
  const restoreParked = async (consumer?: string): Promise<void> => lot.restore(await checkpointOf(store, 'parking').load(), consumer);
  /** What was parked, as it is in the store today; at most one. */
  const eventOf = async (content: ParkedSubject): Promise<readonly StoredEvent[]> => {
    if (content.kind !== 'event') throw new Error('not an event of the own store');
    const stream = content.streamName as StoredEvent['streamName'];
    const found: StoredEvent[] = [];
    for await (const page of eventStore.readStream(stream, { from: content.streamVersion, maxCount: 1 })) found.push(...page);
    return found;
  };
  const keyed = (
    name: string,
    categories: readonly string[],
    handleOne: HandleOne,
    keyOf: (stored: StoredEvent) => string = ({ streamName }) => streamName,
  ): void => {
    lot.register(name, {
      retry: async ({ content }) => {
        for (const stored of await eventOf(content)) await handleOne(stored, true);
      },
      skip: async () => {},
    });
    const checkpoint = checkpointOf(store, name);
    const make = (signal: AbortSignal): FeedConsumer => {
      const consumer = keyedConsumer({
        name,
        categories,
        keyOf,
        handleOne,
        checkpoint,
        parking: lot,
        timer,
        random,
        log,
        signal,
        pressure,
      });
      return {
        ...consumer,
        checkpoint: async () => {
          await restoreParked(name); // whoever had the lease before may have parked something
          return consumer.checkpoint();
        },
      };
    };
    runnables.push(leased(name, make));
  };
  const addProjection = <Doc extends JsonObject, Any extends DomainEvent>(
    projection: Projection<Doc, Any>,
    decoder: EventDecoder<Any>,
  ): ProjectionRunner<Doc> => {
    const runner = projectionRunner({ projection, codec: decoder, store, timer, parking: lot, log, pressure });
    // What was parked for a projection is repaired by building it anew: a document cannot go back. Once for all that waits.
    lot.register(runner.name, {
      retry: async ({ content }) => {
        for (const stored of await eventOf(content)) {
          decoder.decode(stored); // what is still unreadable is not worth a rebuild
          if (!runner.isWhole(stored.position)) await rebuildOf(runner);
        }
      },
      skip: async () => {},
    });
    projections.push(runner);
    runnables.push(leased(runner.name, () => runner));
    return runner;
  };
  const rebuildOf = oneAtATime((runner: RunningProjection): Promise<void> => {
    const from = feed;
    if (from === undefined) return Promise.reject(new Error('not started'));
    return runner.rebuild((consumer, isDone) => follow(from, consumer, stop.signal, isDone));
  });

  const startImport = async (): Promise<void> => {
    if (imported === undefined) return;
    const { topics, handle } = imported;
    subscription = await engines.broker.subscribe({
      topics,
      group: `${service}.${importConsumer}.v1`,
      from: 'earliest',
      signal: stop.signal,
      handle,
    });
  };

  /** The one that has the lease, as long as it has it. */
  const publishingNow =
    (make: (signal: AbortSignal) => Publisher) =>
    (signal: AbortSignal): Publisher => {
      const now = make(signal);
      publishing = now;
      signal.addEventListener('abort', () => {
        if (publishing === now) publishing = undefined;
      });
      return now;
    };
  const publishingStatus = (): ContextStatus['publishing'] => {
    if (publishing === undefined) return undefined;
    const { position, problem } = publishing.status();
    return { lag: feed?.eventsAfter(position) ?? 0, problem };
  };

  const start = async (): Promise<void> => {
    addProjection(parkedMessagesProjection(lot.category), parkedMessagesCodec);
    keyed('parking', [lot.category], lot.follow);
    if (published !== undefined) runnables.push(leased('publisher', publishingNow(published)));
    await restoreParked();
    const after = await furthestCheckpoint(projections);
    feed = openFeed({ eventStore, categories: [...options.categories, lot.category], after, timer, random, log, signal: stop.signal });
    for (const { run } of runnables) running.push(run(feed, stop.signal));
    await startImport();
  };

  const runtime: ContextRuntime = {
    parking: lot,
    start: () => {
      started ??= start();
      return started;
    },
    ready: async () => {
      while (!stop.signal.aborted && !projections.every((projection) => projection.isCaughtUp()))
        await timer.sleep(5, { signal: stop.signal });
    },
    status: () => ({
      projections: projections.map((projection) => ({
        name: projection.collection.name,
        position: projection.position(),
        lag: feed?.eventsAfter(projection.position()) ?? 0,
        isFilled: projection.isFilled(),
      })),
      caughtUpOnce: projections.length > 0 && projections.every((projection) => projection.isCaughtUp()),
      publishing: publishingStatus(),
      imports: subscription?.health() ?? (imported === undefined ? 'consuming' : 'reconnecting'),
      importLag: async () => (await subscription?.lag()) ?? 0,
    }),
    waitFor: async (name, position, withinMs) => {
      const runner = projections.find((projection) => projection.collection.name === name);
      return (await runner?.waitFor(position, withinMs)) ?? false;
    },
    rebuild: async (name) => {
      const runner = projections.find((projection) => projection.collection.name === name);
      if (runner === undefined) return false;
      await rebuildOf(runner);
      return true;
    },
    republish: async (subject) => (published === undefined ? false : published(stop.signal).republish(subject)),
    republishFrom: (position) => {
      const from = feed;
      if (published === undefined || from === undefined) return false;
      const again = published(stop.signal);
      const stopAt = from.head();
      let reached = false;
      const consumer: FeedConsumer = {
        name: 'republish',
        categories: again.categories,
        checkpoint: async () => position as Position,
        handle: async (batch) => {
          await again.publishAgain(batch.events);
          reached = batch.position >= stopAt;
        },
      };
      running.push(
        follow(from, consumer, stop.signal, () => reached).catch((error: unknown) => log.error({ err: error }, 'publishing again failed')),
      );
      return true;
    },
    stop: async () => {
      stop.abort();
      const ending = async (): Promise<void> => {
        await started?.catch(() => {}); // a start that failed has told so
        await Promise.all([subscription?.ended, ...running]);
      };
      if (!(await endsWithin(ending(), stopWithinMs, timer))) log.warn({ service }, 'stopped while something was still in flight');
    },
  };

  return {
    parking: lot,
    project: addProjection,
    policy: (policy, decoder, sendCommand) =>
      keyed(`policy-${policy.name.toLowerCase()}`, policy.categories, reactionOf(policy, decoder, sendCommand)),
    react: keyed,
    process: (process, decoder, sendCommand) => {
      const runner = processManagerRunner({ process, codec: decoder, eventStore, timer, random, log });
      const deadlines = deadlinesOf(process.name);
      keyed(`process-${process.name.toLowerCase()}`, process.categories, runner.handleEvent, runner.keyOf);
      keyed(`dispatcher-${process.name.toLowerCase()}`, [process.name], dispatchOf(runner, sendCommand));
      addProjection(deadlines, processEventCodec());
      runnables.push({
        name: `deadlines-${process.name}`,
        run: (_, signal) =>
          deadlineTimer({ runner, collection: deadlines.collection, store, timer, log, signal, everyMs: options.deadlinesEveryMs ?? 250 }),
      });
    },
    watch: (categories) => {
      const watch = eventWatch(timer);
      runnables.push({
        name: 'watch',
        run: (from, signal) =>
          follow(
            from,
            { name: 'watch', categories, checkpoint: async () => from.head(), handle: async (batch) => watch.see(batch) },
            signal,
          ),
      });
      return watch;
    },
    publish: (publications, decoder) => {
      published = (signal) =>
        publisher({
          pressure,
          sourceContext: service,
          publications,
          codec: decoder,
          eventStore,
          broker: engines.broker,
          checkpoint: checkpointOf(store, 'publisher'),
          timer,
          random,
          log,
          signal,
        });
    },
    importFrom: (topics, decoder) => {
      imported = { topics, handle: messageImport({ context, codec: decoder, eventStore, parking: lot, timer }).handle };
    },
    build: () => runtime,
  };
};
