/** An event as the message in which a read or a subscription sends it, by the client's own definitions. */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { LoggedEvent } from './log.ts';

const { ReadResp } = streams;

export const encodedEvent = (event: LoggedEvent): Uint8Array => {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(new shared.UUID().setString(event.id));
  recorded.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream, 'utf8')));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType).set('created', String(event.createdTicks));
  const read = new ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  return new ReadResp().setEvent(read).serializeBinary();
};

export const decodedEvent = (message: Uint8Array): LoggedEvent => {
  const recorded = ReadResp.deserializeBinary(message).getEvent()?.getEvent();
  if (recorded === undefined) throw new TypeError('the message is no event');
  const metadata = recorded.getMetadataMap();
  return {
    id: recorded.getId()?.getString() ?? '',
    stream: Buffer.from(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array()).toString('utf8'),
    revision: Number(recorded.getStreamRevision()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: recorded.getData_asU8(),
    metadata: recorded.getCustomMetadata_asU8(),
    position: BigInt(recorded.getCommitPosition()),
    createdTicks: BigInt(metadata.get('created') ?? 0),
  };
};
