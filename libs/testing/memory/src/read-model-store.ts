import { type Collection, type Instant, type JsonObject, origin, type Position } from '@conference/kernel';
import { type Build, type Clock, EngineUnavailable, type Found, type Query, type ReadModelStore, type Versioned } from '@conference/ports';
import { findIn } from './read-model-store-query.ts';

/** A document as it lies on the disk: text, so that nobody shares an object with the store. */
interface DiskDocument {
  readonly body: string | undefined;
  readonly position: Position;
  readonly version?: number;
}
interface DiskBuild {
  checkpoint: Position;
  readonly documents: Map<string, DiskDocument>;
}

/** What is left when a process dies: pass it to the next {@link memoryReadModelStore}. */
export interface ReadModelDisk {
  readonly builds: Map<string, DiskBuild>;
  readonly active: Map<string, string>;
  readonly leases: Map<string, { readonly owner: string; readonly until: Instant }>;
}
export const createReadModelDisk = (): ReadModelDisk => ({ builds: new Map(), active: new Map(), leases: new Map() });

export interface MemoryReadModelStoreOptions {
  readonly disk: ReadModelDisk;
  /** Of the leases. */
  readonly clock: Clock;
}

/** Deterministic; several may share one disk, as processes share a server. A commit is atomic: a fenced one writes nothing. */
export const memoryReadModelStore = ({ disk, clock }: MemoryReadModelStoreOptions): ReadModelStore => {
  let closed = false;
  const open = (): void => {
    if (closed) throw new EngineUnavailable('the read-model store is closed');
  };
  const activeBuildOf = (collection: Collection<JsonObject>): DiskBuild | undefined => {
    const build = disk.active.get(collectionKey(collection));
    return build === undefined ? undefined : disk.builds.get(`${collectionKey(collection)}.${build}`);
  };
  return {
    async create(collection, build) {
      open();
      const key = `${collectionKey(collection)}.${build}`;
      if (!disk.builds.has(key)) disk.builds.set(key, { checkpoint: origin, documents: new Map() });
      return { collection, build };
    },
    async active(collection) {
      open();
      const build = disk.active.get(collectionKey(collection));
      return build === undefined ? undefined : { collection, build };
    },
    async activate({ collection, build }) {
      open();
      if (!disk.builds.has(`${collectionKey(collection)}.${build}`)) {
        throw new Error(`there is no build ${build} of ${collection.name} version ${collection.version}`);
      }
      disk.active.set(collectionKey(collection), build);
    },
    async drop({ collection, build }) {
      open();
      disk.builds.delete(`${collectionKey(collection)}.${build}`);
      if (disk.active.get(collectionKey(collection)) === build) disk.active.delete(collectionKey(collection));
    },
    async checkpoint({ collection, build }) {
      open();
      return disk.builds.get(`${collectionKey(collection)}.${build}`)?.checkpoint ?? origin;
    },
    async load<Doc extends JsonObject>({ collection, build }: Build<Doc>, ids: readonly string[]) {
      open();
      const documents = disk.builds.get(`${collectionKey(collection)}.${build}`)?.documents;
      const found = new Map<string, Versioned<Doc>>();
      for (const id of ids) {
        const stored = documents?.get(id);
        if (stored !== undefined) found.set(id, versionedOf<Doc>(stored));
      }
      return found;
    },
    async commit({ collection, build }, { writes, after, position }) {
      open();
      const stored = disk.builds.get(`${collectionKey(collection)}.${build}`);
      if (stored === undefined || stored.checkpoint !== after) return 'fenced';
      for (const [id, write] of writes) {
        const before = stored.documents.get(id);
        if (before === undefined || write.position > before.position) stored.documents.set(id, diskDocumentOf(write));
      }
      stored.checkpoint = position;
      return 'committed';
    },
    async lease(name, owner, ttlMs) {
      open();
      const now = clock.now();
      const held = disk.leases.get(name);
      if (held !== undefined && held.owner !== owner && held.until > now) return false;
      disk.leases.set(name, { owner, until: new Date(Date.parse(now) + ttlMs).toISOString() as Instant });
      return true;
    },
    async get<Doc extends JsonObject>(collection: Collection<Doc>, id: string) {
      open();
      const stored = activeBuildOf(collection)?.documents.get(id);
      return stored === undefined ? undefined : foundOf<Doc>(id, stored);
    },
    async find<Doc extends JsonObject, Index extends string>(collection: Collection<Doc, Index>, query: Query<Doc, NoInfer<Index>>) {
      open();
      const documents = activeBuildOf(collection)?.documents ?? new Map<string, DiskDocument>();
      return findIn(foundIn<Doc>(documents), collection, query);
    },
    async close() {
      closed = true;
    },
  };
};

const collectionKey = (collection: Collection<JsonObject>): string => `${collection.name}.v${collection.version}`;

const diskDocumentOf = ({ document, position, version }: Versioned<JsonObject>): DiskDocument => ({
  body: document === undefined ? undefined : JSON.stringify(document),
  position,
  ...(version === undefined ? {} : { version }),
});

/** Written by `commit` from a document of this collection and version, so its type is that of the handle. */
const parsed = <Doc extends JsonObject>(body: string): Doc => JSON.parse(body) as Doc;

const versionedOf = <Doc extends JsonObject>({ body, position, version }: DiskDocument): Versioned<Doc> => ({
  document: body === undefined ? undefined : parsed<Doc>(body),
  position,
  ...(version === undefined ? {} : { version }),
});

const foundOf = <Doc extends JsonObject>(id: string, { body, position, version }: DiskDocument): Found<Doc> | undefined =>
  body === undefined ? undefined : { id, document: parsed<Doc>(body), position, ...(version === undefined ? {} : { version }) };

function* foundIn<Doc extends JsonObject>(documents: ReadonlyMap<string, DiskDocument>): Generator<Found<Doc>> {
  for (const [id, stored] of documents) {
    const found = foundOf<Doc>(id, stored);
    if (found !== undefined) yield found;
  }
}
