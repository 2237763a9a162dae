import { type StreamName, streamName } from '@conference/kernel';
import { expect, it } from 'vitest';
import { ownerOf } from './event-store-server.ts';

const ownerOfCategory = (category: string): string => ownerOf({ streamName: streamName(category, 'c') as StreamName });

it('each stream of a shared event store belongs to one service', () => {
  const owned = {
    'conference-management': ['Conference', 'ConferenceManagementInboxOrder', 'ConferenceManagementParked'],
    registration: [
      'Order',
      'SeatsAvailability',
      'SeatAssignments',
      'Refund',
      'Registration',
      'RegistrationInboxPayment',
      'RegistrationParked',
    ],
    payments: ['Payment', 'SimulatedCheckout', 'PaymentsInboxOrder', 'PaymentsParked'],
  };
  for (const [service, categories] of Object.entries(owned)) expect(categories.map(ownerOfCategory)).toEqual(categories.map(() => service));
  expect(() => ownerOfCategory('Orders')).toThrow('Orders-c is a stream of no service');
});
