/** A kind of word that sentences leave open: what it looks like, to the compiler (`Text`) and when it is read, and what it means. */
export interface Word<Text extends string, Value> {
  readonly pattern: RegExp;
  /** Of a text that matches the pattern. */
  read(text: Text): Value;
}

/** By the name that stands in braces in a step's sentence. */
export type Vocabulary = { readonly [name: string]: Word<string, unknown> };

export type TextOf<W> = W extends Word<infer Text, unknown> ? Text : never;
export type ValueOf<W> = W extends Word<string, infer Value> ? Value : never;

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** One of a few names, which mean themselves. */
export const oneOf = <const Name extends string>(names: readonly Name[]): Word<Name, Name> => ({
  pattern: new RegExp(names.map(escaped).join('|')),
  read: (text: Name) => text,
});

/** `a`, `a and b`, or `a, b and c`. */
export type Listed<Text extends string> = Text | `${Text} and ${Text}` | `${Text}, ${Text} and ${Text}`;

/** One to three of them. */
export const listOf = <Text extends string, Value>(word: Word<Text, Value>): Word<Listed<Text>, readonly Value[]> => {
  const { source } = word.pattern;
  return {
    pattern: new RegExp(`(?:${source})(?:(?:, (?:${source}))? and (?:${source}))?`),
    read: (text: Listed<Text>) => text.split(/, | and /).map((one) => word.read(one as Text)),
  };
};
