/**
 * Goal: what an operator is for. Whatever cannot be read - a record of the broker, an event of our own store - is seen, is
 * mended where it came from, goes through when it is tried again, or is given up with a reason; and read models may be built
 * anew at any moment. Method: records and events garbled in the files of the engines while their services are stopped.
 */
import { topics } from '@conference/conference-management-contracts';
import { decided, eventually, type Held, type OpenConference, type Order, readEvents, type ServiceName } from '@conference/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { garbleEvent, garbleRecord } from './garbled-files.fixture.ts';
import type { Operator, Parked } from './operator.fixture.ts';
import { type StartedSystem, startSystem } from './system.fixture.ts';
import { person, talksOf } from './talks.fixture.ts';

const waitMs = 45_000;
const testMs = 240_000;

let running: StartedSystem;
beforeEach(async () => {
  running = await startSystem({ waitMs, limits: { withinMs: waitMs } });
});
afterEach(() => running?.stop());

const { operatorAt, openOne, place } = talksOf(() => running);
const offered = async ({ slug }: OpenConference): Promise<readonly string[]> =>
  (await running.system.registrant.seatTypes(slug)).map(({ name }) => name);

const awaitParked = (operator: Operator, isWanted: (parked: readonly Parked[]) => boolean): Promise<readonly Parked[]> =>
  eventually('parked messages', operator.parked, isWanted, { withinMs: waitMs });
