/**
 * Sentences of a scenario and the steps they stand for. A step is written down under its sentence, in which braces name the
 * words that are left open: `'When the registrant orders {seats}'`. The compiler knows every sentence that there is: it
 * derives them from the steps, so that a scenario with another sentence does not compile.
 */
import type { TextOf, ValueOf, Vocabulary, Word } from './word.ts';

export const keywords = ['Given', 'When', 'Then'] as const;
export type Keyword = (typeof keywords)[number];

/** What the open words of a sentence mean, in their order. */
export type ValuesOf<Pattern extends string, Words extends Vocabulary> = Pattern extends `${string}{${infer Name}}${infer After}`
  ? Name extends keyof Words
    ? readonly [ValueOf<Words[Name]>, ...ValuesOf<After, Words>]
    : never
  : readonly [];

/** Every sentence that a pattern stands for. */
export type SentenceOf<Pattern extends string, Words extends Vocabulary> = Pattern extends `${infer Before}{${infer Name}}${infer After}`
  ? Name extends keyof Words
    ? `${Before}${TextOf<Words[Name]>}${SentenceOf<After, Words>}`
    : never
  : Pattern;

/** Steps by their sentences. */
export type Steps<Pattern extends string, Words extends Vocabulary, World> = {
  readonly [P in Pattern]: (world: World, ...values: ValuesOf<P, Words>) => Promise<unknown>;
};

/** A step whose sentence has been read: nothing is left open. */
export type BoundStep<World> = { readonly pattern: string; readonly run: (world: World) => Promise<unknown> };

type AnyStep<World> = (world: World, ...values: never) => Promise<unknown>;

const openWord = /\{(\w+)\}/g;

const wordsIn = (pattern: string, vocabulary: Vocabulary): readonly Word<string, unknown>[] =>
  [...pattern.matchAll(openWord)].map(([, name = '']) => {
    const word = vocabulary[name];
    if (word === undefined) throw new Error(`“${pattern}”: there are no words called ${name}`);
    return word;
  });

const matcherOf = (pattern: string, words: readonly Word<string, unknown>[]): RegExp => {
  const parts = pattern.split(openWord).filter((_, index) => index % 2 === 0);
  const literal = parts.map((part) => part.replaceAll(/[$()*+.?[\\\]^|]/g, '\\$&'));
  return new RegExp(`^${literal.reduce((all, part, index) => `${all}(${words[index - 1]?.pattern.source})${part}`)}$`);
};

/** All steps that a sentence could mean; exactly one when all is well. Throws for a step with a word that the vocabulary lacks. */
export const reader = <World>(
  vocabulary: Vocabulary,
  steps: { readonly [pattern: string]: AnyStep<World> },
): ((sentence: string) => readonly BoundStep<World>[]) => {
  const readers = Object.entries(steps).map(([pattern, step]) => {
    const words = wordsIn(pattern, vocabulary);
    const matcher = matcherOf(pattern, words);
    return (sentence: string): readonly BoundStep<World>[] => {
      const match = matcher.exec(sentence);
      if (match === null) return [];
      const values = words.map((word, index) => word.read(match[index + 1] ?? ''));
      return [{ pattern, run: (world) => (step as (world: World, ...values: readonly unknown[]) => Promise<unknown>)(world, ...values) }];
    };
  });
  return (sentence) => readers.flatMap((read) => read(sentence));
};
