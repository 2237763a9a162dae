import type { Collection, JsonObject, Position } from '@conference/kernel';
import { type Found, indexesOf, type Versioned } from '@conference/ports';
import { keyNameOf, sortKeyOf } from './sort-key.ts';

export interface StoredDocument {
  readonly _id: string;
  /** Of the last event applied, as text: positions are compared as texts. */
  readonly position: string;
  readonly version?: number;
  /** Not there in a tombstone, which then stands in no index. */
  readonly document?: JsonObject;
  /** One text per declared index, under the names of its fields. */
  readonly keys?: { readonly [fields: string]: string };
}
export interface StoredBuild {
  readonly _id: string;
  readonly checkpoint: string;
  /** The collection of the documents. A build that is created anew has another one, so a late write reaches no later build. */
  readonly documents: string;
}
export interface StoredPointer {
  readonly _id: string;
  readonly build: string;
  readonly documents: string;
}
export interface StoredLease {
  readonly _id: string;
  readonly owner: string;
  readonly until: string;
}

const keysOf = (collection: Collection<JsonObject>, id: string, document: JsonObject): { readonly [fields: string]: string } =>
  Object.fromEntries(indexesOf(collection).map(({ fields }) => [keyNameOf(fields), sortKeyOf(fields, id, document)]));

/** The whole document, so that replays are idempotent. */
export const replacementOf = (
  collection: Collection<JsonObject>,
  id: string,
  { document, position, version }: Versioned<JsonObject>,
): Omit<StoredDocument, '_id'> => ({
  position,
  ...(version === undefined ? {} : { version }),
  ...(document === undefined ? {} : { document, keys: keysOf(collection, id, document) }),
});

const versionOf = ({ version }: StoredDocument): { readonly version?: number } => (version === undefined ? {} : { version });

/** Written by `commit` from a document of this collection and version, so its type is that of the handle. */
const documentOf = <Doc extends JsonObject>(document: JsonObject): Doc => document as Doc;

export const versionedOf = <Doc extends JsonObject>(stored: StoredDocument): Versioned<Doc> => ({
  document: stored.document === undefined ? undefined : documentOf<Doc>(stored.document),
  position: stored.position as Position,
  ...versionOf(stored),
});

/** Nothing of a tombstone. */
export const foundOf = <Doc extends JsonObject>(stored: StoredDocument): readonly Found<Doc>[] =>
  stored.document === undefined
    ? []
    : [{ id: stored._id, document: documentOf<Doc>(stored.document), position: stored.position as Position, ...versionOf(stored) }];
