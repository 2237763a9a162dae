import type { Timer } from '@conference/ports';

/**
 * Whether more commands from outside stand at the door than are let in promptly. While they do, what follows from earlier
 * ones steps back, unless somebody waits for just that: what is waited for goes first. Bounded in time, so that nothing
 * starves (see the keyed consumer).
 */
export interface Pressure {
  /** At the door until it is answered: for one whose caller waits for nothing that follows. */
  during<T>(command: () => Promise<T>): Promise<T>;
  /** Somebody who was let in waits for what follows. */
  awaiting<T>(following: Promise<T>): Promise<T>;
  isHigh(): boolean;
}

/** So many at once: each of them waits for all the others. */
const crowdFrom = 32;
/** A crowd that was let in a moment ago is followed by the next one. */
const windowMs = 250;

export const commandPressure = (timer: Timer): Pressure => {
  let window = 0;
  let atDoor = 0;
  let crowd = 0;
  let crowdBefore = 0;
  let awaited = 0;
  const turn = (): void => {
    const now = Math.floor(Date.parse(timer.now()) / windowMs);
    if (now === window) return;
    crowdBefore = now === window + 1 ? crowd : 0;
    window = now;
    crowd = atDoor;
  };
  const enter = (): void => {
    turn();
    atDoor++;
    crowd = Math.max(crowd, atDoor);
  };
  const leave = (): void => {
    atDoor--;
  };
  return {
    during: (command) => {
      enter();
      const answered = command();
      answered.then(leave, leave);
      return answered;
    },
    awaiting: (following) => {
      awaited++;
      const end = (): void => {
        awaited--;
      };
      following.then(end, end);
      return following;
    },
    isHigh: () => {
      turn();
      const most = Math.max(crowd, crowdBefore);
      return most >= crowdFrom && awaited < most / 2;
    },
  };
};

/** For a context that no crowd sends commands to. */
export const noPressure: Pressure = { during: (command) => command(), awaiting: (following) => following, isHigh: () => false };
