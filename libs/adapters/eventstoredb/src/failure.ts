import { StoreUnavailable, UnknownOutcome } from '@conference/ports';

/** The server or its address cannot be used; the message is one line, for whoever operates the service. */
export class EventStoreUnusable extends Error {
  override readonly name = 'EventStoreUnusable';
}

/** Our own time was up, whatever the client still waits for. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}

/** Names of errors of the client that say that nothing was written, and that sending it again would change nothing. */
const definite: ReadonlySet<string> = new Set([
  'access-denied',
  'invalid-argument',
  'maximum-append-size-exceeded',
  'missing-required-metadata-property',
  'stream-deleted',
  'unsupported',
]);

export const typeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : undefined;

/** The channel had no connection to send it on: so nothing was sent. */
const wasNeverSent = (error: unknown): boolean =>
  error instanceof Error &&
  /No connection established|Name resolution failed|ECONNREFUSED|ENOTFOUND|Failed to discover/.test(error.message);

/** Of which kind it is, for whom the wording of each try would be another trouble. */
export const kindOf = (error: unknown): string => (definite.has(typeOf(error) ?? '') ? (typeOf(error) ?? '') : 'away');

/** Without what the client adds for its own authors. */
export const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replaceAll(/\s+/g, ' ')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)\./, '.')
    .replace(/ Resolution note: ?$/, '')
    .trim();

/**
 * What the runtime is to be told of an append that failed: {@link StoreUnavailable} when nothing was written for certain,
 * the error itself when it is one that stays, {@link UnknownOutcome} for everything else, and when an
 * earlier try of the same batch may have been written.
 */
export const appendFailure = (stream: string, error: unknown, maybeWritten = false): unknown => {
  if (wasNeverSent(error) && !maybeWritten) return new StoreUnavailable(`append to ${stream}: ${oneLine(error)}`, { cause: error });
  if (definite.has(typeOf(error) ?? '')) return error;
  return new UnknownOutcome(`append to ${stream}: ${oneLine(error)}`, { cause: error });
};

/** A read has no outcome but its answer: it can always be tried again, but when the server refuses it. */
export const readFailure = (what: string, error: unknown): unknown =>
  definite.has(typeOf(error) ?? '') || error instanceof TypeError || error instanceof RangeError
    ? error
    : new StoreUnavailable(`${what}: ${oneLine(error)}`, { cause: error });
