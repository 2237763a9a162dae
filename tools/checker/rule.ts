import type { SystemFacts } from './facts.ts';

export type Problem = { readonly subject: string; readonly detail: string };

/** What a rule has looked at, and what it does not like; `examined` 0 says that it had nothing to look at. */
export type Examination = { readonly examined: number; readonly problems: readonly Problem[] };

export interface Rule {
  readonly name: string;
  /** The number of the invariant. */
  readonly invariant: string;
  /** What has to hold, in one sentence. */
  readonly says: string;
  /** Pure. */
  readonly examine: (facts: SystemFacts) => Examination;
}

export const notApplicable: Examination = { examined: 0, problems: [] };

/** Looks at each item by itself. */
export const each = <Item>(items: readonly Item[], problemsOf: (item: Item) => readonly Problem[]): Examination => ({
  examined: items.length,
  problems: items.flatMap(problemsOf),
});

export const together = (...examinations: readonly Examination[]): Examination => ({
  examined: examinations.reduce((sum, { examined }) => sum + examined, 0),
  problems: examinations.flatMap(({ problems }) => problems),
});
