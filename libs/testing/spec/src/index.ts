export { type DeciderSpec, type DecisionSpec, specFor } from './decider-spec.ts';
export { deepFreeze } from './deep-freeze.ts';
export { interleavings } from './interleavings.ts';
export { type LawsOptions, laws } from './laws.ts';
export { type ProcessSpec, type ReactionSpec, specForProcess } from './process-spec.ts';
export { type ProjectionSpec, specForProjection } from './projection-spec.ts';
export { specTime } from './spec-time.ts';
