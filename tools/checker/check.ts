import type { SystemFacts } from './facts.ts';
import type { Problem } from './rule.ts';
import { rules } from './rules.ts';

/** Something that does not add up. */
export type Finding = Problem & { readonly rule: string; readonly invariant: string };
export type RuleResult = {
  readonly rule: string;
  readonly invariant: string;
  readonly says: string;
  readonly examined: number;
  readonly findings: readonly Finding[];
};

/** Every rule with what it looked at and what it found. Pure. */
export const examine = (facts: SystemFacts): readonly RuleResult[] =>
  rules.map(({ name: rule, invariant, says, examine: of }) => {
    const { examined, problems } = of(facts);
    return { rule, invariant, says, examined, findings: problems.map((problem) => ({ rule, invariant, ...problem })) };
  });

/** Whatever does not add up in these facts; empty when everything does. Pure. */
export const check = (facts: SystemFacts): readonly Finding[] => examine(facts).flatMap(({ findings }) => findings);
