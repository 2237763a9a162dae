/** What the compiler makes of a text is asserted on types: a wrong assertion there does not compile. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { language, listOf, oneOf, SentenceFailed, SentenceUnclear, type Steps } from './index.ts';
import type { SentenceOf } from './sentence.ts';
import { type Checked, linesOf } from './text.ts';

const fruit = oneOf(['apple', 'fig (dried)']);
const words = {
  count: { pattern: /\d+/, read: (text: `${number}`) => Number(text) },
  fruit,
  fruits: listOf(fruit),
} as const;
type Basket = { readonly said: unknown[][] };
const stepsOf = <Pattern extends string>(steps: Steps<Pattern, typeof words, Basket>): typeof steps => steps;
const steps = stepsOf({
  'Given a basket': async ({ said }) => void said.push(['basket']),
  'When {count} times {fruit} is put in': async ({ said }, count, which) => {
    expectTypeOf(count).toEqualTypeOf<number>();
    expectTypeOf(which).toEqualTypeOf<'apple' | 'fig (dried)'>();
    said.push([count, which]);
  },
  'Then it holds {fruits}': async ({ said }, all) => void said.push([...all]),
  'Then it is {fruit}': (_, which) => {
    throw new Error(`it is no ${which}`);
  },
  'Then it weighs {count} g': async (_, count) => expect(count).toBe(3),
});
const { feature, scenario, scenarioAlone, patternsOf, run } = language<Basket, '1' | '1a', 'A' | 'B'>()(words, steps);
const background = { background: linesOf('Given a basket') };

type Known = SentenceOf<keyof typeof steps, typeof words>;
type Verdict<Text extends string> = Checked<Text, Known>;

describe('to the compiler', () => {
  it('a text of known sentences is right, whatever its indentation', () => {
    expectTypeOf<
      Verdict<'\n  Given a basket\n  When 3 times apple is put in\n    And 4 times fig (dried) is put in\n'>
    >().toEqualTypeOf<true>();
  });

  it('another sentence is wrong, and named', () => {
    expectTypeOf<
      Verdict<'\nGiven a basket\nWhen 3 times pear is put in\n'>
    >().toEqualTypeOf<'There is no such sentence: When 3 times pear is put in'>();
    expectTypeOf<Verdict<'Given a bucket\n'>>().toEqualTypeOf<'There is no such sentence: Given a bucket'>();
    expectTypeOf<
      Verdict<'When many times apple is put in\n'>
    >().toEqualTypeOf<'There is no such sentence: When many times apple is put in'>();
  });

  it('a sentence belongs to its keyword, also by way of “And”', () => {
    expectTypeOf<Verdict<'Then a basket\n'>>().toEqualTypeOf<'There is no such sentence: Then a basket'>();
    expectTypeOf<
      Verdict<'Given a basket\nAnd 3 times apple is put in\n'>
    >().toEqualTypeOf<'There is no such sentence: And 3 times apple is put in'>();
    expectTypeOf<Verdict<'And a basket\n'>>().toEqualTypeOf<'There is no such sentence: And a basket'>();
  });

  it('a title begins with a number that there is', () => {
    expectTypeOf(scenario).parameter(0).toEqualTypeOf<`1 ${string}` | `1a ${string}`>();
    expectTypeOf(feature).parameter(0).toEqualTypeOf<`A ${string}` | `B ${string}`>();
  });
});

describe('a scenario', () => {
  it('is its number, its title and its lines', () => {
    const told = scenarioAlone(
      '1a is told',
      `
      Given a basket
      And a basket

      Then it weighs 3 g
    `,
    );
    expect(told).toEqual({
      toldAt: expect.stringMatching(/^ *at .*language\.spec\.ts/),
      number: '1a',
      title: 'is told',
      runs: 'alone',
      lines: [
        { text: 'Given a basket', sentence: 'Given a basket' },
        { text: 'And a basket', sentence: 'Given a basket' },
        { text: 'Then it weighs 3 g', sentence: 'Then it weighs 3 g' },
      ],
    });
  });

  it('is run sentence by sentence after the background, each with the values of its words', async () => {
    const told = scenario(
      '1 is run',
      'When 12 times fig (dried) is put in\nThen it holds apple\nAnd it holds apple and fig (dried)\nAnd it holds apple, apple and fig (dried)\n',
    );
    const basket: Basket = { said: [] };
    await run(background, told, basket);
    expect(basket.said).toEqual([['basket'], [12, 'fig (dried)'], ['apple'], ['apple', 'fig (dried)'], ['apple', 'apple', 'fig (dried)']]);
  });

  it('that fails says which sentence did not hold and why, and goes no further', async () => {
    const told = scenario('1 fails', 'When 1 times apple is put in\nThen it weighs 4 g\nAnd it holds apple\n');
    const basket: Basket = { said: [] };
    const failure = await run(background, told, basket).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SentenceFailed);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^Then it weighs 4 g: expected 4 to be 3/),
      cause: { actual: 4, expected: 3 },
    });
    expect(failure).toMatchObject({
      message: expect.stringContaining(
        ['1 fails', '  ✓ Given a basket', '  ✓ When 1 times apple is put in', '  ✗ Then it weighs 4 g', '  · And it holds apple'].join(
          '\n',
        ),
      ),
    });
    expect((failure as Error).stack).toContain('language.spec.ts');
    expect((failure as Error).stack).not.toContain('story.ts');
    expect(basket.said).toEqual([['basket'], [1, 'apple']]);
  });

  it('that fails at once, before anything is awaited, says so too', async () => {
    const told = scenario('1 fails', 'Then it is apple\n');
    await expect(run(background, told, { said: [] })).rejects.toThrow(/^Then it is apple: it is no apple\n/);
  });

  it('is known step by step before it is run', () => {
    const told = feature('A basket', 'Given a basket\n', [scenario('1 is known', 'When 1 times apple is put in\n')]);
    expect(told.scenarios.map((one) => patternsOf(told, one))).toEqual([['Given a basket', 'When {count} times {fruit} is put in']]);
  });
});

describe('a sentence', () => {
  const unclear = (more: { readonly [pattern: string]: () => Promise<void> }) => {
    const two = language<Basket, '1', 'A'>()(words, { ...steps, ...more });
    return () => two.patternsOf({ letter: 'A', title: '', background: [], scenarios: [] }, { ...scenario('1 x', 'Then it weighs 3 g\n') });
  };

  it('must mean one step only', () => {
    expect(unclear({ 'Then it weighs 3 g': async () => {} })).toThrow(SentenceUnclear);
    expect(unclear({ 'Then it weighs 3 g': async () => {} })).toThrow('means “Then it weighs {count} g” and “Then it weighs 3 g”');
    expect(unclear({})).not.toThrow();
  });

  it('must mean something', async () => {
    const nonsense = { ...scenario('1 x', 'Given a basket\n'), lines: linesOf('Given a baskets\n') };
    const basket: Basket = { said: [] };
    await expect(run(background, nonsense, basket)).rejects.toThrow('“Given a baskets” means nothing');
    expect(basket.said).toEqual([]);
  });

  it('may not leave open a word that the vocabulary lacks', () => {
    expect(() => language<Basket, '1', 'A'>()({}, { 'Then {nothing}': async () => {} })).toThrow('no words called nothing');
  });
});
