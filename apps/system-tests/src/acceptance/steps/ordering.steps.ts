/** What a registrant orders, and what is reserved. */
import { decided, type Order } from '@conference/tools';
import { expect } from 'vitest';
import { historyOf } from '../ask.ts';
import { refusalOf } from '../refused.ts';
import { soon, withinMs } from '../soon.ts';
import { type SeatName, type SomeSeats, seatNames } from '../words.ts';
import type { World } from '../world.ts';
import { seatTypeIdOf } from './conference.ts';
import * as by from './registrant.ts';
import { stepsOf } from './step.ts';

const minuteMs = 60_000;
/** As `RESERVATION_SECONDS` has it when nobody sets it. */
const reservationMinutes = 15;

const available = (world: World, name: SeatName, count: number): Promise<unknown> =>
  soon(
    `seats of ${name} on offer`,
    () => by.availableOf(world, name),
    (is) => expect(is).toBe(count),
  );

const holds = (world: World, seats: readonly SomeSeats[]) => {
  const expected = by.selectionOf(world, seats);
  return ({ items }: Order): void => {
    const held = items.filter(({ reserved }) => reserved > 0).map(({ seatTypeId, reserved }) => ({ seatTypeId, quantity: reserved }));
    expect(held.toSorted((a, b) => a.seatTypeId.localeCompare(b.seatTypeId))).toEqual(
      expected.toSorted((a, b) => a.seatTypeId.localeCompare(b.seatTypeId)),
    );
  };
};

const history = (world: World, tells: (types: readonly unknown[]) => void): Promise<unknown> =>
  soon('history of the order', () => historyOf(world.running.get(), 'orders', world.order.get()), tells);

const place = async (world: World, seats: readonly SomeSeats[]): Promise<void> => world.order.set(await by.place(world, seats));

export const orderingSteps = stepsOf({
  'Given the registrant sees seats of every kind on offer': async (world) => {
    for (const { name } of world.conference.get().seatTypes) {
      const is = await by.availableOf(world, name as SeatName);
      expect(is).toBeGreaterThan(0);
    }
  },
  'Given the registrant has reserved {seats}': async (world, seats) => world.order.set(await by.reserve(world, seats)),
  'Given the registrant has given name and e-mail address': (world) => by.giveDetails(world, world.order.get()),
  'Given another registrant has reserved {seats}': (world, seats) => by.reserve(world, seats),

  'When the registrant orders {seats}': place,
  'When the registrant orders nothing': async (world) => {
    const { id: conferenceId, seatTypes } = world.conference.get();
    const items = seatTypes.map(({ id }) => ({ seatTypeId: id, quantity: 0 }));
    world.refusal.set(await refusalOf(world.running.get().system.registrant.place({ conferenceId, items })));
  },
  'When the registrant chooses {seats} instead': async (world, seats) => {
    const { system } = world.running.get();
    await system.registrant.chooseAgain(world.order.get(), by.selectionOf(world, seats));
    await decided(system, world.order.get(), withinMs);
  },
  'When all seats of {seatNames} are taken meanwhile': async (world, names) => {
    await by.takeAllSeats(world, names);
    for (const name of names) await available(world, name, 0);
  },
  'When {count} seats of {seat} are taken meanwhile': async (world, count, name) => {
    const before = (await by.availableOf(world, name)) ?? 0;
    await by.takeSeats(world, name, count);
    await available(world, name, before - count);
  },
  'When the registrant gives name and e-mail address': (world) => by.giveDetails(world, world.order.get()),
  'When the registrant gives no last name and “william” as e-mail address': async (world) => {
    const details = { firstName: 'William', lastName: '', email: 'william' };
    world.refusal.set(await refusalOf(world.running.get().system.registrant.giveDetails(world.order.get(), details)));
  },
  'When the registrant confirms the order without paying': (world) => world.running.get().system.registrant.confirm(world.order.get()),

  'Then all wanted seats are reserved': (world) => by.order(world, ({ state }) => expect(state).toBe('reserved')),
  'Then not all wanted seats are reserved': (world) => by.order(world, ({ state }) => expect(state).toBe('partially-reserved')),
  'Then of {count} wanted seats of {seat} {count} are reserved': (world, requested, name, reserved) =>
    by.order(world, ({ items }) =>
      expect(items).toContainEqual(
        expect.objectContaining({ seatTypeId: seatTypeIdOf(world.conference.get(), name), requested, reserved }),
      ),
    ),
  'Then the order holds {seats}': (world, seats) => by.order(world, holds(world, seats)),
  'Then the order holds no {seat}': (world, name) =>
    by.order(world, ({ items }) => {
      const seatTypeId = seatTypeIdOf(world.conference.get(), name);
      expect(items.filter((item) => item.seatTypeId === seatTypeId && item.reserved > 0)).toEqual([]);
    }),
  'Then the order holds nothing': (world) => by.order(world, holds(world, [])),
  'Then the total is {money}': (world, amount) => by.order(world, ({ total }) => expect(total).toEqual({ amount, currency: 'USD' })),
  'Then the countdown is running': async (world) => {
    const { reservationExpiresAt } = await by.orderOf(world);
    const leftMs = Date.parse(reservationExpiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan((reservationMinutes - 2) * minuteMs);
    expect(leftMs).toBeLessThanOrEqual(reservationMinutes * minuteMs);
  },
  'Then {seat} is sold out': (world, name) => available(world, name, 0),
  'Then all seats are sold out': async (world) => {
    for (const name of seatNames) await available(world, name, 0);
  },
  'Then {count} seats of {seat} can be had': (world, count, name) => available(world, name, count),
  'Then the order is confirmed': (world) => by.order(world, ({ state }) => expect(state).toBe('confirmed')),
  'Then the order is expired': (world) => by.order(world, ({ state }) => expect(state).toBe('expired')),
  'Then the order is still reserved': (world) => by.order(world, ({ state }) => expect(state).toBe('reserved')),
  'Then the order is free of charge': (world) => by.order(world, ({ isFreeOfCharge }) => expect(isFreeOfCharge).toBe(true)),
  'Then the order is registered for {person}': (world, person) =>
    by.order(world, ({ registrant }) => expect(registrant).toEqual(by.personOf(person))),
  'Then the order is registered for nobody': (world) => by.order(world, ({ registrant }) => expect(registrant).toBeNull()),
  'Then the history of the order tells {orderEvent}': (world, type) => history(world, (types) => expect(types).toContain(type)),
  'Then the history of the order tells {orderEvent} after {orderEvent}': (world, type, before) =>
    history(world, (types) => {
      expect(types).toContain(before);
      expect(types.lastIndexOf(type)).toBeGreaterThan(types.indexOf(before));
    }),
  'Then the history of the order does not tell {orderEvent}': (world, type) => history(world, (types) => expect(types).not.toContain(type)),

  'Then it is refused: {reason}': async (world, reason) => expect(world.refusal.get().message).toContain(reason),
});
