export { check, examine, type Finding, type RuleResult } from './check.ts';
export { isDataFolder, readEvents, secretsOf } from './data-folder.ts';
export { readEventsAt } from './event-store-server.ts';
export type * from './facts.ts';
export { factsFromEvents } from './facts-from-events.ts';
export { reportLines } from './report.ts';
export type { Rule } from './rule.ts';
export { rules } from './rules.ts';
export { gatherFacts, type Settled, type Sources, settle } from './settle.ts';
