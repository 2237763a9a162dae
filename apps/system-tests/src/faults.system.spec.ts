/**
 * Goal: a message that cannot be handled stays where it is, is shown, and can be got over by an operator, while everything
 * else goes on. Method: messages spoilt and lost in the topic's file while its publisher is stopped.
 */
import { randomUUID } from 'node:crypto';
import { topics } from '@conference/conference-management-contracts';
import { eventually, type OpenConference } from '@conference/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operator, Parked } from './operator.fixture.ts';
import { type StartedSystem, startSystem } from './system.fixture.ts';
import { talksOf } from './talks.fixture.ts';
import { conferenceMessage, loseFromTopic, writeToTopic } from './topic-file.fixture.ts';

const waitMs = 45_000;
const testMs = 240_000;
const topic = topics.conferences.name;

let running: StartedSystem;
beforeEach(async () => {
  running = await startSystem({ waitMs, limits: { withinMs: waitMs } });
});
afterEach(() => running?.stop());

const { operatorAt, openOne, place } = talksOf(() => running);

const awaitParked = (operator: Operator, isWanted: (parked: readonly Parked[]) => boolean): Promise<readonly Parked[]> =>
  eventually('parked messages', operator.parked, isWanted, { withinMs: waitMs });
/** `subject/sequence kind`, to be compared at once. */
const shown = (parked: readonly Parked[]): readonly string[] =>
  parked.map(({ subject, sequence, kind }) => `${subject}/${sequence} ${kind}`);

/** A conference that only its messages know. */
const foreignConference = () => {
  const conferenceId = randomUUID();
  const slug = `f_${conferenceId.replaceAll('-', '')}`;
  const subject = `Conference-${conferenceId}`;
  const details = { name: 'Foreign', description: 'd', location: 'Oslo', tagline: null, twitterSearch: null };
  const dates = { startDate: '2027-05-02', endDate: '2027-05-04' };
  const seatTypes = [{ seatTypeId: randomUUID(), name: 'Talks', description: 'd', price: 100, quota: 10 }];
  return {
    slug,
    subject,
    created: (sequence: number) =>
      conferenceMessage({
        subject,
        sequence,
        type: 'ConferenceCreated',
        data: { conferenceId, slug, currency: 'EUR', ...details, ...dates },
      }),
    published: (sequence: number) =>
      conferenceMessage({ subject, sequence, type: 'ConferencePublished', data: { conferenceId, seatTypes } }),
    malformed: (sequence: number) => conferenceMessage({ subject, sequence, type: 'ConferenceUpdated', data: { conferenceId: 'none' } }),
    unknown: (sequence: number) => conferenceMessage({ subject, sequence, type: 'ConferencePainted', data: { colour: 'blue' } }),
  };
};
const isOnSale = (slug: string): Promise<boolean> =>
  fetch(`${running.services.addresses.registration}/v1/conferences/${slug}`).then(({ ok }) => ok);
const awaitOnSale = (slug: string): Promise<boolean> =>
  eventually(
    `${slug} on sale`,
    () => isOnSale(slug),
    (is) => is,
    { withinMs: waitMs },
  );

