import type { InboundMessage, OutgoingMessage } from '@conference/ports';

export const encodeMessage = (message: OutgoingMessage): string => JSON.stringify(message);

/** As an engine does it: what cannot be read as a message is handed over as that. */
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
const texts = ['messageId', 'sourceContext', 'subject', 'key', 'type', 'occurredAt'] as const;

const isMessage = (value: unknown): value is OutgoingMessage =>
  isRecord(value) &&
  texts.every((name) => typeof value[name] === 'string') &&
  Number.isSafeInteger(value['sequence']) &&
  Number.isSafeInteger(value['schemaVersion']) &&
  isRecord(value['data']) &&
  isRecord(value['metadata']) &&
  typeof value['metadata']['correlationId'] === 'string' &&
  typeof value['metadata']['causationId'] === 'string';

/** FNV-1a: the same key always lands in the same partition. */
export const partitionOf = (key: string, partitions: number): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
};
