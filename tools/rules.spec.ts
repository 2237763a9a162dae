/** Every rule of the domain has a test that begins with its number; so who looks for a rule finds it, and none is forgotten. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The domain's rules, and how many there are of each: orders, prices, seats, assignments, payments. */
const rules = { ORD: 14, PRC: 6, SAV: 13, ASG: 9, PAY: 6 } as const;
const numbers = Object.entries(rules).flatMap(([prefix, count]) => Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`));

const specs = ['libs/*/domain/src/**/*.spec.ts', 'libs/*/application/src/**/*.spec.ts'];
/** Kept where nothing of the domain knows enough: the catalogue has the prices, the codec the events of the original. */
const outsideTheDomain = ['PRC-2', 'ORD-13'];

const number = String.raw`(?:${Object.keys(rules).join('|')})-\d+`;
const titled = new RegExp(String.raw`\(\s*(['"\`])(${number}(?:(?:, | and | to )${number})*): [^\n]+?\1`, 'g');

/** Of `it('ORD-1, ORD-2: …', …)` and `describe`, also with `.each(…)`. */
const namedIn = (source: string): readonly string[] =>
  [...source.matchAll(titled)].flatMap(([, , title = '']) => [...title.matchAll(new RegExp(number, 'g'))].map(([named]) => named));

const namedBy = (patterns: readonly string[]): ReadonlySet<string> =>
  new Set(
    patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).flatMap((file) => namedIn(readFileSync(join(root, file), 'utf8'))),
  );

describe('The rules of the domain', () => {
  const named = namedBy(specs);
  const inTheDomain = namedBy(specs.slice(0, 1));

  it.each(numbers)('%s has a test that is named after it', (rule) =>
    expect(outsideTheDomain.includes(rule) ? named : inTheDomain).toContain(rule),
  );
  it('are no others than these', () => expect([...named].filter((rule) => !numbers.includes(rule))).toEqual([]));
  it('are looked for at the beginning of a title', () => {
    expect(namedIn(`it('SAV-2: may go below', () => {});`)).toEqual(['SAV-2']);
    expect(namedIn('describe("PAY-2, PAY-3: is completed", () => {});')).toEqual(['PAY-2', 'PAY-3']);
    expect(namedIn(`  ])('ASG-3: is refused without a valid %s', (_, attendee) => {});`)).toEqual(['ASG-3']);
    expect(namedIn(`it('may go below (SAV-2)', () => {});\n// SAV-3: a comment`)).toEqual([]);
  });
});
