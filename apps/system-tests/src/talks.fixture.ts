/** What the specs about operators, faults and read models do over and over with a running system. */
import { type Held, type OpenConference, placeOrder, type ServiceName } from '@conference/tools';
import { expect } from 'vitest';
import { type Operator, operatorOf } from './operator.fixture.ts';
import type { StartedSystem } from './system.fixture.ts';

export const person = { firstName: 'Ada', lastName: 'Ahmed', email: 'ada@example.com' };

export const talksOf = (running: () => StartedSystem) => {
  const items = (conference: OpenConference, quantity = 1) => [{ seatTypeId: conference.seatTypes[0]?.id ?? '', quantity }];
  return {
    operatorAt: (service: ServiceName): Operator => operatorOf(running().services.addresses[service], running().services.dataDir),
    /** A conference with many seats of one type. */
    openOne: (): Promise<OpenConference> => running().open([{ name: 'Talks', price: 10_000, quota: 500 }]),
    items,
    /** An order of one seat, which is held. */
    place: async (conference: OpenConference): Promise<Held> => {
      const { held, order } = await placeOrder(running().at(conference), items(conference));
      expect(order.state).toBe('reserved');
      return held;
    },
  };
};
