import { InvalidCursor, type MessageBroker, type ReadModelStore } from '@conference/ports';
import type { DegradedPart } from './health.ts';

type Engines = { readonly broker: MessageBroker; readonly readModels: ReadModelStore };
export type WatchedEngines = Engines & {
  /** What failed when it was used last: orders go on being accepted without it. No reasons, they name files and hosts. */
  readonly degraded: () => readonly DegradedPart[];
};

/** The last call of a kind tells: whoever depends on an engine tries again until it succeeds. */
const lastOutcome = (part: DegradedPart) => {
  let failed = false;
  return {
    failing: (): readonly DegradedPart[] => (failed ? [part] : []),
    watch: async <T>(call: () => Promise<T>): Promise<T> => {
      try {
        const result = await call();
        failed = false;
        return result;
      } catch (error) {
        // Of the caller, not of the engine.
        failed = !(error instanceof InvalidCursor || error instanceof TypeError);
        throw error;
      }
    },
  };
};

/** The engines that a service can be without for a while, watched for its health. Changes nothing of what they do. */
export const watchedEngines = ({ broker, readModels }: Engines): WatchedEngines => {
  const publishing = lastOutcome({ part: 'broker', problem: 'nothing can be published' });
  const writing = lastOutcome({ part: 'read-models', problem: 'cannot be written' });
  const reading = lastOutcome({ part: 'read-models', problem: 'cannot be read' });
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
      active: (collection) => reading.watch(() => readModels.active(collection)),
      checkpoint: (build) => reading.watch(() => readModels.checkpoint(build)),
      load: (build, ids) => reading.watch(() => readModels.load(build, ids)),
      get: (collection, id) => reading.watch(() => readModels.get(collection, id)),
      find: (collection, query) => reading.watch(() => readModels.find(collection, query)),
      close: () => readModels.close(),
    },
  };
};
