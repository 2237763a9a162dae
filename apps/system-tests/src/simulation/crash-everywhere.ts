import { oneRegistration } from './scenarios.ts';

export interface CrashedRuns {
  /** Await points of the scenario, of all services. */
  readonly points: number;
  readonly tried: number;
}

/** Every eighth point first, then those in the middle of what is left: whenever the time is up, they lie at even distances. */
const offsets = [0, 4, 2, 6, 1, 5, 3, 7];

/**
 * The same registration with a crash at its first await point, at its second, … to its last, in an order that spreads them
 * evenly. What is not tried within `budgetMs` is left out; whoever calls has to say so.
 */
export const crashEverywhere = async (options: { readonly budgetMs: number; readonly nowMs: () => number }): Promise<CrashedRuns> => {
  const giveUpAt = options.nowMs() + options.budgetMs;
  const { points } = await oneRegistration({ kind: 'never' });
  let tried = 0;
  for (const offset of offsets) {
    for (let point = 1 + offset; point <= points; point += offsets.length) {
      if (options.nowMs() >= giveUpAt) return { points, tried };
      await oneRegistration({ kind: 'at-point', point });
      tried += 1;
    }
  }
  return { points, tried };
};
