/**
 * Goal: whatever becomes of the broker, orders go on being taken, nothing acknowledged is lost, everything catches up by itself, and
 * health and metrics say what is wrong meanwhile. Method: people register without pause at three services that hear of each other
 * through Kafka while the broker is killed, frozen, and cut off from them; the checker decides.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { eventually, type OpenConference, serviceNames } from '../index.ts';
import { startBrokerServer } from './broker-server.ts';
import type { EngineServer } from './engine-server.ts';
import { randomOf, startSystemOn } from './read-model-system.fixture.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const rounds = Number(process.env['ENGINES_ROUNDS'] ?? 3);
const testMs = 400_000;
const acceptedWithinMs = 3_000;
const noticedWithinMs = 40_000;

let proxy: TcpProxy;
let running: Awaited<ReturnType<typeof startSystemOn<EngineServer>>>;
beforeEach(async () => {
  const port = await freePort();
  proxy = await startTcpProxy({ targetPort: port });
  const enginesDir = join(import.meta.dirname, '..', '..', '.engines');
  running = await startSystemOn(await startBrokerServer({ enginesDir, port, advertised: proxy.port }), 'broker');
}, testMs);
afterEach(async () => {
  await running?.stop();
  await proxy?.close();
});

type Away = { readonly conference: OpenConference; readonly round: number };

/** Orders are decided without a neighbour; meanwhile health and metrics of whoever imports name the broker. */
const expectOrdersAreTakenWithout = async (conference: OpenConference): Promise<void> => {
  for (let n = 0; n < 5; n++) {
    const { status, code, ms } = await running.place(conference);
    expect([status, code]).toEqual([201, 'reserved']);
    expect(ms).toBeLessThan(acceptedWithinMs);
  }
  const { missing } = await running.becomes('registration', 'degraded');
  expect(missing.map(({ part }) => part)).toContain('broker');
  await eventually(
    'the metrics name the broker',
    () => running.isAway('registration'),
    (isAway) => isAway,
    { withinMs: noticedWithinMs },
  );
};

const survive = async (name: string, count: number, strike: (away: Away) => Promise<void>): Promise<void> => {
  const { seed, random } = randomOf(name);
  const conferences = await running.conferences();
  const [conference] = conferences;
  if (conference === undefined) throw new Error('there is no conference');
  const crowd = running.crowd(conferences, random);
  const backMs: number[] = [];
  try {
    for (let round = 1; round <= count; round++) {
      await sleep(random.integer(500, 2_000));
      await strike({ conference, round });
      const back = performance.now();
      await running.allBecome('ready');
      backMs.push(Math.round(performance.now() - back));
      expect(running.services.running().length, 'no service dies').toBe(serviceNames.length);
      expect(crowd.failures().map(({ message }) => message)).toEqual([]);
    }
    await crowd.stop();
    expect(crowd.failures().map(({ message }) => message)).toEqual([]);
    await running.expectEverythingAddsUp();
    const orders = running.journal.entries().orders.length;
    console.log(
      `${name}: ${count} rounds, ${crowd.finished()} registrants, ${orders} orders acknowledged, none lost, ready again after at most ${Math.max(...backMs)} ms (seed ${seed})`,
    );
  } catch (error) {
    console.log(`${name} FAILED with ENGINES_SEED=${seed}`);
    for (const service of running.services.running()) console.log(`${service}: ${running.services.output(service).slice(-1_500)}`);
    throw error;
  } finally {
    void crowd.stop();
  }
};

test(
  'the broker is killed and started again under load',
  () =>
    survive('killed', rounds, async ({ conference, round }) => {
      await running.server.kill();
      if (round === 1) await expectOrdersAreTakenWithout(conference);
      await running.server.restart();
    }),
  testMs,
);

test(
  'the broker is frozen for 20 s under load',
  () =>
    survive('frozen', 1, async ({ conference }) => {
      const until = performance.now() + 20_000;
      running.server.pause();
      try {
        await expectOrdersAreTakenWithout(conference);
        await sleep(Math.max(0, until - performance.now()));
      } finally {
        running.server.resume();
      }
    }),
  testMs,
);

const cuts: readonly (() => Promise<void>)[] = [
  async () => proxy.cut(),
  async () => proxy.halfClose(),
  async () => {
    proxy.loseAnswers();
    await sleep(500);
    proxy.cut();
    await proxy.heal();
  },
  async () => {
    proxy.blackHole();
    await sleep(8_000);
    await proxy.heal();
  },
  async () => {
    await proxy.refuse();
    await sleep(3_000);
    await proxy.heal();
  },
];
test(
  'the connections to the broker are cut, half closed, silent and refused, and answers are lost, under load',
  () => survive('cut off', cuts.length * 2, async ({ round }) => cuts[round % cuts.length]?.()),
  testMs,
);
