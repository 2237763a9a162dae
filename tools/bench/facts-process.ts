import { openEngines } from '@conference/engines';
import { serviceConfig, systemTimer } from '@conference/platform';
import type { MessageBroker, OutgoingMessage } from '@conference/ports';
import { Latencies } from './histogram.ts';

/** Works on a broker with no service around it, in a process of its own: the one of `KAFKA_BROKERS`, or the embedded one. */
export type FactsJob = {
  readonly dataDir: string;
  readonly facts: number;
  readonly perSecond: number;
  readonly seconds: number;
};
export type FactsResult = {
  readonly broker: 'Kafka' | 'embedded';
  readonly publishedSeconds: number;
  /** From the first publication to the last acknowledged batch, while publishing went on. */
  readonly importedSeconds: number;
  readonly latency: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
};

/** As many as the publisher of a service hands over when it has a backlog. */
const batch = 400;
const subjects = 50;
const valueBytes = 400;

const factOf = (n: number): OutgoingMessage => ({
  messageId: `fact-${n}`,
  sourceContext: 'registration',
  subject: `Order-${n % subjects}`,
  sequence: Math.floor(n / subjects),
  key: `Order-${n % subjects}`,
  type: 'registration.OrderPlaced',
  schemaVersion: 1,
  data: { n, text: 'x'.repeat(valueBytes) },
  occurredAt: systemTimer.now(),
  metadata: { correlationId: 'bench', causationId: 'bench' },
});

/** Every fact is imported once; those that come again are not counted again. */
const importing = async (
  broker: MessageBroker,
  topic: string,
  onFact: (n: number) => void,
): Promise<{ readonly until: (count: number) => Promise<void> }> => {
  const seen = new Set<string>();
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  await broker.subscribe({
    topics: [topic],
    group: 'bench',
    from: 'earliest',
    signal: new AbortController().signal,
    handle: async ({ messages }) => {
      for (const message of messages) {
        if ('undecodable' in message || seen.has(message.messageId)) continue;
        seen.add(message.messageId);
        onFact(Number(message.data['n']));
      }
      if (waiting !== undefined && seen.size >= waiting.count) waiting.resolve();
    },
  });
  return {
    until: (count) =>
      new Promise((resolve) => {
        if (seen.size >= count) return resolve();
        waiting = { count, resolve };
      }),
  };
};

const secondsSince = (begun: number): number => (performance.now() - begun) / 1_000;

const throughput = async (broker: MessageBroker, topic: string, facts: number) => {
  const imports = await importing(broker, topic, () => undefined);
  await broker.publish(topic, [factOf(0)]);
  await imports.until(1);
  const begun = performance.now();
  for (let from = 1; from <= facts; from += batch) {
    await broker.publish(
      topic,
      Array.from({ length: Math.min(batch, facts + 1 - from) }, (_, n) => factOf(from + n)),
    );
  }
  const publishedSeconds = secondsSince(begun);
  await imports.until(facts + 1);
  return { publishedSeconds, importedSeconds: secondsSince(begun) };
};

const latency = async (broker: MessageBroker, topic: string, { perSecond, seconds }: FactsJob): Promise<FactsResult['latency']> => {
  const sentAt = new Map<number, number>();
  const latencies = new Latencies();
  const warm = perSecond;
  const imports = await importing(broker, topic, (n) => {
    if (n >= warm) latencies.add(performance.now() - (sentAt.get(n) ?? Number.NaN));
  });
  const count = warm + perSecond * seconds;
  const begun = performance.now();
  const sending: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    await systemTimer.sleep(Math.max(0, begun + (n * 1_000) / perSecond - performance.now()));
    sentAt.set(n, performance.now());
    sending.push(broker.publish(topic, [factOf(n)]));
  }
  await Promise.all(sending);
  await imports.until(count);
  const [p50Ms = Number.NaN, p99Ms = Number.NaN, maxMs = Number.NaN] = latencies.quantiles(0.5, 0.99, 1);
  return { count: latencies.count, p50Ms, p99Ms, maxMs };
};

const measured = async (job: FactsJob): Promise<FactsResult> => {
  const secrets = { TOKEN_SECRET: 'bench-secret', OPERATOR_TOKEN: 'bench-secret' };
  const KAFKA_BROKERS = process.env['KAFKA_BROKERS'] ?? '';
  const config = serviceConfig('registration', { DATA_DIR: job.dataDir, ...secrets, ...(KAFKA_BROKERS === '' ? {} : { KAFKA_BROKERS }) });
  const [many, few] = ['many', 'few'].map((name) => `bench.${name}-${crypto.randomUUID()}.v1`) as [string, string];
  const onTrouble = (_: string, message: string): void => void process.stderr.write(`bench: ${message}\n`);
  const { broker, closing } = await openEngines({ config, publishes: [many, few], timer: systemTimer, onTrouble });
  try {
    const rates = await throughput(broker, many, job.facts);
    return { broker: KAFKA_BROKERS === '' ? 'embedded' : 'Kafka', ...rates, latency: await latency(broker, few, job) };
  } finally {
    for (const { close } of closing) await close();
  }
};

process.once('message', (job: FactsJob) => {
  measured(job).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`bench: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
