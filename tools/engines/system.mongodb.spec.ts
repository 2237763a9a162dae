/**
 * Goal: whatever becomes of the server of the read models, orders go on being taken, nothing acknowledged is lost, everything catches
 * up by itself, and the health says what is wrong meanwhile. Method: people register without pause while the server is killed, frozen,
 * emptied or made to fail; the checker decides.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '@conference/testing-simulation';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenConference } from '../index.ts';
import { type Placement, type ReadModelSystem, randomOf, startReadModelSystem } from './read-model-system.fixture.ts';

const rounds = Number(process.env['ENGINES_ROUNDS'] ?? 3);
const testMs = 600_000;
/** The first ones that come after the server went away may wait for it once. */
const acceptedWithinMs = 8_000;

let running: ReadModelSystem;
beforeEach(async () => {
  running = await startReadModelSystem();
}, testMs);
afterEach(() => running?.stop());

type Round = (away: { readonly conference: OpenConference; readonly random: SeededRandom }) => Promise<void>;
type Tally = { placed: number; slowestMs: number };

/** While it is away: orders are taken and decided, reads are told to come again, and nothing is answered 500. */
const expectOrdersAreTaken = async (conference: OpenConference, tally: Tally, count: number, isDecided = true): Promise<void> => {
  const placements: Placement[] = [];
  for (let n = 0; n < count; n++) placements.push(await running.place(conference));
  expect(placements.map(({ status }) => status)).toEqual(placements.map(() => 201));
  const slowestMs = Math.max(...placements.map(({ ms }) => ms));
  expect(slowestMs).toBeLessThan(acceptedWithinMs);
  if (isDecided) expect(placements.at(-1)?.code).toBe('reserved');
  tally.placed += placements.length;
  tally.slowestMs = Math.max(tally.slowestMs, Math.round(slowestMs));
};

const expectToldToComeAgain = async (conference: OpenConference): Promise<void> => {
  for (const { missing } of await running.allBecome('degraded')) {
    const problems = missing.filter(({ part }) => part === 'read-models').map(({ problem }) => problem);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem).toMatch(/^cannot be (read|written): MongoDB/);
    expect(JSON.stringify(problems)).not.toMatch(/127\.0\.0\.1|mongodb:/);
  }
  expect(await running.isAway('registration')).toBe(true);
  expect(await running.reads(conference)).toEqual([503, 503, 503]);
};

/** What a service says last of its failures. */
const worstOf = (output: string): string => {
  const lines = output.split('\n');
  const errors = lines.filter((line) => /"level":"(error|fatal)"/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join('\n');
};

const survive = async (name: string, count: number, round: (tally: Tally) => Round): Promise<void> => {
  const { seed, random } = randomOf(name);
  const conferences = await running.conferences();
  const [conference] = conferences;
  if (conference === undefined) throw new Error('there is no conference');
  const tally: Tally = { placed: 0, slowestMs: 0 };
  const crowd = running.crowd(conferences, random);
  try {
    for (let n = 1; n <= count; n++) {
      await sleep(random.integer(500, 2_500));
      await round(tally)({ conference, random });
      await running.allBecome('ready');
      expect(running.services.running().length, 'no service dies').toBe(3);
      expect(crowd.failures().map(({ message }) => message)).toEqual([]);
    }
    await crowd.stop();
    expect(crowd.failures().map(({ message }) => message)).toEqual([]);
    await running.expectEverythingAddsUp();
    console.log(
      `${name}: ${count} rounds, ${crowd.finished()} registrants, ${running.journal.entries().orders.length} orders acknowledged, ${tally.placed} of them while it was away (slowest ${tally.slowestMs} ms), none lost (seed ${seed})`,
    );
  } catch (error) {
    console.log(`${name} FAILED with ENGINES_SEED=${seed}`);
    for (const service of running.services.running()) console.log(`${service}: ${worstOf(running.services.output(service))}`);
    throw error;
  } finally {
    void crowd.stop();
  }
};

test(
  'killed and started again on its data',
  () =>
    survive('killed', rounds, (tally) => async ({ conference, random }) => {
      await running.server.kill();
      await expectOrdersAreTaken(conference, tally, 3);
      if (random.chance(0.5)) {
        await expectToldToComeAgain(conference);
        await expectOrdersAreTaken(conference, tally, 3);
      }
      await running.server.restart();
    }),
  testMs,
);

test(
  'killed and started again without its data: it is filled anew by itself',
  () =>
    survive('emptied', Math.ceil(rounds / 2), (tally) => async ({ conference }) => {
      await running.server.kill();
      // Who has just begun anew, because it found its data gone, cannot decide before the server is there again.
      await expectOrdersAreTaken(conference, tally, 3, false);
      rmSync(running.server.dataDir, { recursive: true, force: true });
      await running.server.restart();
    }),
  testMs,
);

test(
  'frozen for 20 s',
  () =>
    survive('frozen', 1, (tally) => async ({ conference }) => {
      running.server.pause();
      try {
        const until = performance.now() + 20_000;
        await expectOrdersAreTaken(conference, tally, 2);
        await expectToldToComeAgain(conference);
        await expectOrdersAreTaken(conference, tally, 5);
        const asked = performance.now();
        await running.services.kill('payments', 'SIGTERM');
        expect(performance.now() - asked, 'a service ends in its time').toBeLessThan(10_000);
        await sleep(Math.max(0, until - performance.now()));
      } finally {
        running.server.resume();
      }
      await running.services.restart('payments');
    }),
  testMs,
);

const faults: readonly { readonly mode: object; readonly data: object }[] = [
  { mode: { times: 5 }, data: { failCommands: ['update'], errorCode: 91, errorLabels: ['RetryableWriteError'] } },
  { mode: { times: 3 }, data: { failCommands: ['update'], errorCode: 10107 } },
  { mode: { times: 3 }, data: { failCommands: ['update'], writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } } },
  { mode: { times: 5 }, data: { failCommands: ['find', 'update'], closeConnection: true } },
  { mode: { times: 3 }, data: { failCommands: ['find'], errorCode: 8 } },
  { mode: { times: 2 }, data: { failCommands: ['update'], blockConnection: true, blockTimeMS: 6_000 } },
  { mode: { times: 2 }, data: { failCommands: ['find'], blockConnection: true, blockTimeMS: 6_000 } },
];

test(
  'failing in many ways',
  async () => {
    const client = new MongoClient(running.server.url);
    try {
      await survive('failing', 3 * rounds, (tally) => async ({ conference, random }) => {
        const { mode, data } = random.pick(faults);
        await client.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
        await expectOrdersAreTaken(conference, tally, 2);
        await client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
      });
    } finally {
      await client.close();
    }
  },
  testMs,
);
