import { conferenceIdOf, type SeatTypeDetails } from '@conference/conference-management-application';
import type { JournalWriter } from '@conference/tools';
import { type Client, createClient } from './client.ts';
import type { World } from './world.ts';

const slug = 'simulated-2027';
const details = {
  name: 'Simulated 2027',
  description: 'A conference',
  location: 'Nowhere',
  tagline: null,
  twitterSearch: null,
  startDate: '2027-09-01',
  endDate: '2027-09-03',
} as const;

/** A conference that registrants can find; seat types as the organiser knows them. */
export interface OpenConference {
  readonly conferenceId: string;
  readonly seatTypes: readonly SeatTypeDetails[];
}

const catalogueLooks = 240;

/** Creates and publishes it, and waits until registration offers its seats; undefined when that takes too long. */
export const openConference = async (world: World, journal: JournalWriter): Promise<OpenConference | undefined> => {
  const organiser = createClient(world, 'organiser');
  const { conferenceManagement: host, registration, workload } = world;
  const conferenceId = conferenceIdOf(slug);
  await organiser.send(host, 'create conference', ({ commands }, context) =>
    commands.createConference(
      { ...details, slug, currency: 'USD', owner: { name: 'Olga', email: 'olga@example.org' }, accessCode: 'ORGANISER' },
      context,
    ),
  );
  journal.conference({ id: conferenceId, slug, token: '' });
  const seatTypes = workload.seatTypes.map(({ price, quota }, index) => ({
    seatTypeId: organiser.chance.uuid(),
    name: `Type ${index + 1}`,
    description: 'Seats',
    price,
    quota,
  }));
  for (const seatType of seatTypes)
    await organiser.send(host, 'create seat type', ({ commands }, context) =>
      commands.createSeatType({ conferenceId, ...seatType }, context),
    );
  await organiser.send(host, 'publish', ({ commands }, context) => commands.publishConference({ conferenceId }, context));
  const offered = await organiser.look(
    registration,
    async ({ queries }) => {
      const found = await queries.publishedConference(slug);
      return found !== undefined && seatTypes.every(({ seatTypeId }) => found.seats[seatTypeId] !== undefined) ? found : undefined;
    },
    catalogueLooks,
  );
  return offered === undefined ? undefined : { conferenceId, seatTypes };
};

/** What an organiser changes while people register: quotas (also below what is sold), prices, whether it is published. */
export const changeConference = async (world: World, { conferenceId, seatTypes }: OpenConference): Promise<void> => {
  const organiser: Client = createClient(world, 'organiser/changes');
  const { chance } = organiser;
  const { conferenceManagement: host, workload } = world;
  const current = [...seatTypes];

  const update = async (change: Partial<SeatTypeDetails>): Promise<void> => {
    const index = chance.integer(0, current.length - 1);
    const before = current[index];
    if (before === undefined) return;
    const after = { ...before, ...change };
    current[index] = after;
    await organiser.send(host, `update seat type ${JSON.stringify(change)}`, ({ commands }, context) =>
      commands.updateSeatType({ conferenceId, ...after }, context),
    );
  };
  const withdrawForAWhile = async (): Promise<void> => {
    await organiser.send(host, 'unpublish', ({ commands }, context) => commands.unpublishConference({ conferenceId }, context));
    await organiser.pause(chance.integer(100, 5_000));
    await organiser.send(host, 'publish', ({ commands }, context) => commands.publishConference({ conferenceId }, context));
  };
  const add = async (): Promise<void> => {
    const added = { seatTypeId: chance.uuid(), name: 'One more', description: 'Seats', price: 1_000, quota: chance.integer(0, 3) };
    current.push(added);
    await organiser.send(host, 'create seat type', ({ commands }, context) => commands.createSeatType({ conferenceId, ...added }, context));
  };

  for (let n = 0; n < workload.organiserChanges; n++) {
    await organiser.pause(chance.exponential(8_000));
    const change = chance.pick([
      () => update({ quota: chance.integer(0, 3) }),
      () => update({ quota: chance.integer(2, 12) }),
      () => update({ price: chance.pick([0, 1_000, 12_300]) }),
      withdrawForAWhile,
      add,
    ]);
    await change();
  }
};
