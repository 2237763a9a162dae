import { type Collection, type Instant, type JsonObject, origin, type Position } from '@conference/kernel';
import {
  type Build,
  buildNameOf,
  type Clock,
  type Found,
  pageOf,
  planOf,
  type Query,
  type ReadModelStore,
  type Versioned,
} from '@conference/ports';
import type { AnyBulkWriteOperation, Db } from 'mongodb';
import { type BoundedOperations, boundedOperations } from './bounded.ts';
import { buildsOf, createBuild, documentsOf, dropBuild, pointerOf, pointTo } from './builds.ts';
import { foundOf, replacementOf, type StoredBuild, type StoredDocument, type StoredLease, versionedOf } from './documents.ts';
import { refusedAsDuplicates, writeGuarded, wroteGuarded } from './guarded-writes.ts';
import { keyPathOf, rangeOf } from './sort-key.ts';

export interface MongoReadModelStoreOptions {
  /** Of one service: everything in it is a function of the events. */
  readonly db: Db;
  /** Of the leases. */
  readonly clock: Clock;
  /** Of one operation on the server; a call of the store is a few of them. */
  readonly timeoutMs: number;
  /** Called once, when what was under way has ended. */
  readonly disconnect: () => Promise<void>;
}

/** Ids of one `load` go to the server in pages, so that no command grows with them. */
const loadPageMax = 1_000;
const withoutKeys = { keys: 0 };

/**
 * A collection per build, in one database per service; any number of processes. Documents are written first, each guarded by its
 * position, in one bulk; then the checkpoint moves by compare-and-set, so a fenced commit may leave documents ahead of the checkpoint.
 * Nothing rests on transactions. Acknowledged is what lies on a majority of the members, in their journals.
 *
 * Throws `TypeError` for what a programmer got wrong, and an error that may go away for what the server or the network did: the same
 * commit may be tried again, since the checkpoint tells if it was done.
 */
export const mongoReadModelStore = (options: MongoReadModelStoreOptions): ReadModelStore => new MongoReadModelStore(options);

