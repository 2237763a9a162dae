import { describe, expect, it } from 'vitest';
import { features } from './features/index.ts';
import type { Feature } from './language/index.ts';
import { patternsOf, stepGroups } from './sentences.ts';
import { lastNumber, leftForLater, skippedNumbers, theList } from './the-list.ts';

const told: readonly Feature[] = features;
const every = <Value>(of: { readonly [letter: string]: Value }): readonly Value[] => Object.values(of);
const listedIn = (of: { readonly [letter: string]: { readonly scenarios: readonly string[] } }): readonly string[] =>
  every(of).flatMap(({ scenarios }) => scenarios);
const numbered = (scenarios: readonly string[]): readonly number[] =>
  scenarios.filter((one) => /^\d/.test(one)).map((one) => Number.parseInt(one, 10));

describe('the list', () => {
  it('leaves out none of the original’s numbers, and names the features that come later, with the reason', () => {
    const all = [...listedIn(theList), ...listedIn(leftForLater), ...skippedNumbers];
    expect(new Set(all).size).toBe(all.length);
    expect([...new Set(numbered(all))].toSorted((a, b) => a - b)).toEqual(Array.from({ length: lastNumber }, (_, index) => index + 1));
    expect(every(leftForLater).map(({ because }) => because)).not.toContain('');
  });

  it('says two things of scenario 65 only', () => {
    const all = numbered(listedIn(theList));
    expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([65]);
  });
});

describe('the features', () => {
  it('tell every scenario of the list once, each in its feature and in the order of the list', () => {
    expect(told.map(({ letter, scenarios }) => [letter, scenarios.map(({ number }) => number)])).toEqual(
      Object.entries(theList).map(([letter, { scenarios }]) => [letter, scenarios]),
    );
  });

  it.each(told.flatMap((feature) => feature.scenarios.map((scenario) => [scenario.number, feature, scenario] as const)))(
    'tell scenario %s in sentences that each mean one step, and expect something',
    (_, feature, scenario) => {
      const patterns = patternsOf(feature, scenario);
      expect(patterns.some((pattern) => pattern.startsWith('When '))).toBe(true);
      expect(patterns.at(-1)).toMatch(/^Then /);
    },
  );

  it('use every step that there is, and no step twice under the same sentence', () => {
    const all = stepGroups.flatMap((steps) => Object.keys(steps));
    expect(new Set(all).size).toBe(all.length);
    const used = new Set(told.flatMap((feature) => feature.scenarios.flatMap((scenario) => patternsOf(feature, scenario))));
    expect(all.filter((pattern) => !used.has(pattern))).toEqual([]);
  });
});
