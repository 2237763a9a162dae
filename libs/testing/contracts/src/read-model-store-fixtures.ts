import { randomUUID } from 'node:crypto';
import { collection, origin, type Position } from '@conference/kernel';
import type { Found, Query, ReadModelStore, Versioned } from '@conference/ports';
import { afterEach } from 'vitest';

/** One place where documents lie, for one test. */
export interface ReadModelStoreUnderTest {
  /** As after a restart, or as another instance of the service: a store on the same documents. */
  connect(): Promise<ReadModelStore>;
  /** Moves the clock that the stores were given. */
  advance(milliseconds: number): void;
  /** After the stores were closed. */
  cleanUp(): Promise<void>;
}

export type Ticket = {
  readonly conference: string;
  readonly state: string;
  readonly priority: number;
  readonly dueAt: string | null;
  readonly open?: boolean;
  readonly note?: string;
  readonly lines?: readonly { readonly quantity: number }[];
};
export const tickets = (name = `tickets-${randomUUID()}`, version = 1) =>
  collection<Ticket>()({
    name,
    version,
    indexes: {
      byConference: ['conference', 'priority'],
      byConferenceAndState: ['conference', 'state', 'priority'],
      byDue: ['dueAt'],
      byOpen: ['open'],
    },
  });

export const ticket = (change: Partial<Ticket> = {}): Ticket => ({
  conference: 'c1',
  state: 'placed',
  priority: 1,
  dueAt: null,
  ...change,
});
export const at = (n: number): Position => (n === 0 ? origin : (String(n).padStart(20, '0') as Position));
export const write = (n: number, document: Ticket = ticket(), version = n): Versioned<Ticket> => ({ document, position: at(n), version });
export const writes = (entries: { readonly [id: string]: Versioned<Ticket> }): ReadonlyMap<string, Versioned<Ticket>> =>
  new Map(Object.entries(entries));
export const idsOf = (answer: { readonly items: readonly Found<Ticket>[] }): readonly string[] => answer.items.map(({ id }) => id);

/** Makes what one test needs, and cleans up after each. */
export const readModelSetUp = <UnderTest extends ReadModelStoreUnderTest>(create: () => Promise<UnderTest>) => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  const underTest = async (): Promise<UnderTest> => {
    const created = await create();
    cleanUps.push(() => created.cleanUp());
    return created;
  };
  const connected = async (to: ReadModelStoreUnderTest): Promise<ReadModelStore> => {
    const store = await to.connect();
    cleanUps.push(() => store.close());
    return store;
  };
  const opened = async () => {
    const store = await connected(await underTest());
    const build = await store.create(tickets(), 'b1');
    return { store, build };
  };
  /** A live collection that holds these documents. */
  const filled = async (documents: { readonly [id: string]: Ticket }) => {
    const { store, build } = await opened();
    const entries = Object.entries(documents).map(([id, document]) => [id, write(1, document)] as const);
    await store.commit(build, { writes: new Map(entries), after: origin, position: at(1) });
    await store.activate(build);
    const find = (query: Query<Ticket, 'byConference' | 'byConferenceAndState' | 'byDue' | 'byOpen'>) =>
      store.find<Ticket, 'byConference' | 'byConferenceAndState' | 'byDue' | 'byOpen'>(tickets(build.collection.name), query);
    return { store, build, find };
  };
  return { underTest, connected, opened, filled };
};
export type ReadModelSetUp = ReturnType<typeof readModelSetUp>;
