import type { Refusal } from '@conference/kernel';
import { boundedMap } from './bounded-map.ts';
import { keyReused, type Problem, type ProblemCatalog, problem, temporarilyUnavailable, versionMismatch } from './problem.ts';

/** What the edge knows about a command beside its data; goes into the metadata of the events. */
export type RequestedCommand = {
  /** Of principal, route and Idempotency-Key; fresh without a key. */
  readonly commandId: string;
  /** Of the body as it was sent; absent without a key, since such a command is never a repeat. */
  readonly requestHash?: string;
  readonly correlationId: string;
  /** The request's id. */
  readonly causationId: string;
  readonly actor: string;
  readonly traceparent: string;
  /** From `If-Match`. */
  readonly expectedVersion?: number;
};

/** `honoured` is the default of every POST, PUT, PATCH and DELETE; `none` is for those that are no commands. */
export type HeaderUse = 'required' | 'honoured' | 'none';

const printable = /^[\x20-\x7e]{1,255}$/;

/** Undefined without a key. */
export const parseIdempotencyKey = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  if (!printable.test(header)) throw problem('invalid-idempotency-key', 'Send 1 to 255 printable ASCII characters.');
  return header;
};

export const requireIdempotencyKey = (header: string | undefined): string => {
  const key = parseIdempotencyKey(header);
  if (key === undefined)
    throw problem('idempotency-key-required', 'Send `Idempotency-Key`, best a random UUID, and the same one when you repeat.');
  return key;
};

/** The same caller, method, path and key make the same command id. `uuidv5` hashes a name into a UUID. */
export const commandIdOf = (
  uuidv5: (name: string) => string,
  request: { readonly actor: string; readonly method: string; readonly path: string; readonly key: string },
): string => uuidv5(`${request.actor}|${request.method} ${request.path}|${request.key}`);

export type StoredAnswer = {
  readonly requestHash: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

export interface AnswerCache {
  /**
   * Before the handler runs: the answer of then, or undefined for "go on". Throws 409 while the first one is still
   * running, and 422 when the key came with another body.
   */
  begin(commandId: string, requestHash: string): StoredAnswer | undefined;
  /** After it: with the answer when the command was accepted, without when it was refused or failed. */
  end(commandId: string, answer?: StoredAnswer): void;
}

const answersMax = 2_000;
const answerBytesMax = 4 * 1024 * 1024;

/**
 * Spares a repeat the way through the domain. Only a cache: what makes a repeat safe is the command id in the stream, so
 * nothing is lost when an entry is dropped or the process ends.
 */
export const answerCache = (): AnswerCache => {
  const answers = boundedMap<StoredAnswer>({
    entriesMax: answersMax,
    weightMax: answerBytesMax,
    weightOf: ({ body }) => body.length + 512,
  });
  const running = new Map<string, string>();
  return {
    begin: (commandId, requestHash) => {
      const hash = running.get(commandId);
      const answer = answers.get(commandId);
      if ((hash ?? answer?.requestHash ?? requestHash) !== requestHash) throw keyReused();
      if (hash !== undefined) throw problem('idempotency-key-in-progress', 'Repeat it in a moment.', { retryAfterSeconds: 1 });
      if (answer === undefined) running.set(commandId, requestHash);
      return answer;
    },
    end: (commandId, answer) => {
      running.delete(commandId);
      if (answer !== undefined) answers.set(commandId, answer);
    },
  };
};

/** The ways in which a command handler does not accept. */
export type UnacceptedOutcome<Reason extends Refusal> =
  | { readonly status: 'rejected'; readonly reason: Reason }
  | { readonly status: 'stale'; readonly current: number | 'no-stream' }
  | { readonly status: 'key-reused' }
  | { readonly status: 'busy' };

/** The problem to answer with; compiles only when each refusal's code is in the catalog. */
export const outcomeProblem = <Code extends string>(
  catalog: ProblemCatalog<Code>,
  outcome: UnacceptedOutcome<Refusal & { readonly code: Code }>,
): Problem => {
  switch (outcome.status) {
    case 'rejected':
      return catalog.refused(outcome.reason);
    case 'stale':
      return versionMismatch(outcome.current);
    case 'key-reused':
      return keyReused();
    case 'busy':
      return temporarilyUnavailable();
  }
};
