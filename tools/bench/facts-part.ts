import { serviceFlags } from '../service-process.ts';
import { commitToImport } from './commit-to-import.ts';
import type { FactsJob, FactsResult } from './facts-process.ts';
import { ms, perSecond, type Workbench } from './workbench.ts';

const factsPublished = 30_000;
const ordersPerSecond = 50;
const latencySeconds = 20;
const limits = { factsPerSecond: 5_000, p99Ms: 250 };

const inFactsProcess = (bench: Workbench, job: FactsJob): Promise<FactsResult> =>
  new Promise((resolve, reject) => {
    const child = bench.forked(new URL('facts-process.ts', import.meta.url), [
      ...serviceFlags,
      `--max-old-space-size=${bench.settings.heapMiB}`,
    ]);
    let result: FactsResult | undefined;
    child.once('message', (answered) => {
      result = answered as FactsResult;
    });
    child.once('exit', (code, signal) => {
      if (result === undefined) reject(new Error(`the part facts ended with ${signal ?? code}`));
      else resolve(result);
    });
    child.send(job);
  });

/** A word when a limit is missed. */
const unless = (isMet: boolean): string => (isMet ? '' : ': MISSED');

/** The broker alone: one publisher and one consumer in one process, offsets committed with each batch; then, on Kafka, between services. */
export const facts = async (bench: Workbench): Promise<void> => {
  const job = { dataDir: bench.newFolder(), facts: factsPublished, perSecond: ordersPerSecond, seconds: latencySeconds };
  const { broker, publishedSeconds, importedSeconds, latency } = await inFactsProcess(bench, job);
  const rate = perSecond(factsPublished, importedSeconds);
  bench.note(
    'facts',
    `facts published and imported (${broker})`,
    `${rate} facts/s`,
    `${factsPublished} facts of 400 bytes in batches of 400, published at ${perSecond(factsPublished, publishedSeconds)}/s meanwhile; floor ${limits.factsPerSecond}/s${unless(rate >= limits.factsPerSecond)}`,
    { broker, facts: factsPublished, perSecond: rate, publishedSeconds, importedSeconds },
  );
  bench.note(
    'factLatency',
    `from publication to import at ${ordersPerSecond} facts/s (${broker})`,
    `p99 ${ms(latency.p99Ms)}`,
    `${latency.count} facts, p50 ${ms(latency.p50Ms)}, longest ${ms(latency.maxMs)}; limit ${ms(limits.p99Ms)}${unless(latency.p99Ms < limits.p99Ms)}`,
    { broker, perSecond: ordersPerSecond, ...latency },
  );
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  if (brokers !== '') await commitToImport(bench, brokers, ordersPerSecond, latencySeconds);
};
