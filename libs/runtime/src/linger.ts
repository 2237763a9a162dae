import type { Timer } from '@conference/ports';

/** A sleep that comes back this much later than asked for: the event loop has more to do than it can. */
const overloadedFromMs = 20;
const deferMs = 150;

/**
 * Lets events gather before the next batch. When the event loop is overloaded, longer: commands are accepted first, and
 * what follows from them is made up for afterwards, in larger batches. Ends early with the signal.
 */
export const lingerWith = async (timer: Timer, milliseconds: number, signal: AbortSignal): Promise<void> => {
  const begunMs = Date.parse(timer.now());
  await timer.sleep(milliseconds, { signal });
  const lateMs = Date.parse(timer.now()) - begunMs - milliseconds;
  if (lateMs > overloadedFromMs) await timer.sleep(deferMs, { signal });
};
