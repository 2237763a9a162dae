/** Who sits where: the seats of a confirmed order; and how its registrant finds it again. */
import type { Seat } from '@conference/tools';
import { expect } from 'vitest';
import { soon } from '../soon.ts';
import type { SeatName } from '../words.ts';
import type { World } from '../world.ts';
import * as by from './registrant.ts';
import { stepsOf } from './step.ts';

const seatsOf = (world: World): Promise<readonly Seat[]> => world.running.get().system.registrant.seats(world.order.get());
const seats = (world: World, holds: (seats: readonly Seat[]) => void): Promise<readonly Seat[]> =>
  soon('seats of the order', () => seatsOf(world), holds);

const isFree = ({ attendee }: Seat): boolean => attendee === null;
const positionOf = (all: readonly Seat[], name: SeatName): number => {
  const free = all.find((seat) => seat.seatTypeName === name && isFree(seat));
  if (free === undefined) throw new Error(`no seat of ${name} is free`);
  return free.position;
};

const assign: (world: World, name: SeatName, ...person: Parameters<typeof by.personOf>) => Promise<void> = async (world, name, person) => {
  const all = await seats(world, (list) => expect(list).not.toEqual([]));
  const position = positionOf(all, name);
  await world.running.get().system.registrant.assignSeat(world.order.get(), position, by.personOf(person));
  await seats(world, (list) => expect(list[position]?.attendee).toEqual(by.personOf(person)));
};

export const assigningSteps = stepsOf({
  'When the registrant assigns a seat of {seat} to {person}': assign,
  'When the registrant comes back with e-mail address and access code': async (world) => {
    const { system } = world.running.get();
    // Once only, when it can be found: failed attempts are counted.
    const { accessCode } = await by.order(world, (is) => expect(is.registrant).toEqual(by.registrant));
    const { slug } = world.conference.get();
    const { orderId, token } = await system.registrant.openSession({ slug, email: by.registrant.email, accessCode });
    world.found.set(await system.registrant.order({ id: orderId, token }));
  },
  'Then the registrant finds the order again': async (world) => expect(world.found.get()).toEqual(await by.orderOf(world)),
  'Then {seats} can be assigned': async (world, expected) => {
    const all = await seats(world, (list) => expect(list).toHaveLength(expected.reduce((sum, { quantity }) => sum + quantity, 0)));
    for (const { name, quantity } of expected) expect(all.filter((seat) => seat.seatTypeName === name)).toHaveLength(quantity);
    expect(all.filter(isFree)).toEqual(all);
  },
  'Then {person} has a seat of {seat}': (world, person, name) =>
    seats(world, (list) => {
      const taken = list.filter(({ seatTypeName }) => seatTypeName === name).map(({ attendee }) => attendee);
      expect(taken).toContainEqual(by.personOf(person));
    }),
  'Then all seats are assigned': (world) => seats(world, (list) => expect(list.filter(isFree)).toEqual([])),
  'Then {count} of {count} seats are assigned': (world, assigned, count) =>
    seats(world, (list) => {
      expect(list).toHaveLength(count);
      expect(list.filter((seat) => !isFree(seat))).toHaveLength(assigned);
    }),
  'Then no seat of {seat} is assigned': (world, name) =>
    seats(world, (list) => {
      const ofThem = list.filter(({ seatTypeName }) => seatTypeName === name);
      expect(ofThem).not.toEqual([]);
      expect(ofThem.filter(isFree)).toEqual(ofThem);
    }),
  'Then the organiser sees {count} attendees': (world, count) =>
    soon(
      'attendees',
      () => world.running.get().system.organiser.attendees(world.conference.get()),
      (all) => expect(all).toHaveLength(count),
    ),
});
