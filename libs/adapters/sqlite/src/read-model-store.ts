import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { type Collection, type Instant, type JsonObject, origin, type Position } from '@conference/kernel';
import { type Build, type Clock, type Found, pageOf, planOf, type Query, type ReadModelStore, type Versioned } from '@conference/ports';
import type { Checkpointer, WatchedLog } from './checkpointer.ts';
import { briefBusyTimeoutMs, openDatabase } from './database.ts';
import { lastUsedCache } from './last-used-cache.ts';
import { findStatement, indexStatements, tableOf } from './read-model-store-query.ts';
import { inTransaction } from './transaction.ts';

export interface SqliteReadModelStoreOptions {
  /** Of the file; may be deleted while no process has it open: everything in it is a function of the events. */
  readonly path: string;
  /** Of the leases. */
  readonly clock: Clock;
  /** Without one SQLite moves its log within commits. */
  readonly checkpointer?: Checkpointer;
}

/**
 * A table per build, in one file with one writing process. Guarantees beyond the port's: a commit is one transaction, so
 * a fenced one writes nothing, and documents are never ahead of the checkpoint. It survives `kill -9`; the last commits
 * may be lost with the power (`synchronous=NORMAL`), and their events are then applied again.
 *
 * Throws `TypeError` for what a programmer got wrong (an undeclared index, a name outside `[a-z0-9-]`), and an error that
 * may go away for what the disk got wrong: the same commit may be tried again, since the checkpoint tells if it was done.
 */
export const sqliteReadModelStore = (options: SqliteReadModelStoreOptions): ReadModelStore => new SqliteReadModelStore(options);

const schema = `
  CREATE TABLE IF NOT EXISTS build (
    collection TEXT NOT NULL, version INTEGER NOT NULL, build TEXT NOT NULL, checkpoint TEXT NOT NULL,
    PRIMARY KEY (collection, version, build)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS active (
    collection TEXT NOT NULL, version INTEGER NOT NULL, build TEXT NOT NULL, PRIMARY KEY (collection, version)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL) WITHOUT ROWID;
`;

/**
 * Documents have random ids, so a rebuild writes the same pages again and again; the longer the log (64 MB), the fewer
 * of these writes reach the file. Measured: about a fifth more throughput than with a quarter of it.
 */
const checkpointPages = 16_000;
/** Ids of one `load` go in as one JSON array, so that the statement is the same for any number of them. */
const loadPageMax = 1_000;
/** Statements are prepared once; queries have few shapes, but a bug in a caller must not fill the memory. */
const statementsMax = 500;

type Row = Record<string, SQLOutputValue>;

type Recent = Versioned<JsonObject>;
const recentMax = 500;
const recentKey = (table: string, id: string): string => `${table} ${id}`;

interface WaitingCommit {
  readonly write: () => 'committed' | 'fenced';
  readonly refresh: () => void;
  readonly resolve: (result: 'committed' | 'fenced') => void;
  readonly reject: (error: unknown) => void;
}

class SqliteReadModelStore implements ReadModelStore {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #watched: WatchedLog | undefined;
  readonly #statements = new Map<string, StatementSync>();
  /** This process is the only one that changes them. */
  readonly #activeBuilds = new Map<string, string | undefined>();
  readonly #waiting: WaitingCommit[] = [];
  /** Documents that were asked for, as they are in the file: hot ones are asked for again and again. */
  readonly #recent = lastUsedCache<string, Recent>(recentMax);

  constructor({ path, clock, checkpointer }: SqliteReadModelStoreOptions) {
    this.#database = openDatabase(path, { synchronous: 'NORMAL', cacheKibibytes: 6 * 1024, busyTimeoutMs: briefBusyTimeoutMs });
    this.#clock = clock;
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    this.#database.exec(schema);
    this.#watched = checkpointer?.watch(this.#database, path, checkpointPages);
  }

