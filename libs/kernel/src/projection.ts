import type { DomainEvent, JsonObject, Recorded } from './messages.ts';

declare const documentOf: unique symbol;

/** A typed handle, and the one place where a document gets its type. */
export interface Collection<Doc extends JsonObject, Index extends string = string> {
  readonly name: string;
  /** Another shape or rule is another version: rebuilt beside the live one, from the origin. */
  readonly version: number;
  /** Fields in order: equality on a prefix of them, then order by the next. */
  readonly indexes: { readonly [I in Index]: readonly (keyof Doc & string)[] };
  readonly [documentOf]?: Doc;
}
export const collection =
  <Doc extends JsonObject>() =>
  <Index extends string>(declaration: Collection<Doc, Index>): Collection<Doc, Index> =>
    declaration;

/**
 * Events into documents; pure. The runner keeps with each document the position of the last event applied to it and
 * ignores older or equal ones, so that a repeat does nothing.
 */
export interface Projection<Doc extends JsonObject, E extends DomainEvent> {
  readonly collection: Collection<Doc>;
  /** Of the context's own store: its streams and its inboxes. */
  readonly categories: readonly string[];
  /** The category whose stream version is the document's (the `ETag` over HTTP). */
  readonly versionFrom?: string;
  readonly idsOf: (recorded: Recorded<E>) => readonly string[];
  /** `undefined` deletes (or leaves absent what was not there). */
  readonly evolve: (document: Doc | undefined, recorded: Recorded<E>, id: string) => Doc | undefined;
}
