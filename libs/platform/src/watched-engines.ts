import { EngineUnavailable, InvalidCursor, type MessageBroker, type ReadModelStore } from '@conference/ports';
import { failFast } from './fail-fast.ts';
import type { DegradedPart } from './health.ts';
import { systemTimer } from './system.ts';

type Engines = { readonly broker: MessageBroker; readonly readModels: ReadModelStore };
export type WatchedEngines = Engines & {
  /** What failed when it was used last: orders go on being accepted without it. Of the reasons those that name no files and hosts. */
  readonly degraded: () => readonly DegradedPart[];
};

/** The last call of a kind tells: whoever depends on an engine tries again until it succeeds. */
const lastOutcome = (part: DegradedPart) => {
  let failure: { readonly reason: string } | undefined;
  return {
    failing: (): readonly DegradedPart[] => (failure === undefined ? [] : [{ ...part, problem: part.problem + failure.reason }]),
    watch: async <T>(call: () => Promise<T>): Promise<T> => {
      try {
        const result = await call();
        failure = undefined;
        return result;
      } catch (error) {
        // Of the caller, not of the engine.
        failure =
          error instanceof InvalidCursor || error instanceof TypeError
            ? undefined
            : { reason: error instanceof EngineUnavailable ? `: ${error.message}` : '' };
        throw error;
      }
    },
  };
};

/**
 * The engines that a service can be without for a while, watched for its health. What they do is not changed, but that queries do not
 * gather behind a read-model store that is away ({@link failFast}).
 */
export const watchedEngines = ({ broker, readModels }: Engines): WatchedEngines => {
  const publishing = lastOutcome({ part: 'broker', problem: 'nothing can be published' });
  const writing = lastOutcome({ part: 'read-models', problem: 'cannot be written' });
  const reading = lastOutcome({ part: 'read-models', problem: 'cannot be read' });
  const fast = failFast(systemTimer);
  const query = <T>(call: () => Promise<T>): Promise<T> => reading.watch(() => fast(call));
  return {
    degraded: () => [...publishing.failing(), ...writing.failing(), ...reading.failing()],
    broker: {
      publish: (topic, messages) => publishing.watch(() => broker.publish(topic, messages)),
      subscribe: (options) => broker.subscribe(options),
      close: () => broker.close(),
    },
    readModels: {
      create: (collection, build) => writing.watch(() => readModels.create(collection, build)),
      activate: (build) => writing.watch(() => readModels.activate(build)),
      drop: (build) => writing.watch(() => readModels.drop(build)),
      commit: (build, batch) => writing.watch(() => readModels.commit(build, batch)),
      lease: (name, owner, ttlMs) => writing.watch(() => readModels.lease(name, owner, ttlMs)),
      active: (collection) => query(() => readModels.active(collection)),
      checkpoint: (build) => reading.watch(() => readModels.checkpoint(build)),
      load: (build, ids) => reading.watch(() => readModels.load(build, ids)),
      get: (collection, id) => query(() => readModels.get(collection, id)),
      find: (collection, asked) => query(() => readModels.find(collection, asked)),
      close: () => readModels.close(),
    },
  };
};
