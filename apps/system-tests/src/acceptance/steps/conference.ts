/** What the organiser's steps are made of. */
import { randomUUID } from 'node:crypto';
import { eventually, type NewSeatType, RequestRefused, type SystemClient } from '@conference/tools';
import { expect } from 'vitest';
import type { StartedSystem } from '../../system.fixture.ts';
import { soon, withinMs } from '../soon.ts';
import type { Offer, PersonName, SeatName } from '../words.ts';
import type { Conference, World } from '../world.ts';

export const emailOf = (person: PersonName): string => `${person.split(' ')[0]?.toLowerCase()}@fabrikam.com`;

type NewConference = Parameters<SystemClient['organiser']['create']>[0];

/** Of nobody else. */
export const newSlug = (): string => `c_${randomUUID().replaceAll('-', '')}`;

export const planOf = (slug: string): NewConference => ({
  name: 'Fabrikam Days',
  description: 'Ten days of talks and workshops.',
  location: 'Redmond',
  slug,
  startDate: '2012-05-02',
  endDate: '2012-05-12',
  owner: { name: 'William Flash', email: emailOf('William Flash') },
});

export const create = async ({ system, journal }: StartedSystem): Promise<Conference> => {
  const created = await system.organiser.create(planOf(newSlug()));
  const { id, token, slug } = created;
  journal.conference({ id, token, slug });
  return { ...created, seatTypes: [] };
};

export type Sold = Offer & { readonly quota: number };
export const seatTypeOf = ({ name, price, quota }: Sold): NewSeatType => ({ name, price, quota, description: `${name}.` });

/** The conference with one more seat type. */
export const withSeatType = async ({ system }: StartedSystem, conference: Conference, sold: Sold): Promise<Conference> => {
  const { id } = await system.organiser.createSeatType(conference, seatTypeOf(sold));
  return { ...conference, seatTypes: [...conference.seatTypes, { ...sold, id }] };
};

export const withSeatTypes = async (running: StartedSystem, conference: Conference, sold: readonly Sold[]): Promise<Conference> => {
  let all = conference;
  for (const one of sold) all = await withSeatType(running, all, one);
  return all;
};

/** Published, and known as such at registration. */
export const openFor = async ({ system }: StartedSystem, conference: Conference): Promise<void> => {
  await system.organiser.publish(conference);
  await soon(
    'seats on offer',
    () => system.registrant.seatTypes(conference.slug).catch(() => undefined),
    (offered) => expect(offered?.map(({ id }) => id).toSorted()).toEqual(conference.seatTypes.map(({ id }) => id).toSorted()),
  );
};

export const seatTypeIdOf = ({ seatTypes }: Conference, name: SeatName): string => {
  const seatType = seatTypes.find((one) => one.name === name);
  if (seatType === undefined) throw new Error(`the conference has no seats called ${name}`);
  return seatType.id;
};

/** A command on the conference as it is; the version that is read may be behind the command before. */
export const atCurrentVersion = async (world: World, command: (version: number) => Promise<unknown>): Promise<void> => {
  const { organiser } = world.running.get().system;
  const attempt = async (): Promise<boolean> => {
    const { version } = await organiser.conference(world.conference.get());
    const refusal = await command(version).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) return true;
    if (refusal instanceof RequestRefused && refusal.status === 412) return false;
    throw refusal;
  };
  await eventually('command at the current version', attempt, (isDone) => isDone, { withinMs });
};
