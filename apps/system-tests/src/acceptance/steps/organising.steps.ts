/** What an organiser does and sees at conference management. */
import { type Held, RequestRefused } from '@conference/tools';
import { expect } from 'vitest';
import { ask, historyOf, itemsOf } from '../ask.ts';
import { refusalOf } from '../refused.ts';
import { soon } from '../soon.ts';
import type { SeatName } from '../words.ts';
import type { World } from '../world.ts';
import * as conferences from './conference.ts';
import { stepsOf } from './step.ts';

const management = 'conference-management';

const details = (world: World, holds: (details: unknown) => void, held: Held = world.conference.get()): Promise<unknown> => {
  const { id, token } = held;
  return soon('details of the conference', () => ask(world.running.get(), management, `/v1/conferences/${id}`, { token }), holds);
};

const seatTypes = (world: World, holds: (seatTypes: readonly unknown[]) => void): Promise<unknown> => {
  const { id, token } = world.conference.get();
  const read = async () => itemsOf(await ask(world.running.get(), management, `/v1/conferences/${id}/seat-types`, { token }));
  return soon('seat types of the conference', read, holds);
};

const history = (world: World, holds: (types: readonly unknown[]) => void): Promise<unknown> =>
  soon('history of the conference', () => historyOf(world.running.get(), 'conferences', world.conference.get()), holds);

const listed = async (world: World): Promise<boolean> => {
  const { slug } = world.conference.get();
  try {
    return (await world.running.get().system.registrant.conference(slug)).slug === slug;
  } catch (error) {
    if (error instanceof RequestRefused && error.status === 404) return false;
    throw error;
  }
};

const inDollars = (price: number) => ({ amount: price, currency: 'USD' });

const addSeats = async (world: World, quota: number, name: SeatName, price: number): Promise<void> => {
  const added = await conferences.withSeatType(world.running.get(), world.conference.get(), { name, price, quota });
  world.conference.set(added);
};

const remove = async (world: World, name: SeatName): Promise<void> => {
  const { id, token } = world.conference.get();
  const path = `/v1/conferences/${id}/seat-types/${conferences.seatTypeIdOf(world.conference.get(), name)}`;
  await conferences.atCurrentVersion(world, (ifMatch) => ask(world.running.get(), management, path, { method: 'DELETE', token, ifMatch }));
};

