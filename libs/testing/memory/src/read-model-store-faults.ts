import { EngineUnavailable, type ReadModelStore, type Timer } from '@conference/ports';
import { InjectedFault } from './message-broker-faults.ts';

export type ReadModelOperation = Exclude<keyof ReadModelStore, 'close'>;

export type ReadModelFault =
  /** Throws, and nothing was done. */
  | { readonly fault: 'failed-before' }
  /** Done, and throws. */
  | { readonly fault: 'failed-after' }
  /** The engine cannot be reached: `EngineUnavailable`, and nothing was done. */
  | { readonly fault: 'away' }
  /** For `commit` only: another runner was faster. Nothing is written. */
  | { readonly fault: 'fenced' }
  | { readonly fault: 'delayed'; readonly milliseconds: number };

/** `n` counts the calls of the operation from 1. The same answers make the same run. */
export type ReadModelFaults = (operation: ReadModelOperation, n: number) => ReadModelFault | undefined;

export interface FaultyReadModelStoreOptions {
  readonly store: ReadModelStore;
  /** Of the delays. */
  readonly timer: Timer;
  readonly faults: ReadModelFaults;
}

/** Any engine with faults on demand. `fenced` for another operation than `commit` is a programmer's error and throws `TypeError`. */
export const faultyReadModelStore = ({ store, timer, faults }: FaultyReadModelStoreOptions): ReadModelStore => {
  const calls = new Map<ReadModelOperation, number>();
  const faultOf = (operation: ReadModelOperation): ReadModelFault | undefined => {
    const n = (calls.get(operation) ?? 0) + 1;
    calls.set(operation, n);
    return faults(operation, n);
  };
  const apply = async <Result>(
    operation: ReadModelOperation,
    fault: ReadModelFault | undefined,
    call: () => Promise<Result>,
  ): Promise<Result> => {
    if (fault?.fault === 'fenced') throw new TypeError(`${operation} cannot be fenced`);
    if (fault?.fault === 'away') throw new EngineUnavailable(`${operation}: the read models cannot be reached`);
    if (fault?.fault === 'failed-before') throw new InjectedFault(`${operation} failed and did nothing`);
    if (fault?.fault === 'delayed') await timer.sleep(fault.milliseconds);
    const result = await call();
    if (fault?.fault === 'failed-after') throw new InjectedFault(`${operation} was done and failed`);
    return result;
  };
  const run = <Result>(operation: ReadModelOperation, call: () => Promise<Result>): Promise<Result> =>
    apply(operation, faultOf(operation), call);
  return {
    create: (collection, build) => run('create', () => store.create(collection, build)),
    active: (collection) => run('active', () => store.active(collection)),
    activate: (build) => run('activate', () => store.activate(build)),
    drop: (build) => run('drop', () => store.drop(build)),
    checkpoint: (build) => run('checkpoint', () => store.checkpoint(build)),
    load: (build, ids) => run('load', () => store.load(build, ids)),
    commit: async (build, batch) => {
      const fault = faultOf('commit');
      return fault?.fault === 'fenced' ? 'fenced' : apply('commit', fault, () => store.commit(build, batch));
    },
    lease: (name, owner, ttlMs) => run('lease', () => store.lease(name, owner, ttlMs)),
    get: (collection, id) => run('get', () => store.get(collection, id)),
    find: (collection, query) => run('find', () => store.find(collection, query)),
    close: () => store.close(),
  };
};

/** Any engine, which can be taken away and given back: meanwhile every call rejects as that of a server that is not there. */
export const awayReadModelStore = (options: Pick<FaultyReadModelStoreOptions, 'store' | 'timer'>) => {
  const line = awayLine();
  return { ...line, store: line.of(options) };
};

/** The engines of a service, of which the read models can be taken away and given back. */
export const awayReadModelsOf = <Where extends { readonly timer: Timer }, Opened extends { readonly readModels: ReadModelStore }>(
  openEngines: (where: Where) => Promise<Opened>,
) => {
  const line = awayLine();
  return {
    ...line,
    openEngines: async (where: Where): Promise<Opened> => {
      const opened = await openEngines(where);
      return { ...opened, readModels: line.of({ store: opened.readModels, timer: where.timer }) };
    },
  };
};

const awayLine = () => {
  let isAway = false;
  return {
    of: (options: Pick<FaultyReadModelStoreOptions, 'store' | 'timer'>): ReadModelStore =>
      faultyReadModelStore({ ...options, faults: () => (isAway ? { fault: 'away' } : undefined) }),
    takeAway: (): void => {
      isAway = true;
    },
    giveBack: (): void => {
      isAway = false;
    },
  };
};
