/**
 * Goal: nothing acknowledged is lost and nothing is done twice, whenever the services die. Method: people register without
 * pause while the services are killed with SIGKILL at random moments, all at once or one alone, and started again on the
 * same data; the checker looks at the events while they lie still, and at everything once it is quiet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SeededRandom, seededRandom } from '@conference/testing-simulation';
import {
  type BehaviourWeights,
  type ContinuousWorkload,
  check,
  continuousWorkload,
  drawPlan,
  factsFromEvents,
  type OpenConference,
  type ServiceName,
  serviceNames,
} from '@conference/tools';
import { afterEach, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from './system.fixture.ts';

const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);
const reservationSeconds = 3;
const graceSeconds = 2;
const registrantsAtOnce = 8;
const registrantsPerConference = 40;
/** From an answer that never came to giving up: several restarts long. */
const patienceMs = 60_000;
const quietWithinMs = 40_000;
const testMs = 300_000;

const weights: BehaviourWeights = {
  pays: 8,
  vanishes: 2,
  cancels: 2,
  'chooses-again': 2,
  'is-rejected-first': 2,
  'pays-twice': 2,
  'pays-then-changes': 1,
  'cancels-while-paying': 1,
  'pays-late': 1,
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const eventsIn = async (running: StartedSystem) => {
  const events = await running.readEvents();
  return { ...events, conferenceManagement: events['conference-management'] };
};

/** What must hold at any moment, in the events as they lie on the disk; and whatever was acknowledged is there. */
const expectNothingBroken = async (running: StartedSystem): Promise<number> => {
  const journal = running.journal.entries();
  const events = await eventsIn(running);
  expect(check(factsFromEvents(events, { isQuiet: false, journal }))).toEqual([]);
  return events.registration.length + events.payments.length + events.conferenceManagement.length;
};

const crowd = (running: StartedSystem, conferences: readonly OpenConference[], random: SeededRandom): ContinuousWorkload =>
  continuousWorkload({
    ...running,
    waitMs: patienceMs,
    atOnce: registrantsAtOnce,
    next: (index) => {
      const conference = conferences[Math.floor(index / registrantsPerConference) % conferences.length];
      if (conference === undefined) throw new Error('there is no conference to register for');
      const plan = drawPlan(random.fork(`registrant ${index}`), { conference, weights, index, arriveWithinMs: 50, hesitateMsMax: 300 });
      return { conference, plan };
    },
  });

const openConferences = (running: StartedSystem): Promise<readonly OpenConference[]> =>
  Promise.all(
    Array.from({ length: 4 }, () =>
      running.open([
        { name: 'Talks', price: 10_000, quota: 60 },
        { name: 'Community ticket', price: 0, quota: 30 },
        { name: 'Workshop', price: 25_000, quota: 6 },
      ]),
    ),
  );

type Kind = 'all' | 'one';
/** For each round those to be killed; one by one every service has its turn, in an order that changes. */
const victimsOf = (kind: Kind, random: SeededRandom): readonly (readonly ServiceName[])[] => {
  const turns = Array.from({ length: Math.ceil(rounds / serviceNames.length) }, () => random.shuffled(serviceNames)).flat();
  return Array.from({ length: rounds }, (_, round) => (kind === 'all' ? serviceNames : turns.slice(round, round + 1)));
};

const killRounds = async (running: StartedSystem, kind: Kind, random: SeededRandom, workload: ContinuousWorkload): Promise<void> => {
  const { services } = running;
  for (const [index, victims] of victimsOf(kind, random.fork('victims')).entries()) {
    const round = index + 1;
    await sleep(random.integer(100, 1_200));
    expect(services.running().toSorted(), 'no service dies by itself').toEqual([...serviceNames].toSorted());
    await Promise.all(victims.map((service) => services.kill(service, 'SIGKILL')));
    const events = kind === 'all' ? `, ${await expectNothingBroken(running)} events in order` : '';
    await sleep(random.integer(0, 400));
    const startedAt = performance.now();
    await Promise.all(victims.map((service) => services.restart(service)));
    const restartMs = Math.round(performance.now() - startedAt);
    say(
      `  round ${round}/${rounds}: killed ${kind === 'all' ? 'all' : victims.join()}, back in ${restartMs} ms, ${workload.finished()} registrants done${events}`,
    );
    expect(workload.failures().map(({ message }) => message)).toEqual([]);
  }
};

/** All orders have come to an end, all money is where it belongs, and no seat is held any more. */
const expectAllIsOver = async (running: StartedSystem): Promise<void> => {
  const { recorded } = factsFromEvents(await eventsIn(running), { isQuiet: true });
  const open = recorded?.orders.filter(({ state }) => !['confirmed', 'expired', 'cancelled'].includes(state));
  expect(open).toEqual([]);
  expect(recorded?.reservations.filter(({ status }) => status === 'held')).toEqual([]);
  expect(
    recorded?.orders.some(({ state }) => state === 'confirmed'),
    'somebody came through',
  ).toBe(true);
};

let running: StartedSystem | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const survive = async (kind: Kind): Promise<void> => {
  const random = seededRandom(seed).fork(kind);
  say(`  seed ${seed}: to repeat, KILL_SEED=${seed} npm run test:system`);
  const env = { RESERVATION_SECONDS: String(reservationSeconds), EXPIRY_GRACE_SECONDS: String(graceSeconds) };
  running = await startSystem({ env, waitMs: patienceMs, limits: { withinMs: patienceMs, requestTimeoutMs: 8_000 } });
  const workload = crowd(running, await openConferences(running), random);
  try {
    await killRounds(running, kind, random, workload);
    await workload.stop();
    expect(workload.failures().map(({ message }) => message)).toEqual([]);
    await sleep((reservationSeconds + graceSeconds + 1) * 1_000);
    await running.expectEverythingAddsUp({ withinMs: quietWithinMs });
    await expectAllIsOver(running);
    say(`  ${workload.finished()} registrants, ${running.journal.entries().payments.length} payments, everything adds up`);
  } catch (error) {
    for (const service of serviceNames) say(`  ${service}: ${running.services.output(service).slice(-2_000)}`);
    say(`  FAILED with seed ${seed}: KILL_SEED=${seed} npm run test:system`);
    throw error;
  } finally {
    void workload.stop();
  }
};

describe('the system', () => {
  it('loses nothing when all services are killed again and again', () => survive('all'), testMs);
  it('loses nothing when each service is killed by itself again and again', () => survive('one'), testMs);
});
