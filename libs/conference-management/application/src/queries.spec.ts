import { conference } from '@conference/conference-management-domain';
import { type Instant, origin, type Position } from '@conference/kernel';
import { streamHistory } from '@conference/runtime';
import { createEventDisk, createReadModelDisk, memoryEventStore, memoryReadModelStore } from '@conference/testing-memory';
import { describe, expect, it } from 'vitest';
import { conferenceCodec } from './catalog.ts';
import { conferenceManagementQueries, type Runners } from './queries.ts';
import { type ConferenceDocument, conferences } from './read-models/conferences.ts';

const at = (position: string): Position => position as Position;
const document: ConferenceDocument = { conferenceId: 'c1', conference: null, taken: {}, locator: 'ada@example.org CODE', createdBy: 'k1' };

const queriesOf = (latestCreation: Position) => {
  const store = memoryReadModelStore({ disk: createReadModelDisk(), clock: { now: () => '2027-03-01T09:00:00.000Z' as Instant } });
  const waited: Position[] = [];
  const idle = { waitFor: async () => true };
  /** A projection that gets there only when somebody waits for it. */
  const behind: Runners['conferences'] = {
    waitFor: async (position) => {
      waited.push(position);
      if (position === origin) return true;
      const build = await store.create(conferences, '1');
      await store.commit(build, { writes: new Map([['c1', { document, position }]]), after: origin, position });
      await store.activate(build);
      return true;
    },
  };
  const running = { conferences: behind, orders: idle, attendees: idle };
  const locator = (email: string, accessCode: string): string => `${email.toLowerCase()} ${accessCode}`;
  const clock = { now: () => '2027-03-01T09:00:00.000Z' as Instant };
  const eventStore = memoryEventStore({ disk: createEventDisk(), clock });
  const history = streamHistory({ eventStore, decoder: conferenceCodec, decider: conference });
  return { queries: conferenceManagementQueries({ store, running, history, locator, latestCreation: () => latestCreation }), waited };
};

describe('Finding a conference by what its organiser knows', () => {
  it('waits for the conference that was created last, so that a session opens at once', async () => {
    const { queries, waited } = queriesOf(at('0001'));
    expect(await queries.locateConference({ email: 'Ada@example.org', accessCode: 'CODE' })).toBe('c1');
    expect(waited).toEqual([at('0001')]);
  });

  it('finds nothing with another code', async () => {
    const { queries } = queriesOf(at('0001'));
    expect(await queries.locateConference({ email: 'ada@example.org', accessCode: 'OTHER' })).toBeUndefined();
  });
});

describe('A conference of which only the seats were heard', () => {
  it('is not shown', async () => {
    const { queries } = queriesOf(at('0001'));
    await queries.waitFor('conferences', at('0001'), 1_000);
    expect(await queries.conference('c1')).toBeUndefined();
    expect(await queries.seatTypes('c1', { limit: 50 })).toBeUndefined();
    expect(await queries.isCreated('c1')).toBe(false);
    expect(await queries.conferenceAsOf('c1', '2027-03-01T09:00:00.000Z' as Instant)).toBeUndefined();
  });
});