describe('a message that cannot be handled', () => {
  it(
    'is parked and shown, holds up only its own subject, and is got over by a skip',
    async () => {
      const { services } = running;
      const conference = await openOne();
      const [broken, taken, sound, future] = [foreignConference(), foreignConference(), foreignConference(), foreignConference()];
      await services.kill('conference-management', 'SIGTERM');
      const offset = writeToTopic(services.dataDir, topic, [
        'this is no JSON, and says who@example.com',
        '{"json":"of another shape"}',
        '[]',
        broken.created(0),
        broken.malformed(1),
        broken.published(2),
        taken.created(0),
        taken.unknown(0),
        taken.published(1),
        future.created(0),
        future.unknown(1),
        future.published(2),
        sound.created(0),
        sound.published(1),
      ]);
      await services.restart('conference-management');
      const operator = operatorAt('registration');

      // Others go on: another subject, one with a type of a later release, and one where a stranger claimed a place.
      for (const { slug } of [sound, future, taken]) await awaitOnSale(slug);
      await place(conference);
      const parked = await awaitParked(operator, (found) => found.length >= 6);
      const expected = [
        `${broken.subject}/1 message`,
        `${broken.subject}/2 message`,
        `${taken.subject}/0 message`,
        ...[0, 1, 2].map((n) => `Undecodable-${topic}/0/${offset + n}/0 undecodable`),
      ];
      expect(shown(parked).toSorted()).toEqual(expected.toSorted());
      expect(await isOnSale(broken.slug)).toBe(false);
      expect(JSON.stringify(parked), 'nothing of the content is shown').not.toContain('example.com');
      const of = (subject: string, sequence: number): Parked => {
        const found = parked.find((message) => message.subject === subject && message.sequence === sequence);
        if (found === undefined) throw new Error(`${subject}/${sequence} is not parked`);
        return found;
      };

      // What is still broken is parked again when it is tried again.
      const malformed = of(broken.subject, 1);
      expect(malformed.error).toContain('ConferenceUpdated is malformed');
      expect(await operator.post(`parked-messages/${malformed.id}/retry`)).toEqual({ status: 202 });
      await awaitParked(operator, (found) => found.some(({ id, attempts }) => id === malformed.id && attempts === 2));

      expect(await operator.post(`parked-messages/${malformed.id}/skip`, {})).toMatchObject({ status: 400 });
      expect(await operator.post(`parked-messages/${malformed.id}/skip`, { reason: 'sent by mistake' })).toEqual({ status: 202 });
      await awaitOnSale(broken.slug);
      for (const message of parked.filter(({ subject }) => subject !== broken.subject)) {
        expect(await operator.post(`parked-messages/${message.id}/skip`, { reason: 'nothing of ours' }), message.error).toEqual({
          status: 202,
        });
      }
      await awaitParked(operator, (found) => found.length === 0);
      expect(await operator.post(`parked-messages/${malformed.id}/retry`)).toEqual({ status: 404, code: 'not-found' });

      // And all of it is still so after a start.
      await services.kill('registration', 'SIGKILL');
      await services.restart('registration');
      for (const { slug } of [broken, taken, sound, future]) expect(await isOnSale(slug)).toBe(true);
      expect(await operator.parked()).toEqual([]);
      await place(conference);
    },
    testMs,
  );

  it(
    'because one before it was lost goes through when its owner publishes the subject once more',
    async () => {
      const { services, system } = running;
      const [conference, other] = [await openOne(), await openOne()];
      const subject = `Conference-${conference.id}`;
      const { version } = await system.organiser.conference(conference);
      await services.kill('registration', 'SIGKILL');
      const added = await system.organiser.createSeatType(conference, { name: 'Workshop', description: 'd', price: 500, quota: 7 });
      const later = await system.organiser.createSeatType(conference, { name: 'Dinner', description: 'd', price: 500, quota: 8 });
      const elsewhere = await system.organiser.createSeatType(other, { name: 'Party', description: 'd', price: 500, quota: 9 });
      await eventually(
        'the message is sent',
        async () => (await operatorAt('conference-management').projections()).every(({ lag }) => lag === 0),
        (isSent) => isSent,
        { withinMs: waitMs },
      );
      await services.kill('conference-management', 'SIGTERM');
      expect(loseFromTopic(services.dataDir, topic, { subject, sequence: version + 1 })).toBe(1);
      await Promise.all([services.restart('conference-management'), services.restart('registration')]);

      const operator = operatorAt('registration');
      const [gap] = await awaitParked(operator, (found) => found.length > 0);
      expect(gap).toMatchObject({ subject, sequence: version + 2, kind: 'message' });
      expect(gap?.error).toContain('Gap');
      const offered = async ({ slug }: OpenConference): Promise<readonly string[]> =>
        (await system.registrant.seatTypes(slug)).map(({ id }) => id);
      await eventually(
        'another subject goes on',
        () => offered(other),
        (ids) => ids.includes(elsewhere.id),
        { withinMs: waitMs },
      );
      expect(await offered(conference)).not.toContain(later.id);

      expect(await operator.post(`parked-messages/${gap?.id}/retry`)).toEqual({ status: 202 });
      await awaitParked(operator, (found) => found.some(({ id, attempts }) => id === gap?.id && attempts === 2));
      const skipped = await operator.post(`parked-messages/${gap?.id}/skip`, { reason: 'in a hurry' });
      expect(skipped, 'what is lost cannot be jumped over').toEqual({ status: 409, code: 'predecessor-missing' });
      const owner = operatorAt('conference-management');
      expect(await owner.post('publisher/republish', { subject: `Conference-${randomUUID()}` })).toMatchObject({ status: 404 });
      expect(await owner.post('publisher/republish', { subject })).toEqual({ status: 202 });
      await eventually(
        'what was lost is on offer',
        () => offered(conference),
        (ids) => ids.includes(added.id),
        { withinMs: waitMs },
      );
      expect(await operator.post(`parked-messages/${gap?.id}/retry`)).toEqual({ status: 202 });
      await awaitParked(operator, (found) => found.length === 0);
      await eventually(
        'what waited is on offer',
        () => offered(conference),
        (ids) => ids.includes(later.id),
        { withinMs: waitMs },
      );
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});
