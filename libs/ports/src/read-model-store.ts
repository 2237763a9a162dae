import type { Collection, JsonObject, Position, StreamVersion } from '@conference/kernel';

export interface Versioned<Doc extends JsonObject> {
  /** `undefined` is a tombstone: a deletion remembers its position. */
  readonly document: Doc | undefined;
  /** Of the last event applied. */
  readonly position: Position;
  /** Of the stream that the document's `ETag` follows. */
  readonly version?: StreamVersion;
}
export interface Found<Doc extends JsonObject> {
  readonly id: string;
  readonly document: Doc;
  readonly position: Position;
  readonly version?: StreamVersion;
}

export interface Query<Doc extends JsonObject, Index extends string> {
  /** A declared one; so no query scans. */
  readonly index: Index;
  /** A prefix of the index's fields. */
  readonly equals?: Partial<Doc>;
  /** For the next field: due deadlines are `dueAt <= now`. */
  readonly atMost?: string | number;
  /** Default ascending. */
  readonly order?: 'ascending' | 'descending';
  readonly limit: number;
  /** The `next` of the page before; stable while documents come and go. One that is not ours throws {@link InvalidCursor}. */
  readonly after?: string;
}
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

/** One build of a collection. Blue/green: create, fill, activate, drop the old one. A rebuild is one more build. */
export interface Build<Doc extends JsonObject> {
  readonly collection: Collection<Doc>;
  readonly build: string;
}

/**
 * Every call rejects with `EngineUnavailable` while the engine is away. A write that was rejected may have been done; repeated as
 * it was it does no harm, since documents only move forwards and the checkpoint tells.
 */
export interface ReadModelStore {
  // ---- for the projection runner
  /** With its indexes; opens it when it is there. */
  create<Doc extends JsonObject>(collection: Collection<Doc>, build: string): Promise<Build<Doc>>;
  /** Per name AND version: code never meets another shape. */
  active<Doc extends JsonObject>(collection: Collection<Doc>): Promise<Build<Doc> | undefined>;
  /** Atomic. */
  activate<Doc extends JsonObject>(build: Build<Doc>): Promise<void>;
  drop<Doc extends JsonObject>(build: Build<Doc>): Promise<void>;
  /** `origin` for a new build. */
  checkpoint<Doc extends JsonObject>(build: Build<Doc>): Promise<Position>;
  /** Tombstones included; ids that were never there are absent. */
  load<Doc extends JsonObject>(build: Build<Doc>, ids: readonly string[]): Promise<ReadonlyMap<string, Versioned<Doc>>>;
  /**
   * Moves the checkpoint `after` → `position` if it still is `after`; otherwise 'fenced': another runner is at work. A
   * document only moves forwards (an older or equal position is ignored), so documents may be ahead of the checkpoint
   * but never behind it, and no transaction over several documents is needed.
   */
  commit<Doc extends JsonObject>(
    build: Build<Doc>,
    batch: { readonly writes: ReadonlyMap<string, Versioned<Doc>>; readonly after: Position; readonly position: Position },
  ): Promise<'committed' | 'fenced'>;
  /** True while `owner` has it, from now for `ttlMs`. Saves double work, nothing more: what makes it correct is the fence. */
  lease(name: string, owner: string, ttlMs: number): Promise<boolean>;
  // ---- for queries: of the active build, without tombstones
  get<Doc extends JsonObject>(collection: Collection<Doc>, id: string): Promise<Found<Doc> | undefined>;
  find<Doc extends JsonObject, Index extends string>(
    collection: Collection<Doc, Index>,
    query: Query<Doc, NoInfer<Index>>,
  ): Promise<{ readonly items: readonly Found<Doc>[]; readonly next: string | null }>;
  close(): Promise<void>;
}