  async create<Doc extends JsonObject>(collection: Collection<Doc>, build: string): Promise<Build<Doc>> {
    const table = tableOf(collection, build);
    const indexes = indexStatements(collection, table);
    inTransaction(this.#database, () => {
      this.#database.exec(`CREATE TABLE IF NOT EXISTS "${table}" (
        id TEXT PRIMARY KEY NOT NULL, position TEXT NOT NULL, version INTEGER, body TEXT)`);
      const declared = new Set(indexes.map(({ name }) => name));
      for (const { name } of this.#all("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", table)) {
        if (!declared.has(String(name))) this.#database.exec(`DROP INDEX "${String(name)}"`);
      }
      for (const index of indexes) this.#database.exec(index.create);
      this.#run('INSERT INTO build VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', collection.name, collection.version, build, origin);
    });
    return { collection, build };
  }

  async active<Doc extends JsonObject>(collection: Collection<Doc>): Promise<Build<Doc> | undefined> {
    const build = this.#activeBuild(collection);
    return build === undefined ? undefined : { collection, build };
  }

  async activate<Doc extends JsonObject>({ collection, build }: Build<Doc>): Promise<void> {
    this.#activeBuilds.clear();
    const changed = this.#run(
      `INSERT INTO active SELECT collection, version, build FROM build WHERE collection = ? AND version = ? AND build = ?
       ON CONFLICT DO UPDATE SET build = excluded.build`,
      collection.name,
      collection.version,
      build,
    );
    if (changed !== 1) throw new Error(`there is no build ${build} of ${collection.name} version ${collection.version}`);
  }

  async drop<Doc extends JsonObject>({ collection, build }: Build<Doc>): Promise<void> {
    const table = tableOf(collection, build);
    this.#activeBuilds.clear();
    this.#recent.clear();
    inTransaction(this.#database, () => {
      this.#database.exec(`DROP TABLE IF EXISTS "${table}"`);
      for (const from of ['active', 'build']) {
        this.#run(`DELETE FROM ${from} WHERE collection = ? AND version = ? AND build = ?`, collection.name, collection.version, build);
      }
    });
    for (const sql of [...this.#statements.keys()]) if (sql.includes(`"${table}"`)) this.#statements.delete(sql);
  }

  async checkpoint<Doc extends JsonObject>(build: Build<Doc>): Promise<Position> {
    return this.#checkpoint(build) ?? origin;
  }

  async load<Doc extends JsonObject>(build: Build<Doc>, ids: readonly string[]): Promise<ReadonlyMap<string, Versioned<Doc>>> {
    const found = new Map<string, Versioned<Doc>>();
    const table = tableOf(build.collection, build.build);
    if (ids.length === 0 || this.#checkpoint(build) === undefined) return found;
    const sql = `SELECT id, position, version, body FROM "${table}" WHERE id IN (SELECT value FROM json_each(?))`;
    for (let from = 0; from < ids.length; from += loadPageMax) {
      for (const row of this.#all(sql, JSON.stringify(ids.slice(from, from + loadPageMax))))
        found.set(String(row['id']), versionedOf<Doc>(row));
    }
    return found;
  }

  async commit<Doc extends JsonObject>(
    build: Build<Doc>,
    batch: { readonly writes: ReadonlyMap<string, Versioned<Doc>>; readonly after: Position; readonly position: Position },
  ): Promise<'committed' | 'fenced'> {
    const table = tableOf(build.collection, build.build);
    return new Promise((resolve, reject) => {
      const refresh = (): void => this.#refresh(table, batch.writes);
      this.#waiting.push({ write: () => this.#write(build, table, batch), refresh, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => void this.#commitSoon());
    });
  }

  async #commitSoon(): Promise<void> {
    await this.#watched?.pause();
    this.#commitWaiting();
  }

  /** All that arrived in this turn of the event loop, in one transaction: each on its own terms. */
  #commitWaiting(): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    try {
      const results = inTransaction(this.#database, () => waiting.map(({ write }) => write()));
      this.#watched?.committed();
      for (const [index, result] of results.entries()) {
        if (result === 'committed') waiting[index]?.refresh();
        waiting[index]?.resolve(result);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  #write<Doc extends JsonObject>(
    { collection, build }: Build<Doc>,
    table: string,
    batch: { readonly writes: ReadonlyMap<string, Versioned<Doc>>; readonly after: Position; readonly position: Position },
  ): 'committed' | 'fenced' {
    const moved = this.#run(
      'UPDATE build SET checkpoint = ? WHERE collection = ? AND version = ? AND build = ? AND checkpoint = ?',
      batch.position,
      collection.name,
      collection.version,
      build,
      batch.after,
    );
    if (moved !== 1) return 'fenced';
    if (batch.writes.size === 0) return 'committed';
    const upsert = this.#prepared(`INSERT INTO "${table}" VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
      SET position = excluded.position, version = excluded.version, body = excluded.body WHERE excluded.position > position`);
    for (const [id, { document, position, version }] of batch.writes) {
      upsert.run(id, position, version ?? null, document === undefined ? null : JSON.stringify(document));
    }
    return 'committed';
  }

  #refresh(table: string, writes: ReadonlyMap<string, Recent>): void {
    for (const [id, written] of writes) {
      const known = this.#recent.get(recentKey(table, id));
      if (known !== undefined && written.position > known.position) this.#recent.set(recentKey(table, id), written);
    }
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<boolean> {
    const now = this.#clock.now();
    const taken = this.#run(
      `INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
       WHERE owner = excluded.owner OR until <= ?`,
      name,
      owner,
      later(now, ttlMs),
      now,
    );
    return taken === 1;
  }

  async get<Doc extends JsonObject>(collection: Collection<Doc>, id: string): Promise<Found<Doc> | undefined> {
    const build = this.#activeBuild(collection);
    if (build === undefined) return undefined;
    const table = tableOf(collection, build);
    const recent = this.#recent.get(recentKey(table, id)) as Versioned<Doc> | undefined;
    if (recent?.document !== undefined) return { id, ...recent, document: recent.document };
    const row = this.#prepared(`SELECT id, position, version, body FROM "${table}" WHERE id = ? AND body IS NOT NULL`).get(id);
    if (row === undefined) return undefined;
    const found = foundOf<Doc>(row);
    const { document, position, version } = found;
    this.#recent.set(recentKey(table, id), { document, position, ...(version === undefined ? {} : { version }) });
    return found;
  }

  async find<Doc extends JsonObject, Index extends string>(
    collection: Collection<Doc, Index>,
    query: Query<Doc, NoInfer<Index>>,
  ): Promise<{ readonly items: readonly Found<Doc>[]; readonly next: string | null }> {
    const plan = planOf(collection, query);
    const build = this.#activeBuild(collection);
    if (build === undefined) return { items: [], next: null };
    const { sql, values } = findStatement(tableOf(collection, build), plan);
    return pageOf(
      plan,
      this.#all(sql, ...values).map((row) => foundOf<Doc>(row)),
    );
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#commitWaiting();
    await this.#watched?.close();
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #activeBuild(collection: Collection<JsonObject>): string | undefined {
    const key = `${collection.name}/${collection.version}`;
    if (this.#activeBuilds.has(key)) return this.#activeBuilds.get(key);
    const sql = 'SELECT build FROM active WHERE collection = ? AND version = ?';
    const row = this.#prepared(sql).get(collection.name, collection.version);
    const build = row === undefined ? undefined : String(row['build']);
    this.#activeBuilds.set(key, build);
    return build;
  }

  #checkpoint<Doc extends JsonObject>({ collection, build }: Build<Doc>): Position | undefined {
    const sql = 'SELECT checkpoint FROM build WHERE collection = ? AND version = ? AND build = ?';
    const row = this.#prepared(sql).get(collection.name, collection.version, build);
    return row === undefined ? undefined : (String(row['checkpoint']) as Position);
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#prepared(sql).all(...values);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= statementsMax) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const later = (now: Instant, milliseconds: number): Instant => new Date(Date.parse(now) + milliseconds).toISOString() as Instant;

const versionOf = (row: Row): { readonly version?: number } => (typeof row['version'] === 'number' ? { version: row['version'] } : {});

/** The body was written by `commit` from a document of this collection and version, so its type is that of the handle. */
const bodyOf = <Doc extends JsonObject>(row: Row): Doc => JSON.parse(String(row['body'])) as Doc;

const versionedOf = <Doc extends JsonObject>(row: Row): Versioned<Doc> => ({
  document: row['body'] === null ? undefined : bodyOf<Doc>(row),
  position: String(row['position']) as Position,
  ...versionOf(row),
});

const foundOf = <Doc extends JsonObject>(row: Row): Found<Doc> => ({
  id: String(row['id']),
  document: bodyOf<Doc>(row),
  position: String(row['position']) as Position,
  ...versionOf(row),
});
