/** Features and their scenarios, told in sentences; and what happens when one of them is run. */
import { reader, type SentenceOf, type Steps } from './sentence.ts';
import { type Line, linesOf, type TextOfSentences } from './text.ts';
import type { Vocabulary } from './word.ts';

/** `alone`: it disturbs the services, so nothing runs beside it. */
export type Company = 'beside others' | 'alone';

export type Scenario = {
  readonly number: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly runs: Company;
  /** Where it is told: the frames of a stack. */
  readonly toldAt: string;
};

export type Feature = {
  readonly letter: string;
  readonly title: string;
  /** What every scenario begins with. */
  readonly background: readonly Line[];
  readonly scenarios: readonly Scenario[];
};

/** The story so far, with the sentence that went wrong; the cause is what went wrong. */
export class SentenceFailed extends Error {
  override readonly name = 'SentenceFailed';
}

/** A sentence that does not mean exactly one step. */
export class SentenceUnclear extends Error {
  override readonly name = 'SentenceUnclear';
}

const told = (lines: readonly Line[], failedAt: number): string =>
  lines.map(({ text }, index) => `  ${index < failedAt ? '✓' : index === failedAt ? '✗' : '·'} ${text}`).join('\n');

const headOf = (title: string): readonly [head: string, rest: string] => {
  const [, head = '', rest = ''] = /^(\S+) (.*)$/.exec(title) ?? [];
  return [head, rest];
};

/** Who calls `from`, and who calls them. */
const callersOf = (from: (...values: never) => unknown): string => {
  const here = new Error();
  Error.captureStackTrace(here, from);
  return (here.stack ?? '').split('\n').slice(1).join('\n');
};

const firstLineOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

/** Its stack leads to where the scenario is told. */
const failureOf = (scenario: Scenario, lines: readonly Line[], index: number, cause: unknown): SentenceFailed => {
  const why = `${lines[index]?.text}: ${firstLineOf(cause)}`;
  const failed = new SentenceFailed(`${why}\n\n${scenario.number} ${scenario.title}\n${told(lines, index)}\n`, { cause });
  failed.stack = `${failed.name}: ${failed.message}\n${scenario.toldAt}`;
  return failed;
};

/**
 * A language made of a vocabulary and steps. `Number` and `Letter` are the scenarios and features that there are to tell:
 * a title begins with one of them.
 */
export const language = <World, Number extends string, Letter extends string>() => {
  return <Words extends Vocabulary, Pattern extends string>(vocabulary: Words, steps: Steps<Pattern, Words, World>) => {
    type Known = SentenceOf<Pattern, Words>;
    const stepsOf = reader<World>(vocabulary, steps);

    const stepOf = ({ sentence }: Line) => {
      const [step, ...others] = stepsOf(sentence);
      if (step === undefined) throw new SentenceUnclear(`“${sentence}” means nothing`);
      if (others.length > 0)
        throw new SentenceUnclear(`“${sentence}” means ${[step, ...others].map(({ pattern }) => `“${pattern}”`).join(' and ')}`);
      return step;
    };

    const scenarioThat = (runs: Company) => {
      const scenario = <const Text extends string>(title: `${Number} ${string}`, text: TextOfSentences<Text, Known>): Scenario => {
        const [number, rest] = headOf(title);
        return { number, title: rest, lines: linesOf(text), runs, toldAt: callersOf(scenario) };
      };
      return scenario;
    };

    const feature = <const Text extends string>(
      title: `${Letter} ${string}`,
      background: TextOfSentences<Text, Known>,
      scenarios: readonly Scenario[],
    ): Feature => {
      const [letter, rest] = headOf(title);
      return { letter, title: rest, background: linesOf(background), scenarios };
    };

    return {
      feature,
      scenario: scenarioThat('beside others'),
      scenarioAlone: scenarioThat('alone'),

      /** What each line of a scenario stands for; throws {@link SentenceUnclear}. */
      patternsOf: ({ background }: Feature, { lines }: Scenario): readonly string[] =>
        [...background, ...lines].map((line) => stepOf(line).pattern),

      /** Sentence after sentence; throws {@link SentenceFailed} at the first that does not hold. */
      run: async ({ background }: Pick<Feature, 'background'>, scenario: Scenario, world: World): Promise<void> => {
        const lines = [...background, ...scenario.lines];
        const bound = lines.map(stepOf);
        for (const [index, step] of bound.entries()) {
          try {
            await step.run(world);
          } catch (error) {
            throw failureOf(scenario, lines, index, error);
          }
        }
      },
    };
  };
};
