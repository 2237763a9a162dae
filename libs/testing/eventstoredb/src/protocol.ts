import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleClientStreamingCall, handleServerStreamingCall, Metadata, ServerWritableStream } from '@grpc/grpc-js';

/** An event is sent as it lies in the log. */
export type Sent = streams.ReadResp | Buffer;
export type ReadCall = ServerWritableStream<streams.ReadReq, Sent>;
export type ReadHandler = handleServerStreamingCall<streams.ReadReq, Sent>;
export type AppendHandler = handleClientStreamingCall<streams.AppendReq, streams.AppendResp>;

const { read, append } = streamsGrpc.StreamsService;

/** Of the server's service what the services use; a call of anything else is answered as not implemented. */
export const service = {
  read: { ...read, responseSerialize: (sent: Sent): Buffer => (Buffer.isBuffer(sent) ? sent : Buffer.from(sent.serializeBinary())) },
  append,
};

export const authorizationOf = (metadata: Metadata): string | undefined => metadata.get('authorization')[0]?.toString();
