import type { JsonObject } from '@conference/kernel';
import { z } from 'zod';

/** Deeply readonly, so that what a domain event holds can be handed on as it is. A branded string stays what it is. */
export type Immutable<T> = T extends string
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;

/** A message as its consumers see it, typed by its schema. */
export type PublicMessage<Type extends string, Schema extends z.ZodType> = {
  readonly type: Type;
  readonly data: Immutable<z.infer<Schema>>;
};

/** How one type of message is read: the version that is sent now, and what lifts older ones to it. */
export type PublicSchema<Schema extends z.ZodType = z.ZodType> = {
  readonly version: number;
  readonly schema: Schema;
  /** Tolerant: a field that is not known is dropped. A missing or wrong one throws a `ZodError`: such a message is parked. */
  readonly parse: (data: JsonObject) => z.infer<Schema>;
  /** The one at `n` lifts version `n` to `n + 1`. */
  readonly upcasters?: { readonly [from: number]: (data: JsonObject) => JsonObject };
};

export const firstVersion = <Schema extends z.ZodType>(schema: Schema): PublicSchema<Schema> => ({
  version: 1,
  schema,
  parse: (data) => schema.parse(data),
});

/**
 * The place of an event that stays inside its context. It is sent because every event of a published stream yields
 * exactly one message: so the sequence of a subject has no holes, and a hole that a consumer sees is a loss.
 */
export const notPublished = z.object({});
export type NotPublished = PublicMessage<'NotPublished', typeof notPublished>;
