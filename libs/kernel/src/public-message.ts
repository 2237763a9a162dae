import type { JsonObject } from './messages.ts';

/** Deeply readonly, so that what a domain event holds can be handed on as it is. A branded string stays what it is. */
export type Immutable<T> = T extends string
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;

/** What a message is read by, of whatever library. Throws for data that is none. */
export type MessageSchema = { parse(data: unknown): unknown };
type Read<Schema extends MessageSchema> = ReturnType<Schema['parse']>;

/** A message as its consumers see it, typed by its schema. */
export type PublicMessage<Type extends string, Schema extends MessageSchema> = {
  readonly type: Type;
  readonly data: Immutable<Read<Schema>>;
};

type Lift = (data: JsonObject) => JsonObject;

/** How one type of message is read: the version that is sent now, and what lifts older ones to it. */
export type PublicSchema<Schema extends MessageSchema = MessageSchema> = {
  readonly version: number;
  readonly schema: Schema;
  /** Tolerant: a field that is not known is dropped. Throws for a missing or wrong one: such a message is parked. */
  readonly parse: (data: JsonObject) => Read<Schema>;
  /** The one at `n` lifts version `n` to `n + 1`. */
  readonly upcasters?: { readonly [from: number]: Lift };
  readonly formerNames?: readonly string[];
};

/** Makes of a schema one that reads and refuses the same, only faster. */
export type Compile<Base extends MessageSchema> = <Schema extends Base>(schema: Schema) => Schema;

/** Reads by the compiled schema. It is made for the first message: no start waits for what nobody sends. */
export const parseBy = <Schema extends MessageSchema>(
  schema: Schema,
  compile: (schema: Schema) => Schema,
): PublicSchema<Schema>['parse'] => {
  let compiled: Schema | undefined;
  return (data) => {
    compiled ??= compile(schema);
    return compiled.parse(data) as Read<Schema>; // the same method, called through its general type
  };
};

/** A message that has had one version. `lift`: what lifts version 0, the original's, to it. */
export const firstVersionBy =
  <Base extends MessageSchema>(compile: Compile<Base>) =>
  <Schema extends Base>(
    schema: Schema,
    { lift, formerNames }: { readonly lift?: Lift; readonly formerNames?: readonly string[] } = {},
  ): PublicSchema<Schema> => ({
    version: 1,
    schema,
    parse: parseBy(schema, compile),
    ...(lift === undefined ? {} : { upcasters: { 0: lift } }),
    ...(formerNames === undefined ? {} : { formerNames }),
  });

/** What the marker `NotPublished` says, in every context: it has no data. */
export const notPublishedMeaning =
  'The place of an event that stays inside its context. It is sent because every event of a published stream yields exactly one message: so the sequence of a subject has no holes, and a hole that a consumer sees is a loss.';
