import { type Collection, collection, type Instant, type JsonObject, origin, type Position } from '@conference/kernel';
import type { Build, ReadModelStore, Timer } from '@conference/ports';

/** A build that nobody may need any more, and since when. */
type SupersededBuild = { readonly collection: string; readonly version: number; readonly build: string; readonly since: Instant };

const superseded = collection<SupersededBuild>()({
  name: 'superseded-builds',
  version: 1,
  indexes: { byCollection: ['collection', 'since'] },
});

/** So long an instance of an older release may still serve from an older build, or a rebuild may take. */
const keptForMs = 24 * 60 * 60 * 1_000;
const perCollectionMax = 100;

/**
 * Drops builds of older versions of a collection, and what is left of rebuilds that were cut off: at a start, and not before they
 * have been known for a day. One that is dropped too early is built anew by whoever needs it; documents are no source.
 */
export interface SupersededBuilds {
  /** Before a rebuild is begun: should it be cut off, it is found. */
  begun(build: Build<JsonObject>): Promise<void>;
  /** The build is dropped, or answers queries. */
  settled(build: Build<JsonObject>): Promise<void>;
  /** At a start, when the collection has an active build of its version. */
  sweep(declared: Collection<JsonObject>): Promise<void>;
}

const idOfBuild = ({ collection: { name, version }, build }: Build<JsonObject>): string => `${name}.v${version}.${build}`;

export const supersededBuilds = (store: ReadModelStore, timer: Timer): SupersededBuilds => {
  const ofVersion = (declared: Collection<JsonObject>, version: number): Collection<JsonObject> => ({ ...declared, version, indexes: {} });
  const opened = async (): Promise<Build<SupersededBuild>> => {
    const found = await store.active(superseded);
    if (found !== undefined) return found;
    const created = await store.create(superseded, '1');
    await store.activate(created);
    return created;
  };
  /** The time is the position: the later word counts, and the checkpoint is nobody's. */
  const write = async (of: Build<JsonObject>, since: Instant | undefined): Promise<void> => {
    const { name, version } = of.collection;
    const document = since === undefined ? undefined : { collection: name, version, build: of.build, since };
    const writes = new Map([[idOfBuild(of), { document, position: timer.now() as string as Position }]]);
    await store.commit(await opened(), { writes, after: origin, position: origin });
  };
  const knownOf = async (name: string): Promise<readonly SupersededBuild[]> => {
    await opened();
    const { items } = await store.find(superseded, { index: 'byCollection', equals: { collection: name }, limit: perCollectionMax });
    return items.map(({ document }) => document);
  };

  return {
    begun: (build) => write(build, timer.now()),
    settled: (build) => write(build, undefined),
    sweep: async (declared) => {
      const active = await store.active(declared);
      if (active === undefined) return; // until then an older one may be all there is
      const known = await knownOf(declared.name);
      const isKnown = (build: Build<JsonObject>): boolean =>
        known.some((one) => one.version === build.collection.version && one.build === build.build);
      for (let version = declared.version - 1; version > 0; version--) {
        const older = await store.active(ofVersion(declared, version));
        if (older !== undefined && !isKnown(older)) await write(older, timer.now());
      }
      for (const { version, build, since } of known) {
        if (version > declared.version) continue; // of a newer release, which knows better
        const of = { collection: ofVersion(declared, version), build };
        if (version === declared.version && build === active.build) {
          await write(of, undefined);
          continue;
        }
        if (Date.parse(timer.now()) - Date.parse(since) < keptForMs) continue;
        await store.drop(of);
        await write(of, undefined);
      }
    },
  };
};
