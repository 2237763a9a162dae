import { randomUUID } from 'node:crypto';
import { type Collection, type JsonObject, origin } from '@conference/kernel';
import { buildNameOf, collectionNameOf, indexesOf } from '@conference/ports';
import type { AnyBulkWriteOperation, Db } from 'mongodb';
import type { Bounded } from './bounded.ts';
import type { StoredBuild, StoredDocument, StoredPointer } from './documents.ts';
import { wroteGuarded } from './guarded-writes.ts';
import { keyNameOf, keyPathOf, sortKeyOf } from './sort-key.ts';

const namespaceNotFound = 26;
const backfillPage = 500;

export const buildsOf = (db: Db) => db.collection<StoredBuild>('builds');
export const pointersOf = (db: Db) => db.collection<StoredPointer>('active');
export const documentsOf = (db: Db, name: string) => db.collection<StoredDocument>(name);

const documentsPrefix = (collection: Collection<JsonObject>, build: string): string => `documents.${buildNameOf(collection, build)}.`;

/** Opens the one that is there. */
export const createBuild = async (db: Db, bounded: Bounded, collection: Collection<JsonObject>, build: string): Promise<StoredBuild> => {
  const _id = buildNameOf(collection, build);
  const wanted = { checkpoint: origin, documents: documentsPrefix(collection, build) + randomUUID().slice(0, 8) };
  await wroteGuarded(() =>
    bounded('create', (bound) => buildsOf(db).updateOne({ _id }, { $setOnInsert: wanted }, { ...bound, upsert: true })),
  );
  const stored = await bounded('create', (bound) => buildsOf(db).findOne({ _id }, bound));
  if (stored === null) throw new Error(`the build ${_id} was dropped while it was created`);
  await createIndexes(db, bounded, collection, stored.documents);
  return stored;
};

const indexNamesOf = async (db: Db, bounded: Bounded, documents: string): Promise<readonly string[]> => {
  try {
    const indexes = await bounded('create', (bound) => documentsOf(db, documents).listIndexes(bound).toArray());
    return indexes.map(({ name }) => String(name)).filter((name) => name.startsWith('keys.'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === namespaceNotFound) return [];
    throw error;
  }
};

const createIndexes = async (db: Db, bounded: Bounded, collection: Collection<JsonObject>, documents: string): Promise<void> => {
  const wanted = new Map(indexesOf(collection).map(({ fields }) => [keyPathOf(fields), fields]));
  const there = await indexNamesOf(db, bounded, documents);
  for (const name of there.filter((one) => !wanted.has(one))) {
    await bounded('create', (bound) => documentsOf(db, documents).dropIndex(name, bound));
  }
  const missing = [...wanted].filter(([name]) => !there.includes(name));
  for (const [name, fields] of missing) {
    await bounded('create', (bound) => documentsOf(db, documents).createIndex({ [name]: 1 }, { ...bound, name, sparse: true }));
    await backfill(db, bounded, documents, fields);
  }
};

/** Documents of a build that was opened with an index more get their key in it; what is written meanwhile has it. */
const backfill = async (db: Db, bounded: Bounded, documents: string, fields: readonly string[]): Promise<void> => {
  const path = keyPathOf(fields);
  for (;;) {
    const lacking = await bounded('create', (bound) =>
      documentsOf(db, documents)
        .find({ document: { $exists: true }, [`keys.${keyNameOf(fields)}`]: { $exists: false } }, { ...bound, limit: backfillPage })
        .toArray(),
    );
    if (lacking.length === 0) return;
    const updates: AnyBulkWriteOperation<StoredDocument>[] = lacking.map(({ _id, position, document = {} }) => ({
      updateOne: { filter: { _id, position }, update: { $set: { [path]: sortKeyOf(fields, _id, document) } } },
    }));
    await bounded('create', (bound) => documentsOf(db, documents).bulkWrite(updates, { ...bound, ordered: false }));
  }
};

export const pointerOf = (db: Db, bounded: Bounded, collection: Collection<JsonObject>): Promise<StoredPointer | null> =>
  bounded('active', (bound) => pointersOf(db).findOne({ _id: collectionNameOf(collection) }, bound));

/** One document changes, so a query sees the one build or the other. */
export const pointTo = async (db: Db, bounded: Bounded, collection: Collection<JsonObject>, build: string): Promise<void> => {
  const stored = await bounded('activate', (bound) => buildsOf(db).findOne({ _id: buildNameOf(collection, build) }, bound));
  if (stored === null) throw new Error(`there is no build ${build} of ${collection.name} version ${collection.version}`);
  const pointer = { $set: { build, documents: stored.documents } };
  await wroteGuarded(() =>
    bounded('activate', (bound) => pointersOf(db).updateOne({ _id: collectionNameOf(collection) }, pointer, { ...bound, upsert: true })),
  );
};

/** First what is read and written by, then the documents, and those that a late write of an earlier build of this name left. */
export const dropBuild = async (db: Db, bounded: Bounded, collection: Collection<JsonObject>, build: string): Promise<void> => {
  const prefix = documentsPrefix(collection, build);
  await bounded('drop', (bound) => pointersOf(db).deleteOne({ _id: collectionNameOf(collection), build }, bound));
  await bounded('drop', (bound) => buildsOf(db).deleteOne({ _id: buildNameOf(collection, build) }, bound));
  const all = await bounded('drop', (bound) => db.listCollections({}, { ...bound, nameOnly: true }).toArray());
  for (const { name } of all.filter((one) => one.name.startsWith(prefix))) {
    await bounded('drop', (bound) => db.dropCollection(name, bound));
  }
};
