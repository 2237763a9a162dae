import type { Command, Instant, Message, ProcessEvent } from '@conference/kernel';
import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { expect, test } from 'vitest';
import { type ParkedMessagesEvent, parkedMessagesProjection } from './parking/parked-messages.ts';
import { deadlinesOf } from './process-manager-runner.ts';

const at = (minute: number) => `2027-05-02T09:0${minute}:00.000Z` as Instant;

type Parked = Extract<ParkedMessagesEvent, { type: 'MessageParked' }>;
const parked = (id: string, attempts = 1): Parked => ({
  type: 'MessageParked',
  data: {
    id,
    consumer: 'import',
    subject: 'Order-1',
    sequence: 7,
    type: 'OrderPlaced',
    content: { kind: 'message', topic: 'orders', message: { email: 'who@example.com' } },
    error: 'Gap: too early',
    attempts,
    parkedAt: at(attempts),
  },
});
const retried = (id: string): ParkedMessagesEvent => ({ type: 'MessageRetried', data: { id } });
const skipped = (id: string): ParkedMessagesEvent => ({ type: 'MessageSkipped', data: { id, reason: 'by mistake' } });
const messages = parkedMessagesProjection('BarParked');

test('what is parked is listed without its content, until it is tried again or given up', () => {
  const { content: _, ...listed } = parked('m1').data;
  const document = { ...listed, kind: 'message' } as const;
  specForProjection(messages)
    .given('BarParked-Order-1', parked('m1'))
    .then('m1', document)
    .given('BarParked-Order-1', retried('m1'))
    .then('m1', undefined)
    .given('BarParked-Order-1', parked('m1', 2))
    .then('m1', { ...document, attempts: 2, parkedAt: at(2) })
    .given('BarParked-Order-1', skipped('m1'))
    .then('m1', undefined);
  expect(JSON.stringify(document)).not.toContain('example.com');
});

test('the list is the same in whatever order, with whatever repeats, subjects come', () =>
  projectionLaws(messages, {
    'BarParked-Order-1': [parked('m1'), parked('m2'), retried('m1'), parked('m1', 2), skipped('m2'), retried('m1')],
    'BarParked-Order-2': [parked('m3'), skipped('m3')],
    'BarParked-Order-3': [parked('m4'), retried('m4'), parked('m4', 2)],
  }));

type Change = ProcessEvent<Message, Command>['data']['deadlines'][number];
const handled = (...deadlines: readonly Change[]): ProcessEvent<Message, Command> => ({
  type: 'InputHandled',
  data: { input: { message: { type: 'Told', data: {} }, id: 'i', causationId: 'c', receivedAt: at(0) }, commands: [], deadlines },
});
const deadlines = deadlinesOf('Tab');

test('a deadline is there while it is set, with the event that set it', () => {
  const set = { process: 'Tab', instance: '1', deadline: 'close', dueAt: at(1), setBy: 'Tab-1/0', correlationId: 'Tab-1' };
  specForProjection(deadlines)
    .given('Tab-1', handled({ set: 'close', at: at(1) }))
    .then('1/close', set)
    .given('Tab-1', handled({ set: 'close', at: at(2) }, { set: 'remind', at: at(3) }))
    .then('1/close', { ...set, dueAt: at(2), setBy: 'Tab-1/1' })
    .then('1/remind', { ...set, deadline: 'remind', dueAt: at(3), setBy: 'Tab-1/1' })
    .given('Tab-1', handled({ clear: 'close' }))
    .then('1/close', undefined)
    .then('1/remind', { ...set, deadline: 'remind', dueAt: at(3), setBy: 'Tab-1/1' });
});

test('the deadlines are the same in whatever order, with whatever repeats, processes come', () =>
  projectionLaws(deadlines, {
    'Tab-1': [handled({ set: 'close', at: at(1) }), handled(), handled({ clear: 'close' }), handled({ set: 'close', at: at(4) })],
    'Tab-2': [handled({ set: 'close', at: at(2) }, { set: 'remind', at: at(1) }), handled({ clear: 'remind' })],
    'Tab-3': [handled({ clear: 'close' })],
  }));
