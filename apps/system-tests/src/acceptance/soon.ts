import { eventually, NotInTime, RequestRefused } from '@conference/tools';

/**
 * For what follows from something else: far longer than it takes, far shorter than a test may take. Servers beside the services share
 * the machine with them.
 */
export const withinMs = (process.env['ENGINES_UNDER_TEST'] ?? '') === '' ? 15_000 : 150_000;

const holdsFor = <Value>(value: Value, holds: (value: Value) => void): boolean => {
  try {
    holds(value);
    return true;
  } catch {
    return false;
  }
};

type Reading<Value> = { readonly value: Value } | { readonly unavailable: RequestRefused };

/** A read model that is behind says so. */
const readingOf = async <Value>(read: () => Promise<Value>): Promise<Reading<Value>> => {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof RequestRefused && error.status === 503) return { unavailable: error };
    throw error;
  }
};

/** Reads until the assertion holds for what is read; after `withinMs` fails as the assertion does for what was read last. */
export const soon = async <Value>(
  what: string,
  read: () => Promise<Value>,
  holds: (value: Value) => void,
  options: { readonly withinMs: number } = { withinMs },
): Promise<Value> => {
  const isWanted = (reading: Reading<Value>): boolean => 'value' in reading && holdsFor(reading.value, holds);
  let last: Reading<Value> | undefined;
  const remember = async (): Promise<Reading<Value>> => {
    last = await readingOf(read);
    return last;
  };
  try {
    const reading = await eventually(what, remember, isWanted, options);
    if ('value' in reading) return reading.value;
    throw reading.unavailable;
  } catch (error) {
    if (error instanceof NotInTime && last !== undefined && 'value' in last) holds(last.value);
    throw error;
  }
};
