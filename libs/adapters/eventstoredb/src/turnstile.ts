/** Lets so many through at a time, the others in the order in which they came. */
export const turnstile = (max: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside += 1;
    try {
      return await work();
    } finally {
      // The place is handed over, so that nobody who comes now takes it first.
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
};
