/** When a service dies. */
export type CrashPlan =
  | { readonly kind: 'never' }
  /** At the k-th await point of the whole run, counted from 1, and not again. */
  | { readonly kind: 'at-point'; readonly point: number }
  /** At each await point with this probability. */
  | { readonly kind: 'by-chance'; readonly probability: number };

/** What a run of {@link crashAtEveryPoint} tells: how many await points it came to. */
export interface CountedRun {
  readonly points: number;
}

/**
 * As SQLite tests its I/O errors: the same run again and again, with a crash at the first await point, at the second,
 * … until a run comes to its end before the crash. Returns how many runs crashed. Throws what a run throws, and a
 * `RangeError` when there is no end within `pointsMax`.
 */
export const crashAtEveryPoint = async (run: (plan: CrashPlan) => Promise<CountedRun>, { pointsMax = 100_000 } = {}): Promise<number> => {
  for (let point = 1; point <= pointsMax; point++) {
    const { points } = await run({ kind: 'at-point', point });
    if (points < point) return point - 1;
  }
  throw new RangeError(`more than ${pointsMax} await points`);
};
