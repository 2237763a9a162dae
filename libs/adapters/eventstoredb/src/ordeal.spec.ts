import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type EventStoreServer, type FaultRequest, startEventStoreServer } from '@conference/testing-eventstoredb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStoreDb } from './open.ts';
import { expectedOf, type Ordeal, readLog, undergo } from './ordeal.fixture.ts';

const times = { openMs: 20_000, appendMs: 400, readMs: 1_000, silenceMs: 500, backoffMs: [5, 100] } as const;
/** Each fault a few times; `ORDEAL_APPENDS=120` takes minutes, and does each some thirty times. */
const load = { streams: 12, appends: Number(process.env.ORDEAL_APPENDS ?? 12) };
const pauseMs = 60;

const appendFaults = ['acknowledgement-lost', 'commit-timeout', 'lost', 'not-leader', 'position-unknown'] as const;
const faults: readonly (FaultRequest | 'kill')[] = [
  ...appendFaults.map((kind) => ({ kind, every: 2, times: 6 }) as const),
  { kind: 'acknowledgement-lost', how: 'silence', every: 1, times: 2 },
  { kind: 'half-closed' },
  { kind: 'slow-consumer', how: 'dropped' },
  { kind: 'slow-consumer', how: 'fall-behind' },
  { kind: 'subscriptions-fail' },
  { kind: 'restart', downMs: 50 },
  'kill',
  { kind: 'black-hole', milliseconds: 600 },
];

/** One after the other, again and again, while the work goes on. Answers how often each was done. */
const torment = async (server: EventStoreServer, isOver: () => boolean): Promise<ReadonlyMap<string, number>> => {
  const done = new Map<string, number>();
  const count = (counts: Readonly<Record<string, number>>): void => {
    for (const [kind, times] of Object.entries(counts)) done.set(kind, (done.get(kind) ?? 0) + times);
  };
  for (let index = 0; !isOver(); index += 1) {
    const fault = faults[index % faults.length];
    if (fault === 'kill') {
      count({ ...(await server.state()).faults, 'SIGKILL and restart': 1 });
      await server.kill();
      await server.restart();
    } else if (fault !== undefined) await server.fault(fault);
    await setTimeout(pauseMs);
  }
  count((await server.state()).faults);
  return done;
};

/** In this order: the client that is loaded last is the one whose definitions of messages count in a process. */
const clients = ['eventstore', 'kurrent'] as const;

describe.each(clients)('the event store by the client %s, whose server suffers everything and is killed, under load', (client) => {
  let dataDir: string;
  let server: EventStoreServer;
  let ordeal: Ordeal;
  let done: ReadonlyMap<string, number>;
  const said: string[] = [];
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'event-store-'));
    server = await startEventStoreServer({ dataDir });
    const opened = await openEventStoreDb({
      url: server.url,
      client,
      context: 'Ordeal',
      times,
      onTrouble: (message) => said.push(message),
    });
    let isOver = false;
    const tormenting = torment(server, () => isOver);
    ordeal = await undergo(opened.eventStore, load);
    isOver = true;
    done = await tormenting;
    for (const { close } of opened.closing) await close();
    // What the disk has, by a server and a client that know nothing else.
    await server.kill();
    await server.restart();
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const logOf = async () => {
    const { eventStore, closing } = await openEventStoreDb({ url: server.url, client, context: 'Ordeal', times });
    const log = await readLog(eventStore, ordeal.category);
    for (const { close } of closing) await close();
    return log;
  };

  it('loses and doubles nothing that was acknowledged, and keeps its order', async () => {
    const { byStream, ids, positions } = await logOf();
    expect(ordeal.acknowledged.size).toBe(load.streams + 1);
    for (const [stream, acknowledged] of ordeal.acknowledged) expect(byStream.get(stream)).toEqual(acknowledged);
    expect(new Set(ids).size).toBe(ids.length);
    expect(positions).toEqual([...new Set(positions)].sort());
  });
  it('gives a consumer that begins at its checkpoint everything behind it, in order and once', async () => {
    const log = await logOf();
    expect(ordeal.sessions.length).toBeGreaterThan(3);
    for (const session of ordeal.sessions) expect(session.ids).toEqual(expectedOf(session, log));
    expect(new Set(ordeal.sessions.flatMap(({ ids }) => ids)).size).toBeGreaterThanOrEqual(log.ids.length - 1);
  });
  it('was given each fault', () => {
    const kinds = faults.map((fault) => (fault === 'kill' ? 'SIGKILL and restart' : fault.kind));
    process.stdout.write(`faults by the client ${client}: ${[...done].map(([kind, times]) => `${kind} ${times}`).join(', ')}\n`);
    expect([...done.keys()].sort()).toEqual([...new Set(kinds)].sort());
    expect(said.length).toBeGreaterThan(0);
  });
});
