import { type InboundMessage, isMessage, type OutgoingMessage } from '@conference/ports';

export interface KafkaRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: { readonly [name: string]: Buffer | string | (Buffer | string)[] | undefined };
}

/** CloudEvents 1.0, Kafka protocol binding, binary mode: the value is the public event, everything about it is in the headers. */
export const recordOf = (message: OutgoingMessage) => ({
  key: message.key,
  value: JSON.stringify(message.data),
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: message.messageId,
    ce_source: `/${message.sourceContext}`,
    ce_type: message.type,
    ce_subject: message.subject,
    ce_time: message.occurredAt,
    ce_partitionkey: message.key,
    ce_sequence: String(message.sequence),
    ce_schemaversion: String(message.schemaVersion),
    ce_correlationid: message.metadata.correlationId,
    ce_causationid: message.metadata.causationId,
    ...(message.metadata.traceparent === undefined ? {} : { ce_traceparent: message.metadata.traceparent }),
  },
});

/** Never throws: whatever lies in the topic is handed over, as a message or as what could not be read as one. */
export const messageOfRecord = (record: KafkaRecord, at: string): InboundMessage => {
  const message = candidateOf(record);
  return isMessage(message) ? message : { undecodable: record.value?.toString() ?? '', at };
};

const candidateOf = ({ value, key, headers = {} }: KafkaRecord): unknown => {
  const header = (name: string): string | undefined => headers[name]?.toString();
  const traceparent = header('ce_traceparent');
  return {
    messageId: header('ce_id'),
    sourceContext: header('ce_source')?.replace(/^\//, ''),
    subject: header('ce_subject'),
    sequence: countOf(header('ce_sequence')),
    key: header('ce_partitionkey') ?? key?.toString(),
    type: header('ce_type'),
    schemaVersion: countOf(header('ce_schemaversion')),
    data: jsonOf(value?.toString() ?? ''),
    occurredAt: header('ce_time'),
    metadata: {
      correlationId: header('ce_correlationid'),
      causationId: header('ce_causationid'),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
};

const countOf = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
