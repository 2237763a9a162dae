import { answersIn } from './failure.ts';

const messagesMax = 500;
const bytesMax = 512 * 1024;

type Sized = { readonly value: string };

/** Batches of at most 500 messages or 512 KiB, in order; a message that is larger goes alone. */
export const chunksOf = <M extends Sized>(messages: readonly M[]): readonly (readonly M[])[] => {
  const chunks: M[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.value);
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length >= messagesMax || bytes + size > bytesMax) {
      chunks.push([message]);
      bytes = size;
    } else {
      chunk.push(message);
      bytes += size;
    }
  }
  return chunks;
};

/** What sending the same again can do: nothing, only with a new producer, or its work. */
export type Verdict = 'refused' | 'producer is lost' | 'again';

const refusals = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
]);
const losses = new Set(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_ID_MAPPING']);

/** kafkajs calls unreachable brokers not retriable. */
export const verdictOf = (error: unknown): Verdict => {
  const answers = answersIn(error);
  if (answers.some((type) => refusals.has(type))) return 'refused';
  return answers.some((type) => losses.has(type)) ? 'producer is lost' : 'again';
};
