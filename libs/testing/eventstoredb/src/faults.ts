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

export interface Faults {
  /** Asked with the number of each append, from 0. Undefined: none. */
  onAppend: (index: number) => AppendFault | undefined;
  slowConsumers: SlowConsumers;
  /** Every call is refused, as a secure server does with credentials that it does not know. */
  isAccessDenied: boolean;
}
