import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openConnection } from './connection.ts';
import { Latencies } from './histogram.ts';

export type Target = { readonly host: string; readonly port: number };
export type HotConference = { readonly conferenceId: string; readonly seatTypeIds: readonly string[] };

/** What one run of load was answered. */
export type LoadResult = {
  readonly seconds: number;
  readonly accepted: number;
  readonly decided: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Open loop: how late the last requests were sent, that is whether the load generator or the service fell behind. */
  readonly latestStartMs: number;
};

const decidedStates = /"state":"(reserved|partially-reserved)"/;

/** An order of one to three seats of the three types, cheap to make: the load generator shares the machine. */
const bodyOf = ({ conferenceId, seatTypeIds }: HotConference, n: number): string => {
  const types = 1 + (n % 3);
  const items = Array.from({ length: types }, (_, i) => `{"seatTypeId":"${seatTypeIds[(n + i) % seatTypeIds.length]}","quantity":1}`);
  return `{"conferenceId":"${conferenceId}","items":[${items.join(',')}]}`;
};

const tally = () => {
  const latencies = new Latencies();
  const counts = { accepted: 0, decided: 0, failed: 0, latestStartMs: 0 };
  return {
    latencies,
    counts,
    place: async (connection: Connection, body: string, wait: string, scheduled: number): Promise<void> => {
      try {
        const { status, body: answered } = await connection.request(
          'POST',
          '/v1/orders',
          `idempotency-key: ${randomUUID()}\r\n${wait}`,
          body,
        );
        if (status !== 201) {
          counts.failed++;
          return;
        }
        counts.accepted++;
        if (decidedStates.test(answered)) counts.decided++;
        latencies.add(performance.now() - scheduled);
      } catch {
        counts.failed++;
      }
    },
    result: (seconds: number): LoadResult => {
      const [p50Ms = Number.NaN, p99Ms = Number.NaN, maxMs = Number.NaN] = latencies.quantiles(0.5, 0.99, 1);
      return { seconds, ...counts, p50Ms, p99Ms, maxMs };
    },
  };
};

const connectAll = (target: Target, count: number): Promise<Connection[]> =>
  Promise.all(Array.from({ length: count }, () => openConnection(target.host, target.port)));

const waitHeader = (untilDecided: boolean): string => (untilDecided ? 'prefer: wait=5\r\n' : '');

/** Each connection sends its next order as soon as it has an answer: finds the capacity. */
export const closedLoop = async (options: {
  readonly target: Target;
  readonly conference: HotConference;
  readonly connections: number;
  /** Ends after this time, or after this many orders, whichever comes first. */
  readonly seconds: number;
  readonly orders?: number;
  readonly untilDecided: boolean;
}): Promise<LoadResult> => {
  const { conference, seconds } = options;
  const connections = await connectAll(options.target, options.connections);
  const { place, result } = tally();
  const started = performance.now();
  const endsAt = started + seconds * 1000;
  let sent = 0;
  const run = async (connection: Connection): Promise<void> => {
    while (performance.now() < endsAt && sent < (options.orders ?? Number.POSITIVE_INFINITY)) {
      sent++;
      await place(connection, bodyOf(conference, sent), waitHeader(options.untilDecided), performance.now());
    }
  };
  await Promise.all(connections.map(run));
  const took = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  return result(took);
};

/** Orders at a fixed rate, whatever the answers do; latency counts from the moment an order was due (no coordinated omission). */
export const openLoop = async (options: {
  readonly target: Target;
  readonly conference: HotConference;
  readonly connections: number;
  readonly seconds: number;
  readonly perSecond: number;
}): Promise<LoadResult> => {
  const { conference, seconds, perSecond } = options;
  const connections = await connectAll(options.target, options.connections);
  const idle = [...connections];
  const { place, counts, result } = tally();
  const running = new Set<Promise<void>>();
  const started = performance.now();
  for (let n = 0; n < seconds * perSecond; n++) {
    const due = started + (n * 1000) / perSecond;
    while (performance.now() < due) await sleep(1);
    while (idle.length === 0) await nextTurn();
    const connection = idle.pop();
    if (connection === undefined) continue;
    counts.latestStartMs = Math.max(counts.latestStartMs, performance.now() - due);
    const order = place(connection, bodyOf(conference, n), waitHeader(true), due).then(() => {
      idle.push(connection);
      running.delete(order);
    });
    running.add(order);
  }
  await Promise.all(running);
  const took = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  return result(took);
};
