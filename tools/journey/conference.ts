import { eventually } from './eventually.ts';
import type { JournalWriter } from './journal.ts';
import type { NewSeatType, SystemClient } from './system-client.ts';

export type OpenSeatType = { readonly id: string; readonly name: string; readonly price: number; readonly quota: number };
/** A published conference whose seats can be ordered at registration. */
export type OpenConference = {
  readonly id: string;
  readonly token: string;
  readonly slug: string;
  readonly seatTypes: readonly OpenSeatType[];
};

export type ConferencePlan = {
  readonly slug: string;
  readonly name: string;
  readonly currency?: string;
  readonly seatTypes: readonly Omit<NewSeatType, 'description'>[];
};

/** Creates and publishes a conference, and waits until registration offers all its seats. */
export const openConference = async (
  system: SystemClient,
  plan: ConferencePlan,
  options: { readonly journal: JournalWriter; readonly withinMs: number },
): Promise<OpenConference> => {
  const { organiser, registrant } = system;
  const { slug, name, currency = 'USD' } = plan;
  const { id, token } = await organiser.create({
    name,
    description: 'Two days of talks and workshops.',
    location: 'Reykjavík',
    slug,
    startDate: '2027-05-02',
    endDate: '2027-05-04',
    currency,
    owner: { name: 'Olga Organiser', email: 'olga@example.com' },
  });
  const conference = { id, token };
  options.journal.conference({ ...conference, slug });
  const seatTypes: OpenSeatType[] = [];
  for (const seatType of plan.seatTypes) {
    const created = await organiser.createSeatType(conference, { ...seatType, description: `${seatType.name}.` });
    seatTypes.push({ ...seatType, id: created.id });
  }
  await organiser.publish(conference);
  const offered = async (): Promise<readonly string[]> => {
    const listed = await registrant.seatTypes(slug).catch(() => []);
    return listed.map((seatType) => seatType.id);
  };
  await eventually(`seats of ${slug} on offer`, offered, (ids) => seatTypes.every((seatType) => ids.includes(seatType.id)), {
    withinMs: options.withinMs,
  });
  return { ...conference, slug, seatTypes };
};
