/** What the registrant's steps are made of. */
import { confirmedOrRefunded, decidePayment, type Held, type Order, placeOrder, type Selection, startPayment } from '@conference/tools';
import { expect } from 'vitest';
import { soon, withinMs } from '../soon.ts';
import type { PersonName, SeatName, SomeSeats } from '../words.ts';
import type { World } from '../world.ts';
import { emailOf, seatTypeIdOf } from './conference.ts';

/** The most of one type in one order. */
const quantityMax = 20;

export const personOf = (person: PersonName) => {
  const [firstName = '', lastName = ''] = person.split(' ');
  return { firstName, lastName, email: emailOf(person) };
};
export const registrant = personOf('William Flash');

export const selectionOf = (world: World, seats: readonly SomeSeats[]): Selection =>
  seats.map(({ name, quantity }) => ({ seatTypeId: seatTypeIdOf(world.conference.get(), name), quantity }));

/** What the journey's building blocks need. */
export const journeyOf = (world: World) => world.running.get().at(world.conference.get());

/** Placed, and decided. */
export const place = async (world: World, seats: readonly SomeSeats[]): Promise<Held> => {
  const { held } = await placeOrder({ ...journeyOf(world), waitMs: withinMs }, selectionOf(world, seats));
  return held;
};

export const orderOf = (world: World, held: Held = world.order.get()): Promise<Order> => world.running.get().system.registrant.order(held);

/** The registrant's order, once it is as the assertion says. */
export const order = (world: World, holds: (order: Order) => void): Promise<Order> => soon('the order', () => orderOf(world), holds);

export const reserve = async (world: World, seats: readonly SomeSeats[]): Promise<Held> => {
  const held = await place(world, seats);
  expect(await orderOf(world, held)).toMatchObject({ state: 'reserved' });
  return held;
};

export const giveDetails = (world: World, held: Held): Promise<unknown> =>
  world.running.get().system.registrant.giveDetails(held, registrant);

export const startPaying = (world: World, held: Held): Promise<Held> => startPayment({ ...journeyOf(world), waitMs: withinMs }, held);
export const decide = (world: World, held: Held, payment: Held, outcome: 'accepted' | 'rejected'): Promise<void> =>
  decidePayment(journeyOf(world), held, payment.id, outcome);

/** Of a reserved order with a registrant: paid and confirmed. */
export const buy = async (world: World, held: Held): Promise<void> => {
  await decide(world, held, await startPaying(world, held), 'accepted');
  expect(await confirmedOrRefunded({ ...journeyOf(world), waitMs: withinMs }, held)).toMatchObject({ state: 'confirmed' });
};

export const availableOf = async (world: World, name: SeatName): Promise<number | undefined> => {
  const { running, conference } = world;
  const offered = await running.get().system.registrant.seatTypes(conference.get().slug);
  return offered.find(({ id }) => id === seatTypeIdOf(conference.get(), name))?.available;
};

const inOrders = (quantity: number): readonly number[] =>
  Array.from({ length: Math.ceil(quantity / quantityMax) }, (_, index) => Math.min(quantityMax, quantity - index * quantityMax));

/** Somebody else's orders for as many seats. */
export const takeSeats = async (world: World, name: SeatName, quantity: number): Promise<readonly Held[]> => {
  const taken = await Promise.all(inOrders(quantity).map((one) => reserve(world, [{ name, quantity: one }])));
  return taken;
};

/** Somebody else's orders for all seats that there still are. */
export const takeAllSeats = async (world: World, names: readonly SeatName[]): Promise<readonly Held[]> => {
  const taken = await Promise.all(names.map(async (name) => takeSeats(world, name, (await availableOf(world, name)) ?? 0)));
  return taken.flat();
};