export const organisingSteps = stepsOf({
  'Given a conference that is not published': async (world) => world.conference.set(await conferences.create(world.running.get())),
  'Given a published conference': async (world) => {
    world.conference.set(await conferences.create(world.running.get()));
    await conferences.openFor(world.running.get(), world.conference.get());
  },
  'Given a published conference with {count} seats each of {offers}': async (world, quota, offers) => {
    const running = world.running.get();
    const sold = offers.map((offer) => ({ ...offer, quota }));
    world.conference.set(await conferences.withSeatTypes(running, await conferences.create(running), sold));
    await conferences.openFor(running, world.conference.get());
  },
  'Given the conference has {count} seats of {seat} at {money}': addSeats,

  'When the organiser creates a conference': async (world) => world.conference.set(await conferences.create(world.running.get())),
  'When {count} conferences are created, each with {count} seats of {seat} at {money} and {count} seats of {seat} at {money}': async (
    world,
    ...[count, quota, name, price, otherQuota, otherName, otherPrice]
  ) => {
    const running = world.running.get();
    const sold = [
      { name, price, quota },
      { name: otherName, price: otherPrice, quota: otherQuota },
    ];
    const all = Array.from({ length: count }, async () => conferences.withSeatTypes(running, await conferences.create(running), sold));
    world.conferences.set(await Promise.all(all));
  },
  'When the organiser publishes the conference': (world) => world.running.get().system.organiser.publish(world.conference.get()),
  'When the organiser changes the description to {quote}': async (world, description) => {
    const { id, token, slug } = world.conference.get();
    const { owner: _, slug: __, ...plan } = conferences.planOf(slug);
    const body = { ...plan, description };
    await conferences.atCurrentVersion(world, (ifMatch) =>
      ask(world.running.get(), management, `/v1/conferences/${id}/details`, { method: 'PUT', token, body, ifMatch }),
    );
  },
  'When the organiser comes back with e-mail address and access code': async (world) => {
    const { id, accessCode } = world.conference.get();
    // Once only, when it can be found: failed attempts are counted.
    await details(world, (shown) => expect(shown).toMatchObject({ id }));
    const body = { email: conferences.emailOf('William Flash'), accessCode };
    const session = await ask(world.running.get(), management, '/v1/organizer-sessions', { method: 'POST', body });
    expect(session).toMatchObject({ token: expect.any(String), conferenceId: id });
    const { token, conferenceId } = session as { readonly token: string; readonly conferenceId: string };
    world.returned.set({ id: conferenceId, token });
  },
  'When the organiser adds {count} seats of {seat} at {money}': addSeats,
  'When the organiser changes {seat} to {count} seats at {money}': async (world, name, quota, price) => {
    const id = conferences.seatTypeIdOf(world.conference.get(), name);
    const body = conferences.seatTypeOf({ name, price, quota });
    const { organiser } = world.running.get().system;
    await conferences.atCurrentVersion(world, (ifMatch) => organiser.updateSeatType(world.conference.get(), id, body, ifMatch));
  },
  'When the organiser removes {seat}': remove,
  'When the organiser tries to remove {seat}': async (world, name) => world.refusal.set(await refusalOf(remove(world, name))),
  'When somebody creates a conference with the same address': async (world) => {
    const plan = conferences.planOf(world.conference.get().slug);
    world.refusal.set(await refusalOf(world.running.get().system.organiser.create(plan)));
  },
  'When somebody creates a conference without a name and a location': async (world) => {
    const plan = { ...conferences.planOf(conferences.newSlug()), name: '', location: ' ' };
    world.refusal.set(await refusalOf(world.running.get().system.organiser.create(plan)));
  },

  'Then the conference belongs to {person}': (world, person) =>
    details(world, (shown) => expect(shown).toMatchObject({ owner: { name: person, email: conferences.emailOf(person) } })),
  'Then the organiser is given an access code of {count} characters': async (world, length) =>
    expect(world.conference.get().accessCode).toMatch(new RegExp(`^[0-9A-HJKMNP-TV-Z]{${length}}$`)),
  'Then the access code of another conference is another one': async (world) => {
    const { accessCode } = await conferences.create(world.running.get());
    expect(accessCode).not.toBe(world.conference.get().accessCode);
  },
  'Then the conference is published': (world) => details(world, (shown) => expect(shown).toMatchObject({ isPublished: true })),
  'Then the conference is not published': (world) => details(world, (shown) => expect(shown).toMatchObject({ isPublished: false })),
  'Then registration shows the conference': (world) =>
    soon(
      'conference at registration',
      () => listed(world),
      (is) => expect(is).toBe(true),
    ),
  'Then registration does not show the conference': async (world) => expect(await listed(world)).toBe(false),
  'Then the conference says {quote}': (world, description) => details(world, (shown) => expect(shown).toMatchObject({ description })),
  'Then the organiser sees the details of the conference': async (world) => {
    const plan = conferences.planOf(world.conference.get().slug);
    await details(world, (shown) => expect(shown).toMatchObject(plan), world.returned.get());
  },
  'Then the organiser sees {count} seats of {seat} at {money}': async (world, quota, name, price) => {
    const seatType = { ...conferences.seatTypeOf({ name, price, quota }), price: inDollars(price) };
    await seatTypes(world, (shown) => expect(shown).toContainEqual(expect.objectContaining(seatType)));
  },
  'Then the organiser sees no {seat}': (world, name) =>
    seatTypes(world, (shown) => expect(shown).not.toContainEqual(expect.objectContaining({ name }))),
  'Then each of them shows {count} seats of {seat} and {count} seats of {seat}': async (world, ...[quota, name, otherQuota, otherName]) => {
    const { organiser } = world.running.get().system;
    const expected = [
      { name, quota },
      { name: otherName, quota: otherQuota },
    ];
    for (const conference of world.conferences.get()) {
      const shown = async () => (await organiser.seatTypes(conference)).map((one) => ({ name: one.name, quota: one.quota }));
      await soon('seat types', shown, (seatTypesShown) => expect(seatTypesShown).toEqual(expected));
    }
  },
  'Then the history of the conference tells {conferenceEvent}': (world, type) => history(world, (types) => expect(types).toContain(type)),
  'Then the history of the conference tells {conferenceEvent} {count} times': (world, type, count) =>
    history(world, (types) => expect(types.filter((one) => one === type)).toHaveLength(count)),
});
