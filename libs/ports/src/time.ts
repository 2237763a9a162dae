import type { Instant } from '@conference/kernel';

declare global {
  /** Ports know no DOM; this merges with the real type where there is one. */
  interface AbortSignal {
    readonly aborted: boolean;
  }
}

/**
 * Time, ids and chance come only through these, never from `Date`, `setTimeout` or `randomUUID`: behind all of them the
 * simulation puts a scheduler with virtual time and a seed, so that a day of retries and deadlines takes milliseconds.
 */
export interface Clock {
  now(): Instant;
}
export interface Timer extends Clock {
  /** Resolves after `milliseconds`, or at once (without an error) when `signal` is or gets aborted. */
  sleep(milliseconds: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
export interface IdGenerator {
  /** A fresh UUID. */
  next(): string;
}
/** Uniform in [0, 1). For jitter; never for secrets. */
export type Random = () => number;
