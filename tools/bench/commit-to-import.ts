import { openKafkaMessageBroker } from '@conference/adapter-kafka';
import { systemTimer } from '@conference/platform';
import { topics } from '@conference/registration-contracts';
import { hotConference } from './conference.ts';
import { Latencies } from './histogram.ts';
import { place, quiet } from './load-parts.ts';
import { target } from './services.ts';
import { ms, type Workbench } from './workbench.ts';

const limitMs = 250;

/**
 * From the time that stands in an event, which is that of its decision, until a consumer in another process handles the message:
 * so it holds the commit, the publisher and the broker. Only where the services hear of each other through Kafka.
 */
export const commitToImport = async (bench: Workbench, brokers: string, ordersPerSecond: number, seconds: number): Promise<void> => {
  await bench.startAll(bench.dataFolder());
  const conference = await hotConference('facts');
  await place(bench, conference, 500); // warms the code up
  await quiet(bench);
  const broker = await openKafkaMessageBroker({ brokers: brokers.split(','), clientId: 'bench', publishes: [], timer: systemTimer });
  const latencies = new Latencies();
  await broker.subscribe({
    topics: [topics.orders.name],
    group: `bench-${crypto.randomUUID()}`,
    from: 'latest',
    signal: new AbortController().signal,
    handle: async ({ messages }) => {
      for (const message of messages) if ('occurredAt' in message) latencies.add(Date.now() - Date.parse(message.occurredAt));
    },
  });
  const load = await bench.run({
    kind: 'open',
    target: target('registration'),
    conference,
    connections: 64,
    seconds,
    perSecond: ordersPerSecond,
  });
  await quiet(bench);
  await broker.close();
  await bench.stopAll('SIGTERM');
  const [p50Ms = Number.NaN, p99Ms = Number.NaN, maxMs = Number.NaN] = latencies.quantiles(0.5, 0.99, 1);
  bench.note(
    'commitToImport',
    `from commit to import at ${ordersPerSecond} orders/s`,
    `p99 ${ms(p99Ms)}`,
    `${latencies.count} facts, p50 ${ms(p50Ms)}, longest ${ms(maxMs)}, ${load.failed} orders failed; limit ${ms(limitMs)}${p99Ms < limitMs ? '' : ': MISSED'}`,
    { ordersPerSecond, seconds, facts: latencies.count, p50Ms, p99Ms, maxMs, failed: load.failed },
  );
};
