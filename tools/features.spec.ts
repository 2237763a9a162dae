/**
 * `docs/FEATURES.md` tells the truth: every row is there once, and what it names as shown is a test that exists. Every rule
 * is first shown tables and specs that break it.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as featureRules from './features/feature-rules.ts';
import { rowsOf } from './features/feature-table.ts';
import { readFacts } from './features/read-repository.ts';
import { asTitle, titlesOf } from './features/spec-titles.ts';

const rules: { readonly [name: string]: featureRules.Rule } = { ...featureRules };

const spec = `describe('Buying', () => {
  it('takes money', () => {});
  it('W-3: is not forgotten', () => {});
});`;
const test = '[buying.spec.ts](../apps/buying.spec.ts) › Buying › takes money';
const defectTest = '[buying.spec.ts](../apps/buying.spec.ts) › Buying › W-3: is not forgotten';

const numbers = (prefix: string, last: number) => Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`);
const keptLines: readonly string[] = [
  '| # | feature | here | shown by |',
  '|---|---|---|---|',
  ...numbers('F', 109).map((number) => `| ${number} | something | as there | ${test} |`),
  '| F110 | wait-list | later: not yet | |',
  '| F111 | promotional codes | later: not yet | |',
  ...numbers('W-', 47).map((number) =>
    number === 'W-3' ? `| W-3 | lost | never | ${defectTest}<br>${test} |` : `| ${number} | bad | good | [app.ts](../apps/app.ts) |`,
  ),
];
const factsOf = (lines: readonly string[], text = spec): featureRules.Facts => ({
  rows: rowsOf(lines.join('\n')),
  specs: [{ path: 'apps/buying.spec.ts', text }],
  exists: (path) => path === 'apps/app.ts',
});
/** The table that is right, with one row changed. */
const changed = (number: string, ...rows: readonly string[]): readonly string[] =>
  keptLines.flatMap((line) => (line.startsWith(`| ${number} |`) ? rows : [line]));

type Planted = readonly [rule: keyof typeof featureRules, violation: string, facts: featureRules.Facts, reported: string];
const planted: readonly Planted[] = [
  ['everyNumberHasOneRow', 'a feature without a row', factsOf(changed('F17')), 'F17: has no row'],
  ['everyNumberHasOneRow', 'a defect without a row', factsOf(changed('W-47')), 'W-47: has no row'],
  ['everyNumberHasOneRow', 'a row that is there twice', factsOf([...keptLines, `| F17 | again | here | ${test} |`]), 'F17: has two rows'],
  ['everyNumberHasOneRow', 'a number that there is not', factsOf([...keptLines, `| F200 | new | here | ${test} |`]), 'F200'],
  ['everyRowIsFilledIn', 'a row that says nothing', factsOf(changed('F17', `| F17 | orders | | ${test} |`)), 'F17'],
  ['everyRowIsFilledIn', 'evidence that is only words', factsOf(changed('F17', `| F17 | a | b | ${test}<br>believe me |`)), 'believe me'],
  ['nothingIsMissing', 'a feature that is not there', factsOf(changed('F17', `| F17 | a | missing: the total | ${test} |`)), 'the total'],
  ['nothingIsMissing', 'a feature that is put off', factsOf(changed('F17', `| F17 | a | later: perhaps | ${test} |`)), 'F17'],
  ['nothingIsMissing', 'what comes later, as done', factsOf(changed('F110', `| F110 | wait-list | as there | ${test} |`)), 'F110'],
  ['everyRowIsShown', 'a feature without a test', factsOf(changed('F17', '| F17 | a | b | [app.ts](../apps/app.ts) |')), 'F17'],
  ['everyRowIsShown', 'a defect without anything', factsOf(changed('W-2', '| W-2 | a | b | |')), 'W-2'],
  [
    'everyTestIsThere',
    'a file that there is not',
    factsOf(changed('F17', '| F17 | a | b | [x.spec.ts](../apps/x.spec.ts) › Buying › takes money |')),
    'apps/x.spec.ts is no file of tests',
  ],
  [
    'everyTestIsThere',
    'a test that there is not',
    factsOf(changed('F17', '| F17 | a | b | [buying.spec.ts](../apps/buying.spec.ts) › takes money |')),
    '“takes money”',
  ],
  ['everyFileIsThere', 'a file that is gone', factsOf(changed('W-2', '| W-2 | a | b | [old.ts](../apps/old.ts) |')), 'apps/old.ts'],
  [
    'everyDefectHasItsTest',
    'a test that no row names',
    factsOf(keptLines, `${spec}\nit('W-9: holds', () => {});`),
    '“W-9: holds”, which its row does not name',
  ],
  [
    'everyDefectHasItsTest',
    'a group of tests that no row names',
    factsOf(keptLines, `${spec}\ndescribe('W-9: holds', () => { it('once', () => {}); it('twice', () => {}); });`),
    '“W-9: holds”, which its row does not name',
  ],
  ['everyDefectHasItsTest', 'tests that are named after something else', factsOf(changed('W-2', `| W-2 | a | b | ${test} |`)), 'W-2'],
];

