import { setTimeout as sleep } from 'node:timers/promises';

/** What was awaited did not happen in time; says what was seen last. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

const everyMsDefault = 40;

/** Reads until what is read is as wanted; throws {@link NotInTime} with the last value after `withinMs`. */
export const eventually = async <Value>(
  what: string,
  read: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
  options: { readonly withinMs: number; readonly everyMs?: number },
): Promise<Value> => {
  const giveUpAt = performance.now() + options.withinMs;
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    if (performance.now() >= giveUpAt) throw new NotInTime(`${what}: not within ${options.withinMs} ms, at last ${JSON.stringify(value)}`);
    await sleep(options.everyMs ?? everyMsDefault);
  }
};
