/** All sentences that the features are told in. */
import { language } from './language/index.ts';
import { assigningSteps } from './steps/assigning.steps.ts';
import { crowdSteps } from './steps/crowd.steps.ts';
import { hardshipSteps } from './steps/hardship.steps.ts';
import { orderingSteps } from './steps/ordering.steps.ts';
import { organisingSteps } from './steps/organising.steps.ts';
import { payingSteps } from './steps/paying.steps.ts';
import type { FeatureLetter, ScenarioNumber } from './the-list.ts';
import { vocabulary } from './words.ts';
import type { World } from './world.ts';

/** By what they are about; no sentence may be in two of them. */
export const stepGroups = [organisingSteps, orderingSteps, payingSteps, assigningSteps, crowdSteps, hardshipSteps] as const;

export const { feature, scenario, scenarioAlone, patternsOf, run } = language<World, ScenarioNumber, FeatureLetter>()(vocabulary, {
  ...organisingSteps,
  ...orderingSteps,
  ...payingSteps,
  ...assigningSteps,
  ...crowdSteps,
  ...hardshipSteps,
});
