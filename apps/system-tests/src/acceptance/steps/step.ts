import type { Steps } from '../language/index.ts';
import type { vocabulary } from '../words.ts';
import type { World } from '../world.ts';

/** Steps in the words of the vocabulary. */
export const stepsOf = <Pattern extends string>(steps: Steps<Pattern, typeof vocabulary, World>): typeof steps => steps;
