import type { InboundMessage, OutgoingMessage } from './message-broker.ts';

/** What lies in the broker may be anyone's. Guarantees the type of every member that a receiver reads; `data` is the event codec's to judge. */
export const isMessage = (value: unknown): value is OutgoingMessage =>
  isRecord(value) &&
  texts.every((name) => typeof value[name] === 'string') &&
  isCount(value['sequence']) &&
  isCount(value['schemaVersion']) &&
  isRecord(value['data']) &&
  isRecord(value['metadata']) &&
  typeof value['metadata']['correlationId'] === 'string' &&
  typeof value['metadata']['causationId'] === 'string';

export const encodeMessage = (message: OutgoingMessage): string => JSON.stringify(message);

/** Never throws: whatever lies there is handed over, as a message or as what could not be read as one. */
export const decodeMessage = (text: string, at: string): InboundMessage => {
  try {
    const value: unknown = JSON.parse(text);
    return isMessage(value) ? value : { undecodable: text, at };
  } catch {
    return { undecodable: text, at };
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const texts = ['messageId', 'sourceContext', 'subject', 'key', 'type', 'occurredAt'] as const;