const metric = async (service: ServiceName, name: string): Promise<number> => {
  const text = await (await fetch(`${running.services.addresses[service]}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(name));
  return Number(line?.slice(line.lastIndexOf(' ') + 1));
};
/** What was decided about parked messages, by whom and why. */
const decisions = (): readonly unknown[] =>
  readEvents(running.services.dataDir)
    .registration.filter(({ type }) => type === 'MessageRetried' || type === 'MessageSkipped')
    .filter(({ metadata }) => metadata.actor === 'operator')
    .map(({ type, data }) => ('reason' in data ? [type, data['reason']] : [type]));

describe('A record of the broker that became unreadable', () => {
  it(
    'is seen, is sent once more by its owner, what waited for it is tried again, and the rest of it is given up with a reason',
    async () => {
      const { services, system } = running;
      const [conference, other] = [await openOne(), await openOne()];
      const subject = `Conference-${conference.id}`;
      const { version } = await system.organiser.conference(conference);
      await services.kill('registration', 'SIGKILL');
      for (const name of ['Workshop', 'Dinner', 'Party'])
        await system.organiser.createSeatType(conference, { name, description: 'd', price: 500, quota: 7 });
      await eventually(
        'the messages are sent',
        async () => (await operatorAt('conference-management').projections()).every(({ lag }) => lag === 0),
        (isSent) => isSent,
        { withinMs: waitMs },
      );
      await services.kill('conference-management', 'SIGTERM');
      const garbage = 'rubbish about who@example.com';
      const offset = garbleRecord(services.dataDir, topics.conferences.name, { subject, sequence: version + 1 }, garbage);
      await Promise.all([services.restart('conference-management'), services.restart('registration')]);

      // Seen: the record itself, and what came after it of the same subject. Everybody else goes on.
      const operator = operatorAt('registration');
      const parked = await awaitParked(operator, ({ length }) => length === 3);
      const [gap, behind, unreadable] = parked;
      expect(parked.map(({ subject: of, sequence, kind }) => [of, sequence, kind])).toEqual([
        [subject, version + 2, 'message'],
        [subject, version + 3, 'message'],
        [`Undecodable-${topics.conferences.name}/0/${offset}`, 0, 'undecodable'],
      ]);
      expect(JSON.stringify(parked)).not.toContain('example.com');
      expect(await metric('registration', 'parked_messages')).toBe(3);
      expect((await fetch(`${services.addresses.registration}/health/ready`)).status).toBe(200);
      await Promise.all([place(conference), place(other)]);
      expect(await offered(conference)).toEqual(['Talks']);

      // Mended: its owner sends everything once more; repeats do nothing.
      expect(await operatorAt('conference-management').post('publisher/republish', { from: '' })).toEqual({ status: 202 });
      await eventually(
        'what was unreadable is on offer',
        () => offered(conference),
        (names) => names.includes('Workshop'),
        { withinMs: waitMs },
      );
      // Tried again: one retry takes what waits behind it along.
      expect(await operator.post(`parked-messages/${gap?.id}/retry`)).toEqual({ status: 202 });
      await awaitParked(operator, ({ length }) => length === 1);
      await eventually(
        'all of it is on offer',
        () => offered(conference),
        (names) => names.length === 4,
        { withinMs: waitMs },
      );
      expect(await operator.post(`parked-messages/${behind?.id}/retry`)).toEqual({ status: 404, code: 'not-found' });

      // Given up: bytes that no second try turns into a message.
      expect(await operator.post(`parked-messages/${unreadable?.id}/retry`)).toEqual({ status: 202 });
      await awaitParked(operator, ([message]) => message?.attempts === 2);
      const reason = 'garbled on the disk, sent once more by its owner';
      expect(await operator.post(`parked-messages/${unreadable?.id}/skip`, { reason })).toEqual({ status: 202 });
      await awaitParked(operator, ({ length }) => length === 0);
      expect(await metric('registration', 'parked_messages')).toBe(0);
      expect(decisions()).toEqual([['MessageRetried'], ['MessageRetried'], ['MessageSkipped', reason]]);

      await services.kill('registration', 'SIGKILL');
      await services.restart('registration');
      expect(await operator.parked()).toEqual([]);
      expect((await offered(conference)).toSorted()).toEqual(['Dinner', 'Party', 'Talks', 'Workshop']);
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});

describe('Events of our own store that became unreadable', () => {
  it(
    'are parked by a read model that is built anew, which is not shown; mended and tried again, it is',
    async () => {
      const { services, system } = running;
      const conference = await openOne();
      const [first, second, third] = [await place(conference), await place(conference), await place(conference)];
      const all = [first, second, third];
      for (const held of all) await system.registrant.giveDetails(held, person);
      const shown = () => Promise.all(all.map((held) => system.registrant.order(held)));
      const seen = await eventually('the registrants are shown', shown, (orders) => orders.every(({ registrant }) => registrant !== null), {
        withinMs: waitMs,
      });
      await services.kill('registration', 'SIGTERM');
      const mend = [first, second].map(({ id }) =>
        garbleEvent(services.dataDir, 'registration', { stream: `Order-${id}`, type: 'OrderRegistrantAssigned' }),
      );
      await services.restart('registration');
      expect(await shown(), 'what was read before stays readable').toEqual(seen);

      const operator = operatorAt('registration');
      expect(await operator.post('projections/orders/rebuild')).toEqual({ status: 202 });
      const parked = await awaitParked(operator, ({ length }) => length === 2);
      expect(parked.map(({ subject, kind, attempts }) => [subject, kind, attempts])).toEqual(
        [first, second].map(({ id }) => [`Order-${id}`, 'event', 1]).toSorted(),
      );
      expect(JSON.stringify(parked)).not.toContain('example.com');
      expect(await shown(), 'a read model that lacks something is not shown').toEqual(seen);
      const retryAll = async (): Promise<void> => {
        const answers = await Promise.all(parked.map(({ id }) => operator.post(`parked-messages/${id}/retry`)));
        expect(answers).toEqual([{ status: 202 }, { status: 202 }]);
      };
      await retryAll();
      await awaitParked(operator, (found) => found.length === 2 && found.every(({ attempts }) => attempts === 2));
      expect(await shown()).toEqual(seen);
      const later = await place(conference);

      await services.kill('registration', 'SIGTERM');
      for (const one of mend) one();
      await services.restart('registration');
      await retryAll();
      await awaitParked(operator, ({ length }) => length === 0);
      expect(await shown()).toEqual(seen);
      expect((await system.registrant.order(later)).state).toBe('reserved');
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});

describe('A rebuild', () => {
  const ordersOf = (all: readonly Held[]): Promise<readonly Order[]> =>
    Promise.all(all.map((held) => running.system.registrant.order(held)));

  it(
    'that is asked for twice at once, or ends half way with its process, leaves what people read as it was',
    async () => {
      const { services } = running;
      const conference = await openOne();
      const all = (
        await Promise.all(
          Array.from({ length: 6 }, async () => {
            const some: Held[] = [];
            for (let n = 0; n < 25; n++) some.push(await place(conference));
            return some;
          }),
        )
      ).flat();
      const seen = await ordersOf(all);
      const names = (await operatorAt('registration').projections()).map(({ name }) => name);
      for (const afterMs of [0, 20, 60]) {
        const operator = operatorAt('registration');
        const asked = await Promise.all([...names, ...names].map((name) => operator.post(`projections/${name}/rebuild`)));
        expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 202));
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        await services.kill('registration', 'SIGKILL');
        await services.restart('registration');
        expect(await ordersOf(all)).toEqual(seen);
      }
      const later = await place(conference);
      const operator = operatorAt('registration');
      for (const name of names) expect(await operator.post(`projections/${name}/rebuild`)).toEqual({ status: 202 });
      expect((await decided(running.system, later, waitMs)).state).toBe('reserved');
      await running.expectEverythingAddsUp({ withinMs: waitMs });
      expect(await ordersOf(all)).toEqual(seen);
    },
    testMs,
  );
});
