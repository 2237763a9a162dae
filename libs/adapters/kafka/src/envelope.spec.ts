import type { Instant } from '@conference/kernel';
import type { OutgoingMessage } from '@conference/ports';
import { expect, test } from 'vitest';
import { messageOfRecord, recordOf } from './envelope.ts';

const message: OutgoingMessage = {
  messageId: 'm-1',
  sourceContext: 'registration',
  subject: 'Order-1',
  sequence: 4,
  key: 'naïve – 東京 😀',
  type: 'registration.OrderPlaced',
  schemaVersion: 2,
  data: { seats: 2 },
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: {
    correlationId: 'correlation',
    causationId: 'causation',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
};
const at = 'registration.facts.v1/0/7';

test('a message is read as it was written, with a trace and without', () => {
  const { traceparent: _, ...untraced } = message.metadata;
  for (const each of [message, { ...message, metadata: untraced }]) expect(messageOfRecord(recordOf(each), at)).toEqual(each);
});

test('the headers are those of a CloudEvent in binary mode, and the value is the public event alone', () => {
  const { headers, value } = recordOf(message);
  expect(headers).toMatchObject({
    ce_specversion: '1.0',
    ce_id: 'm-1',
    ce_source: '/registration',
    ce_type: 'registration.OrderPlaced',
    ce_sequence: '4',
  });
  expect(JSON.parse(value)).toEqual({ seats: 2 });
});

test.each([
  'ce_id',
  'ce_source',
  'ce_type',
  'ce_subject',
  'ce_time',
  'ce_sequence',
  'ce_schemaversion',
  'ce_correlationid',
  'ce_causationid',
])('a record without %s is handed over as undecodable, with its place', (name) => {
  const record = recordOf(message);
  expect(messageOfRecord({ ...record, headers: { ...record.headers, [name]: undefined } }, at)).toEqual({ undecodable: record.value, at });
});

test.each(['', '-1', '1.5', '0x1', 'seven', '99999999999999999999'])('a sequence of %j makes a record undecodable', (sequence) => {
  const record = recordOf(message);
  expect(messageOfRecord({ ...record, headers: { ...record.headers, ce_sequence: sequence } }, at)).toEqual({
    undecodable: record.value,
    at,
  });
});

test('a record of nothing is undecodable', () => {
  expect(messageOfRecord({ key: null, value: null }, at)).toEqual({ undecodable: '', at });
});
