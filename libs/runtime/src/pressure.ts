import type { Timer } from '@conference/ports';

/**
 * Whether many commands from outside wait for their answer at once, now or a moment ago. While they do, what follows from
 * earlier ones steps back: an order is accepted first and decided a little later, rather than refused. Bounded in time, so
 * that nothing starves (see the keyed consumer).
 */
export interface Pressure {
  during<T>(command: () => Promise<T>): Promise<T>;
  isHigh(): boolean;
}

const highFrom = 48;
/** Commands come in bursts, one for each commit; between two of them the pressure is no less. */
const rememberedMs = 250;

export const commandPressure = (timer: Timer): Pressure => {
  let waiting = 0;
  let highAtMs = Number.NEGATIVE_INFINITY;
  const nowMs = (): number => Date.parse(timer.now());
  return {
    during: async (command) => {
      waiting++;
      if (waiting >= highFrom) highAtMs = nowMs();
      try {
        return await command();
      } finally {
        waiting--;
      }
    },
    isHigh: () => nowMs() - highAtMs < rememberedMs,
  };
};

/** For a context that no crowd sends commands to. */
export const noPressure: Pressure = { during: (command) => command(), isHigh: () => false };
