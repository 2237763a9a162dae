/**
 * Goal: on EventStoreDB nothing acknowledged is lost and nothing is done twice, whatever the event store suffers and whoever dies.
 * Method: people register without pause at three services on the double of EventStoreDB while each of its faults is made to happen, it
 * is killed and frozen, and the services are killed; the checker looks at everything once it is quiet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually, serviceNames } from '../journey/index.ts';
import type { FaultRequest } from './event-store-server.ts';
import { graceSeconds, reservationSeconds, type SystemOnEventStore, startSystemOnEventStore } from './system-on-event-store.fixture.ts';

const seed = Number(process.env['ESDB_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const rounds = Number(process.env['ESDB_ROUNDS'] ?? 2);
const atOnce = 24;
const quietWithinMs = 90_000;
const testMs = 300_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Ordeal = { readonly name: string; readonly happen: (running: SystemOnEventStore) => Promise<void>; readonly recoverMs: number };

const fault = (request: FaultRequest, recoverMs = 800): Ordeal => ({
  name: 'how' in request ? `${request.kind} (${request.how})` : request.kind,
  happen: ({ server }) => server.fault(request),
  recoverMs,
});
const ordeals: readonly Ordeal[] = [
  fault({ kind: 'acknowledgement-lost', how: 'cut', every: 3, times: 15 }),
  fault({ kind: 'acknowledgement-lost', how: 'silence', every: 2, times: 3 }, 6_000),
  fault({ kind: 'commit-timeout', every: 3, times: 15 }),
  fault({ kind: 'lost', every: 3, times: 15 }),
  fault({ kind: 'not-leader', every: 3, times: 15 }),
  fault({ kind: 'position-unknown', every: 2, times: 20 }),
  fault({ kind: 'half-closed' }),
  fault({ kind: 'subscriptions-fail' }),
  fault({ kind: 'slow-consumer', how: 'dropped' }),
  fault({ kind: 'slow-consumer', how: 'fall-behind' }),
  fault({ kind: 'black-hole', milliseconds: 3_000 }, 4_000),
  fault({ kind: 'restart', downMs: 500 }, 1_500),
  {
    name: 'SIGKILL of the event store',
    recoverMs: 1_500,
    async happen({ server }) {
      await server.kill();
      await sleep(700);
      await server.restart();
    },
  },
  {
    name: 'the event store frozen for 4 s',
    recoverMs: 1_500,
    async happen({ server }) {
      server.pause();
      await sleep(4_000);
      server.resume();
    },
  },
  {
    name: 'SIGKILL of all services',
    recoverMs: 500,
    async happen({ services }) {
      await Promise.all(serviceNames.map((service) => services.kill(service, 'SIGKILL')));
      await Promise.all(serviceNames.map((service) => services.restart(service)));
    },
  },
  {
    name: 'SIGKILL of the event store and all services',
    recoverMs: 500,
    async happen({ server, services }) {
      await Promise.all([server.kill(), ...serviceNames.map((service) => services.kill(service, 'SIGKILL'))]);
      await server.restart();
      await Promise.all(serviceNames.map((service) => services.restart(service)));
    },
  },
];

let running: SystemOnEventStore | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
const showOutputs = ({ services }: SystemOnEventStore): void => {
  for (const service of serviceNames) say(`  ${service}: ${services.output(service).slice(-1_500)}`);
};

describe.each(['eventstore', 'kurrent'] as const)('three services on EventStoreDB by the client %s', (client) => {
  test(
    'lose and double nothing, whatever the event store suffers under load',
    async () => {
      running = await startSystemOnEventStore(client);
      const done = new Map<string, number>();
      const workload = running.crowd(await running.openConferences(4), seed, atOnce);
      try {
        for (const { name, happen, recoverMs } of Array.from({ length: rounds }, () => ordeals).flat()) {
          await happen(running);
          done.set(name, (done.get(name) ?? 0) + 1);
          await sleep(recoverMs);
          expect(running.services.running().toSorted(), `no service dies of: ${name}`).toEqual([...serviceNames].toSorted());
          expect(
            workload.failures().map(({ message }) => message),
            name,
          ).toEqual([]);
        }
        await workload.stop();
        expect(workload.failures().map(({ message }) => message)).toEqual([]);
        await sleep((reservationSeconds + graceSeconds + 1) * 1_000);
        expect(await running.findings(quietWithinMs)).toEqual([]);
      } catch (error) {
        showOutputs(running);
        say(`  FAILED with seed ${seed}: to repeat, ESDB_SEED=${seed}`);
        throw error;
      } finally {
        void workload.stop();
      }
      const { payments, orders } = running.journal.entries();
      say(`  seed ${seed}, ${workload.finished()} registrants, ${orders.length} orders, ${payments.length} payments, everything adds up`);
      for (const [name, times] of done) say(`  ${times} × ${name}`);
    },
    testMs,
  );

  test(
    'say that they are not ready while the event store is away, and are ready again by themselves',
    async () => {
      running = await startSystemOnEventStore(client);
      const { server, services } = running;
      const statuses = () =>
        Promise.all(serviceNames.map(async (service) => (await fetch(`${services.addresses[service]}/health/ready`)).status));
      expect(await statuses()).toEqual([200, 200, 200]);
      await server.kill();
      await eventually('not ready', statuses, (seen) => seen.every((status) => status === 503), { withinMs: 20_000 });
      await server.restart();
      await eventually('ready again', statuses, (seen) => seen.every((status) => status === 200), { withinMs: 20_000 });
    },
    testMs,
  );
});
