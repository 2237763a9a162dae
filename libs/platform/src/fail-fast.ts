import { EngineUnavailable, type Timer } from '@conference/ports';

/** How long the others wait for the one that looks. */
const lookMs = 100;

/**
 * While an engine is away a call takes as long as its time-out, and requests would gather behind it. So once a call has found the
 * engine away, one at a time is let through to look whether it is there again; the others go on when it is, and are told in a
 * moment when it is not.
 */
export const failFast = (timer: Pick<Timer, 'sleep'>) => {
  let away: EngineUnavailable | undefined;
  let looking: PromiseWithResolvers<void> | undefined;
  return async <T>(call: () => Promise<T>): Promise<T> => {
    if (away !== undefined && looking !== undefined) await Promise.race([looking.promise, timer.sleep(lookMs)]);
    if (away !== undefined && looking !== undefined) throw new EngineUnavailable(away.message, { cause: away });
    const look = away === undefined ? undefined : Promise.withResolvers<void>();
    looking ??= look;
    try {
      const result = await call();
      away = undefined;
      return result;
    } catch (error) {
      if (error instanceof EngineUnavailable) away = error;
      throw error;
    } finally {
      if (look !== undefined) looking = undefined;
      look?.resolve();
    }
  };
};
