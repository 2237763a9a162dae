/** What may happen to an append. */
export type AppendFault =
  /** It is committed, and the call ends as if the connection had gone (`cut`), or never (`silence`). */
  | { readonly kind: 'acknowledgement-lost'; readonly how: 'cut' | 'silence' }
  /** Committed, answered with the server's own "timed out waiting for the commit". */
  | { readonly kind: 'commit-timeout' }
  /** Not committed: the call ends as if the connection had gone before the server read it. */
  | { readonly kind: 'lost' }
  /** Not committed: another node is said to be the leader, which is this one. */
  | { readonly kind: 'not-leader' }
  /** Written before, but answered without its position, as some servers do for a repeat. */
  | { readonly kind: 'position-unknown' };

/** A live subscriber with more than the live buffer before it: older servers drop it, newer ones send it the log again. */
export type SlowConsumers = 'dropped' | 'fall-behind';

/** Something that is made to happen once, or to appends from now on. */
export type Fault =
  /** To every so-manieth append from now on, so many times: 1 and 1 is the next one. */
  | (AppendFault & { readonly every: number; readonly times: number })
  /** Every subscription ends: without an error, or with one. */
  | { readonly kind: 'half-closed' }
  | { readonly kind: 'subscriptions-fail' }
  /** Every live subscriber counts as too slow. */
  | { readonly kind: 'slow-consumer'; readonly how: SlowConsumers }
  /** Nothing is answered though connections live and appends are written. */
  | { readonly kind: 'black-hole'; readonly milliseconds: number }
  /** Every connection is cut; it listens again on the same port so much later. */
  | { readonly kind: 'restart'; readonly downMs: number }
  /** Every call is refused, as a secure server does with credentials that it does not know. */
  | { readonly kind: 'access-denied'; readonly milliseconds: number };

export interface Faults {
  /** Asked with the number of each append, from 0. Undefined: none. */
  onAppend: (index: number) => AppendFault | undefined;
  slowConsumers: SlowConsumers;
  isAccessDenied: boolean;
}

/** Faults of appends in the order in which they were asked for: one at a time. */
export interface ArmedFaults {
  arm(fault: AppendFault & { readonly every: number; readonly times: number }): void;
  /** What is to happen to the append that has come. */
  next(): AppendFault | undefined;
}

export const armedFaults = (): ArmedFaults => {
  const armed: { readonly fault: AppendFault; readonly every: number; left: number; seen: number }[] = [];
  return {
    arm: ({ every, times, ...fault }) => void armed.push({ fault, every, left: times, seen: 0 }),
    next() {
      const [first] = armed;
      if (first === undefined) return undefined;
      first.seen += 1;
      if (first.seen % first.every !== 0) return undefined;
      first.left -= 1;
      if (first.left === 0) armed.shift();
      return first.fault;
    },
  };
};
