/** Between the log and the messages of the protocol, as the client's own definitions have them. */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendOutcome, ExpectedRevision, ProposedEvent, StreamEvents } from './log.ts';

const { ReadResp, AppendResp, AppendReq, ReadReq } = streams;

export const nameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? new Uint8Array()).toString('utf8');

export const expectedOf = (options: streams.AppendReq.Options): ExpectedRevision => {
  const { REVISION, NO_STREAM, STREAM_EXISTS } = AppendReq.Options.ExpectedStreamRevisionCase;
  switch (options.getExpectedStreamRevisionCase()) {
    case REVISION:
      return { kind: 'exact', revision: Number(options.getRevision()) };
    case NO_STREAM:
      return { kind: 'no-stream' };
    case STREAM_EXISTS:
      return { kind: 'stream-exists' };
    default:
      return { kind: 'any' };
  }
};

export const proposedOf = (message: streams.AppendReq.ProposedMessage): ProposedEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

export const appended = (outcome: AppendOutcome, expected: ExpectedRevision): streams.AppendResp => {
  if (outcome.status === 'wrong-expected-version') return refused(outcome.current, expected);
  const success = new AppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  if (outcome.position === undefined) success.setNoPosition(new shared.Empty());
  else {
    const position = new AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
  }
  return new AppendResp().setSuccess(success);
};

const refused = (current: number, expected: ExpectedRevision): streams.AppendResp => {
  const wrong = new AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  if (expected.kind === 'exact') wrong.setExpectedRevision(String(expected.revision));
  if (expected.kind === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  if (expected.kind === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
  return new AppendResp().setWrongExpectedVersion(wrong);
};

export const streamNotFound = (stream: string): streams.ReadResp => {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
  return new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier));
};
export const confirmation = (id: string): streams.ReadResp =>
  new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(id));
export const checkpoint = (position: bigint): streams.ReadResp =>
  new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)));
export const caughtUp = (): streams.ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());
export const fellBehind = (): streams.ReadResp => new ReadResp().setFellBehind(new ReadResp.FellBehind());

/** The revision where a read of one stream begins. */
export const streamStart = (
  { first, indexes }: StreamEvents,
  options: streams.ReadReq.Options.StreamOptions,
  isBackwards: boolean,
): number => {
  const { REVISION, START } = ReadReq.Options.StreamOptions.RevisionOptionCase;
  switch (options.getRevisionOptionCase()) {
    case REVISION: {
      const revision = Number(options.getRevision());
      return isBackwards ? Math.min(revision, indexes.length - 1) : Math.max(revision, first);
    }
    case START:
      return isBackwards ? 0 : first;
    default:
      return isBackwards ? indexes.length - 1 : indexes.length;
  }
};
