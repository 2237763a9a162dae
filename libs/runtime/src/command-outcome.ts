import type { Position, Refusal, StreamVersion } from '@conference/kernel';
import type { ExpectedVersion } from '@conference/ports';

export interface CommandContext {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  readonly reason?: string;
  readonly traceparent?: string;
  /** A caller's `If-Match`. */
  readonly expectedVersion?: ExpectedVersion;
  readonly requestHash?: string;
}

/** `state` is there because the HTTP answer needs it: a query would be eventually consistent. */
export type CommandOutcome<S, Reason extends Refusal> =
  | { readonly status: 'accepted'; readonly streamVersion: StreamVersion; readonly position: Position; readonly state: S }
  | { readonly status: 'unchanged'; readonly streamVersion: ExpectedVersion; readonly position: Position; readonly state: S }
  /** This command id was accepted before: version and position of then, state of today. */
  | { readonly status: 'repeated'; readonly streamVersion: StreamVersion; readonly position: Position; readonly state: S }
  /** Nothing is stored, and the same id may be sent again. */
  | { readonly status: 'rejected'; readonly reason: Reason }
  | { readonly status: 'stale'; readonly current: ExpectedVersion }
  /** The same command id with another request hash. */
  | { readonly status: 'key-reused' }
  /** Not resolved in time, or the store refuses to write; the outcome may be unknown. The same id may be sent again. */
  | { readonly status: 'busy' };