class MongoReadModelStore implements ReadModelStore {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #operations: BoundedOperations;
  /** Where the documents of a build lie. Stale after another process dropped it: then the checkpoint fences, and is asked for again. */
  readonly #known = new Map<string, string>();
  readonly #disconnect: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor({ db, clock, timeoutMs, disconnect }: MongoReadModelStoreOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#operations = boundedOperations(timeoutMs);
    this.#disconnect = disconnect;
  }

  async create<Doc extends JsonObject>(collection: Collection<Doc>, build: string): Promise<Build<Doc>> {
    const stored = await createBuild(this.#db, this.#operations.run, collection, build);
    this.#known.set(stored._id, stored.documents);
    return { collection, build };
  }

  async active<Doc extends JsonObject>(collection: Collection<Doc>): Promise<Build<Doc> | undefined> {
    const pointer = await pointerOf(this.#db, this.#operations.run, collection);
    return pointer === null ? undefined : { collection, build: pointer.build };
  }

  async activate<Doc extends JsonObject>({ collection, build }: Build<Doc>): Promise<void> {
    await pointTo(this.#db, this.#operations.run, collection, build);
  }

  async drop<Doc extends JsonObject>({ collection, build }: Build<Doc>): Promise<void> {
    this.#known.delete(buildNameOf(collection, build));
    await dropBuild(this.#db, this.#operations.run, collection, build);
  }

  async checkpoint<Doc extends JsonObject>(build: Build<Doc>): Promise<Position> {
    return ((await this.#stored(build))?.checkpoint as Position | undefined) ?? origin;
  }

  async load<Doc extends JsonObject>(build: Build<Doc>, ids: readonly string[]): Promise<ReadonlyMap<string, Versioned<Doc>>> {
    const found = new Map<string, Versioned<Doc>>();
    const documents = ids.length === 0 ? undefined : await this.#documents(build);
    if (documents === undefined) return found;
    for (let from = 0; from < ids.length; from += loadPageMax) {
      const page = ids.slice(from, from + loadPageMax);
      const read = await this.#operations.run('load', (bound) =>
        documentsOf(this.#db, documents)
          .find({ _id: { $in: page } }, { ...bound, projection: withoutKeys, batchSize: loadPageMax })
          .toArray(),
      );
      for (const stored of read) found.set(stored._id, versionedOf<Doc>(stored));
    }
    return found;
  }

  async commit<Doc extends JsonObject>(
    build: Build<Doc>,
    batch: { readonly writes: ReadonlyMap<string, Versioned<Doc>>; readonly after: Position; readonly position: Position },
  ): Promise<'committed' | 'fenced'> {
    const documents = await this.#documents(build);
    if (documents === undefined) return 'fenced';
    const operations = [...batch.writes].map(
      ([id, write]): AnyBulkWriteOperation<StoredDocument> => ({
        replaceOne: {
          filter: { _id: id, position: { $lt: write.position } },
          replacement: replacementOf(build.collection, id, write),
          upsert: true,
        },
      }),
    );
    await writeGuarded(operations, (some) => this.#bulk(documents, some));
    return this.#advance(build, documents, batch);
  }

  /** The places of those that were refused as duplicates. */
  async #bulk(documents: string, operations: readonly AnyBulkWriteOperation<StoredDocument>[]): Promise<readonly number[]> {
    try {
      await this.#operations.run('commit', (bound) => documentsOf(this.#db, documents).bulkWrite(operations, { ...bound, ordered: false }));
      return [];
    } catch (error) {
      return refusedAsDuplicates(error);
    }
  }

  async #advance<Doc extends JsonObject>(
    { collection, build }: Build<Doc>,
    documents: string,
    { after, position }: { readonly after: Position; readonly position: Position },
  ): Promise<'committed' | 'fenced'> {
    const _id = buildNameOf(collection, build);
    const { matchedCount } = await this.#operations.run('commit', (bound) =>
      buildsOf(this.#db).updateOne({ _id, documents, checkpoint: after }, { $set: { checkpoint: position } }, bound),
    );
    if (matchedCount === 1) return 'committed';
    this.#known.delete(_id);
    return 'fenced';
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<boolean> {
    const now = this.#clock.now();
    const leases = this.#db.collection<StoredLease>('leases');
    return wroteGuarded(() =>
      this.#operations.run('lease', (bound) =>
        leases.updateOne(
          { _id: name, $or: [{ owner }, { until: { $lte: now } }] },
          { $set: { owner, until: later(now, ttlMs) } },
          { ...bound, upsert: true },
        ),
      ),
    );
  }

  async get<Doc extends JsonObject>(collection: Collection<Doc>, id: string): Promise<Found<Doc> | undefined> {
    const found = await this.#inActive(collection, (documents) =>
      this.#operations.run('get', (bound) =>
        documentsOf(this.#db, documents)
          .find({ _id: id }, { ...bound, projection: withoutKeys, limit: 1 })
          .toArray(),
      ),
    );
    return found.flatMap(foundOf<Doc>)[0];
  }

  async find<Doc extends JsonObject, Index extends string>(
    collection: Collection<Doc, Index>,
    query: Query<Doc, NoInfer<Index>>,
  ): Promise<{ readonly items: readonly Found<Doc>[]; readonly next: string | null }> {
    const plan = planOf(collection, query);
    const index = keyPathOf(plan.fields);
    // One more than the limit is read, to know whether there is a next page.
    const limit = plan.limit + 1;
    const read = await this.#inActive(collection, (documents) =>
      this.#operations.run('find', (bound) =>
        documentsOf(this.#db, documents)
          .find({ [index]: rangeOf(plan) }, { ...bound, projection: withoutKeys, limit, batchSize: limit })
          .sort({ [index]: plan.descending ? -1 : 1 })
          .hint(index)
          .toArray(),
      ),
    );
    return pageOf(plan, read.flatMap(foundOf<Doc>));
  }

  async close(): Promise<void> {
    this.#closing ??= this.#operations.close().then(() => this.#disconnect());
    await this.#closing;
  }

  /** Nothing found may mean that the build was switched and dropped between the two questions; then the next one is asked. */
  async #inActive(
    collection: Collection<JsonObject>,
    ask: (documents: string) => Promise<readonly StoredDocument[]>,
  ): Promise<readonly StoredDocument[]> {
    let asked: string | undefined;
    for (;;) {
      const pointer = await pointerOf(this.#db, this.#operations.run, collection);
      if (pointer === null || pointer.documents === asked) return [];
      asked = pointer.documents;
      const found = await ask(asked);
      if (found.length > 0) return found;
    }
  }

  async #stored<Doc extends JsonObject>({ collection, build }: Build<Doc>): Promise<StoredBuild | undefined> {
    const _id = buildNameOf(collection, build);
    const stored = await this.#operations.run('checkpoint', (bound) => buildsOf(this.#db).findOne({ _id }, bound));
    if (stored === null) this.#known.delete(_id);
    else this.#known.set(_id, stored.documents);
    return stored ?? undefined;
  }

  async #documents<Doc extends JsonObject>({ collection, build }: Build<Doc>): Promise<string | undefined> {
    return this.#known.get(buildNameOf(collection, build)) ?? (await this.#stored({ collection, build }))?.documents;
  }
}

const later = (now: Instant, milliseconds: number): Instant => new Date(Date.parse(now) + milliseconds).toISOString() as Instant;
