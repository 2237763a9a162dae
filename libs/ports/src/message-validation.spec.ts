import type { Instant } from '@conference/kernel';
import { expect, test } from 'vitest';
import type { OutgoingMessage } from './message-broker.ts';
import { decodeMessage, encodeMessage, isMessage } from './message-validation.ts';

const message: OutgoingMessage = {
  messageId: 'm-1',
  sourceContext: 'registration',
  subject: 'Order-1',
  sequence: 0,
  key: 'Order-1',
  type: 'registration.OrderPlaced',
  schemaVersion: 1,
  data: { seats: 2 },
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: 'correlation', causationId: 'causation' },
};
const at = 'registration.facts.v1/0/7';

test('a message is read as it was written', () => {
  expect(decodeMessage(encodeMessage(message), at)).toEqual(message);
});

test.each(Object.keys(message))('a message without %s is none', (name) => {
  expect(isMessage({ ...message, [name]: undefined })).toBe(false);
});

test.each(['correlationId', 'causationId'])('a message whose metadata lack %s is none', (name) => {
  expect(isMessage({ ...message, metadata: { ...message.metadata, [name]: 7 } })).toBe(false);
});

test.each([-1, 1.5, '1', null, 2 ** 53])('%s is neither a sequence nor a schema version', (value) => {
  expect(isMessage({ ...message, sequence: value })).toBe(false);
  expect(isMessage({ ...message, schemaVersion: value })).toBe(false);
});

test.each(['', 'not JSON {', 'null', '[]', '7', '{"messageId":"m-1"}'])('%j is handed over as it is, with its place', (text) => {
  expect(decodeMessage(text, at)).toEqual({ undecodable: text, at });
});
