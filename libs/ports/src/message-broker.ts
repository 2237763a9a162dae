import type { Instant, JsonObject, MessageMetadata } from '@conference/kernel';

export type OutgoingMessage = {
  /** The event's id. */
  readonly messageId: string;
  /** `registration`: who says it. */
  readonly sourceContext: string;
  /** The published stream, `<Category>-<id>`. A category belongs to one context. */
  readonly subject: string;
  /** The stream's version. Every event of a published stream yields one message, so a hole is a loss. */
  readonly sequence: number;
  /** For partitioning only; identity and order are subject and sequence. */
  readonly key: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonObject;
  readonly occurredAt: Instant;
  /** Actor and reason stay inside the context. */
  readonly metadata: Pick<MessageMetadata, 'correlationId' | 'causationId' | 'traceparent'>;
};

/** What a broker hands over when the bytes are not a message of ours: parked by the runtime, and shown. */
export interface UndecodableMessage {
  readonly undecodable: string;
  /** Where it lies (`<topic>/<partition>/<offset>`): its identity. */
  readonly at: string;
}
export type InboundMessage = OutgoingMessage | UndecodableMessage;

export interface InboundBatch {
  readonly topic: string;
  /** One partition's next messages, in order. */
  readonly messages: readonly InboundMessage[];
}

export interface Subscription {
  /** Back-pressure: no further batch until `resume`. */
  pause(): void;
  resume(): void;
  /** Messages in the topics after the last acknowledged one. */
  lag(): Promise<number>;
  health(): 'consuming' | 'paused' | 'reconnecting' | 'failed';
  /** After the signal and the last acknowledgement. */
  readonly ended: Promise<void>;
}

export interface MessageBroker {
  /** In order, and durable when resolved. When it throws (`EngineUnavailable` while the broker is away), send the same again: some may have arrived. */
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Members of a group share the partitions; groups are independent of each other. Returning from `handle` acknowledges
   * the batch. Throwing delivers it again after a pause, and never skips it: retries, parking and skipping are the
   * runtime's, which knows subjects. A topic that does not exist yet is waited for.
   */
  subscribe(options: {
    readonly topics: readonly string[];
    readonly group: string;
    readonly from: 'earliest' | 'latest';
    readonly signal: AbortSignal;
    readonly handle: (batch: InboundBatch) => Promise<void>;
  }): Promise<Subscription>;
  close(): Promise<void>;
}
