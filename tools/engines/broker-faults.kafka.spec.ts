/** What becomes of facts when the broker dies, freezes, or cannot be reached, and when members come and go: on a broker of the spec's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageBroker } from '@conference/ports';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { type Imported, imported, joined, type Member, memberProcess, openBroker, publishing } from './broker-load.ts';
import { startBrokerServer } from './broker-server.ts';
import type { EngineServer } from './engine-server.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const enginesDir = join(import.meta.dirname, '..', '..', '.engines');

let dataDir: string;
let server: EngineServer;
let proxy: TcpProxy;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'broker-server-'));
  const port = await freePort();
  proxy = await startTcpProxy({ targetPort: port });
  server = await startBrokerServer({ enginesDir, dataDir, port, advertised: proxy.port });
});
afterAll(async () => {
  await server?.stop();
  await proxy?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

let topic: string;
let brokers: readonly MessageBroker[];
let into: Imported;
let members: readonly [Member, Member];
let load: ReturnType<typeof publishing>;
const troubles: string[] = [];
beforeEach(async () => {
  topic = `load.facts-${crypto.randomUUID()}.v1`;
  troubles.length = 0;
  into = imported();
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => openBroker(proxy.address, topic, troubles)));
  if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
  brokers = [one, two, three];
  members = [await joined(one, topic, into), await joined(two, topic, into)];
  load = publishing(three, topic);
});
afterEach(async () => {
  server.resume();
  await proxy.heal();
  await load.stop();
  await Promise.all(brokers.map((broker) => broker.close()));
});

const address = (): string => server.environment['KAFKA_BROKERS'] ?? '';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(20);
};

/** That everything flows, and for how long it did not. */
const flows = async (): Promise<number> => {
  const before = into.applied();
  const started = performance.now();
  await until(() => into.applied() >= before + 500);
  return Math.round(performance.now() - started);
};

/** Nothing acknowledged is missing, and each message took effect once, in the order of its subject. */
const addsUp = async (fault: string, rounds: number): Promise<void> => {
  await load.stop();
  await until(() => [...load.acknowledged].every(([subject, sequence]) => (into.last.get(subject) ?? -1) >= sequence));
  expect(into.holes).toEqual([]);
  expect(into.applied()).toBe([...into.last.values()].reduce((sum, last) => sum + last + 1, 0));
  await until(() => members.every(({ subscription }) => subscription.health() === 'consuming'));
  console.log(
    `${fault}: ${rounds} rounds, ${load.count()} acknowledged, 0 lost, ${into.repeated()} delivered again, ${load.failures()} publications given up`,
  );
};

test('killed and started again under load: nothing is lost or doubled in effect, and everything goes on by itself', async () => {
  const rounds = 4;
  for (let kill = 1; kill <= rounds; kill++) {
    await flows();
    await server.kill();
    await until(() => members.every(({ subscription }) => subscription.health() === 'reconnecting'));
    await server.restart();
  }
  await flows();
  expect(troubles.some((trouble) => trouble.includes('is not published yet'))).toBe(true);
  await addsUp('killed', rounds);
});

test('frozen for 20 s under load: publications fail in bounded time, and everything goes on by itself', async () => {
  await flows();
  server.pause();
  const failures = load.failures();
  await Promise.all([sleep(20_000), until(() => load.failures() > failures)]);
  for (const { subscription } of members) expect(subscription.health()).toBe('reconnecting');
  server.resume();
  await flows();
  await addsUp('frozen', 1);
});

const faults: readonly (readonly [string, number, () => Promise<void>])[] = [
  ['connections that are cut', 8, async () => proxy.cut()],
  ['connections that are half closed', 8, async () => proxy.halfClose()],
  [
    'connections that go silent for ever',
    2,
    async () => {
      proxy.blackHole();
      await sleep(5_000);
      await proxy.heal();
    },
  ],
  [
    'answers that are lost after the work was done',
    6,
    async () => {
      proxy.loseAnswers();
      await sleep(300);
      proxy.cut();
      await proxy.heal();
    },
  ],
  [
    'a port that refuses',
    2,
    async () => {
      await proxy.refuse();
      await sleep(2_000);
      await proxy.heal();
    },
  ],
];
test.each(faults)('%s: nothing is lost or doubled in effect', async (fault, rounds, strike) => {
  const pauses: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await flows();
    await strike();
    pauses.push(await flows());
  }
  await addsUp(`${fault} (flows again after at most ${Math.max(...pauses)} ms)`, rounds);
});

test('members that join, leave and die under load: nothing is lost or doubled in effect', async () => {
  const rounds = 3;
  for (let round = 1; round <= rounds; round++) {
    const third = await joined(brokers[2] as MessageBroker, topic, into);
    await flows();
    await third.leave();
    await flows();
    const dying = await memberProcess(address(), topic, into);
    await until(() => dying.handed() > 200);
    await dying.kill();
    await flows();
  }
  await addsUp('members that join, leave and die', rounds);
});
