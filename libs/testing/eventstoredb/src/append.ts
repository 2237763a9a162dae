import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerReadableStream, type ServiceError, status } from '@grpc/grpc-js';
import { commandError } from './command-error.ts';
import type { Commit } from './durability.ts';
import type { AppendFault } from './faults.ts';
import type { AppendOutcome, EventLog, ExpectedRevision, ProposedEvent } from './log.ts';
import { appended, expectedOf, nameOf, proposedOf } from './messages.ts';
import { type AppendHandler, authorizationOf } from './protocol.ts';

export interface AppendHandlerOptions {
  readonly log: EventLog;
  readonly commit: Commit;
  readonly assertAllowed: (authorization: string | undefined) => void;
  readonly mayAnswer: () => Promise<void>;
  readonly leader: () => { readonly host: string; readonly port: number };
  readonly nextFault: () => AppendFault | undefined;
}

type Append = { readonly stream: string; readonly expected: ExpectedRevision; readonly events: readonly ProposedEvent[] };
type Call = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

/** The server's own limit for one append, up to version 24.10. */
const appendBytesMax = 1024 * 1024;

export const appendHandler = ({ log, commit, assertAllowed, mayAnswer, leader, nextFault }: AppendHandlerOptions): AppendHandler => {
  /** Undefined: there is never an answer. */
  const answerTo = async ({ stream, expected, events }: Append): Promise<streams.AppendResp | undefined> => {
    const fault = nextFault();
    if (fault?.kind === 'lost') throw commandError(status.UNAVAILABLE, 'Connection dropped');
    if (fault?.kind === 'not-leader') throw notLeader(leader());
    const outcome = await commit(() => log.append(stream, expected, events));
    if (fault?.kind === 'acknowledgement-lost') {
      if (fault.how === 'silence') return undefined;
      throw commandError(status.UNAVAILABLE, 'Connection dropped');
    }
    if (fault?.kind === 'commit-timeout') throw commandError(status.ABORTED, 'Operation timed out: Timeout waiting for commit');
    return appended(fault?.kind === 'position-unknown' ? withoutPosition(outcome) : outcome, expected);
  };
  return (call, callback) => {
    received(call)
      .then(async (append) => {
        assertAllowed(authorizationOf(call.metadata));
        assertTaken(append);
        const answer = await answerTo(append);
        await mayAnswer();
        if (answer !== undefined) callback(null, answer);
      })
      .catch((error: ServiceError) => callback(error));
  };
};

/** What a client sends before it goes away is not an append. */
const received = (call: Call): Promise<Append> =>
  new Promise((resolve, reject) => {
    let options: streams.AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    const giveUp = (): void => reject(commandError(status.INVALID_ARGUMENT, 'No options'));
    call.on('data', (request: streams.AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposedOf(message));
    });
    call.on('error', reject);
    call.on('cancelled', giveUp);
    const taken = (): void => {
      if (options === undefined || call.cancelled) giveUp();
      else resolve({ stream: nameOf(options.getStreamIdentifier()), expected: expectedOf(options), events });
    };
    // A call that its client breaks off ends like one that is whole, and is only then known as cancelled.
    call.on('end', () => setImmediate(() => setImmediate(taken)));
  });

const assertTaken = ({ stream, events }: Append): void => {
  if (stream === '') throw commandError(status.INVALID_ARGUMENT, 'Stream name is empty');
  const unnamed = events.find((event) => event.type === '' || event.contentType === '');
  if (unnamed !== undefined)
    throw commandError(status.INVALID_ARGUMENT, 'Required Metadata Property is missing', {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    });
  const bytes = events.reduce((sum, { data, metadata, type }) => sum + data.length + metadata.length + 2 * type.length, 0);
  if (bytes > appendBytesMax)
    throw commandError(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(appendBytesMax),
    });
};

const notLeader = ({ host, port }: { readonly host: string; readonly port: number }): ServiceError =>
  commandError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

const withoutPosition = (outcome: AppendOutcome): AppendOutcome =>
  outcome.status === 'success' ? { ...outcome, position: undefined } : outcome;