describe('every rule', () => {
  it('is broken by at least one planted violation', () => {
    expect(Object.keys(rules).filter((name) => !planted.some(([rule]) => rule === name))).toEqual([]);
  });

  it.each(Object.entries(rules))('%s is content with a table that keeps it', (_, rule) => {
    expect(rule(factsOf(keptLines))).toEqual([]);
  });

  it.each(planted)('%s reports %s, and no other rule does', (name, _, facts, reported) => {
    const reports = Object.entries(rules).flatMap(([rule, check]) => check(facts).map((line) => ({ rule, line })));
    expect(reports.filter(({ rule }) => rule === name).map(({ line }) => line)).toEqual([expect.stringContaining(reported)]);
    expect(reports.filter(({ rule }) => rule !== name)).toEqual([]);
  });
});

describe('the titles of a source', () => {
  const titles = (source: string) => titlesOf(source).map(asTitle);

  it('are found with their groups, however the tests are written', () => {
    const source = [
      `describe('outer', () => {`,
      `  it('is one', () => {});`,
      `  describe.concurrent("it's inner", () => {`,
      '    it.each([1, 2])(`is %s`, () => {});',
      `    test.runIf(on())('is other', { timeout: 3 }, async () => {});`,
      `    it.each<[string, (of: Map<string, number>) => void]>([['a', () => {}]])('is typed: %s', () => {});`,
      `  });`,
      `  it(`,
      `    'is long',`,
      `    async () => { commit('no title'); expect(/it('no', [)]/.test('x')).toBe(true); },`,
      `  );`,
      `});`,
      `// it('is not there', () => {});`,
      `const text = "it('is text', () => {})";`,
      `it('stands alone', () => {});`,
    ].join('\n');
    expect(titles(source)).toEqual([
      'outer › is one',
      'outer › it’s inner › is %s'.replace('’', "'"),
      "outer › it's inner › is other",
      "outer › it's inner › is typed: %s",
      'outer › is long',
      'stands alone',
    ]);
  });

  it('are those of scenarios, too', () => {
    expect(
      titles(`export const sales = feature('S Sales', 'Given x', [scenario('1 pays', 'When y'), scenario('2 waits', 'When z')]);`),
    ).toEqual(['S Sales › 1 pays', 'S Sales › 2 waits']);
  });

  it('are the first texts of the rows of a table, where a loop makes the tests', () => {
    const source = [
      `const table = (...rows) => { for (const [what] of rows) it(what, () => {}); };`,
      `describe('placing', () => { table(['reserves', [], placed], ['is late', [], late, reject('no title')]); });`,
    ].join('\n');
    expect(titles(source)).toEqual(['placing › reserves', 'placing › is late']);
    expect(titles(`describe('refused', () => { it.each([['of nothing', 400], ['of less', 400]])('%s', () => {}); });`)).toEqual([
      'refused › %s',
      'refused › of nothing',
      'refused › of less',
    ]);
  });
});

describe('docs/FEATURES.md', () => {
  const facts = readFacts(join(import.meta.dirname, '..'));

  it('is really read, and so are the tests', () => {
    expect(facts.rows.length).toBeGreaterThan(150);
    expect(facts.specs.flatMap(({ text }) => titlesOf(text)).length).toBeGreaterThan(1_000);
  });

  it.each(Object.entries(rules))('keeps %s', (_, rule) => {
    expect(rule(facts)).toEqual([]);
  });
});
