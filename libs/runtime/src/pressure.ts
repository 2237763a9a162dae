import type { Timer } from '@conference/ports';

/**
 * Whether commands from outside come faster than what follows from them could be done. While they do, what follows steps
 * back: an order is accepted first and decided a little later, rather than refused. Bounded in time, so that nothing
 * starves (see the keyed consumer).
 */
export interface Pressure {
  during<T>(command: () => Promise<T>): Promise<T>;
  isHigh(): boolean;
}

/** Commands are counted by windows; this many in one is more than is decided in that time on two cores: 560 a second. */
const windowMs = 250;
const highFrom = 140;

export const commandPressure = (timer: Timer): Pressure => {
  let window = 0;
  let count = 0;
  let before = 0;
  const turn = (): void => {
    const now = Math.floor(Date.parse(timer.now()) / windowMs);
    if (now === window) return;
    before = now === window + 1 ? count : 0;
    window = now;
    count = 0;
  };
  return {
    during: (command) => {
      turn();
      count++;
      return command();
    },
    isHigh: () => {
      turn();
      return before >= highFrom || count >= highFrom;
    },
  };
};

/** For a context that no crowd sends commands to. */
export const noPressure: Pressure = { during: (command) => command(), isHigh: () => false };
