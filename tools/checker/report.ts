import type { RuleResult } from './check.ts';

const findingsShownMax = 10;

const verdictOf = ({ examined, findings }: RuleResult): string => {
  if (findings.length > 0) return `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  return examined === 0 ? 'nothing to look at' : `ok (${examined})`;
};

/** A table rule → verdict, the first findings of each below it, and one line that says it all. */
export const reportLines = (results: readonly RuleResult[]): readonly string[] => {
  const width = Math.max(...results.map(({ rule }) => rule.length));
  const lines = results.flatMap((result) => {
    const { rule, invariant, says, findings } = result;
    const head = `${findings.length > 0 ? '✗' : ' '} ${invariant}  ${rule.padEnd(width)}  ${verdictOf(result)}`;
    if (findings.length === 0) return [head];
    const shown = findings.slice(0, findingsShownMax).map(({ subject, detail }) => `       ${subject}: ${detail}`);
    const more = findings.length > findingsShownMax ? [`       … and ${findings.length - findingsShownMax} more`] : [];
    return [head, `       ${says}`, ...shown, ...more];
  });
  const found = results.reduce((sum, { findings }) => sum + findings.length, 0);
  return [...lines, '', found === 0 ? 'Everything adds up.' : `${found} ${found === 1 ? 'thing does' : 'things do'} not add up.`];
};
