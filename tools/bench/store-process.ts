import { randomUUID } from 'node:crypto';
import { registration } from '@conference/app-registration';
import { openEngines } from '@conference/engines';
import { locatorWith, type OpenedEngines, serviceConfig, systemIds, systemRandom, systemTimer } from '@conference/platform';
import type { EventStore } from '@conference/ports';
import { orderEventTypes, ordersProjection, registrationApplication, registrationCodec } from '@conference/registration-application';
import { contextRuntime, type Engines, only, silent } from '@conference/runtime';
import { confirmedOrder, longOrder, type Step } from './order-events.ts';

/** Works on registration's engines with no service around them, in a process of its own. It is told one job, and answers with what it measured. */
export type StoreJob =
  | { readonly kind: 'cold-load'; readonly dataDir: string; readonly events: number; readonly times: number }
  | { readonly kind: 'rebuild'; readonly dataDir: string; readonly orders: number; readonly people: number; readonly times: number };
export type ColdLoadResult = { readonly loadsMs: readonly number[] };
export type RebuildResult = {
  readonly events: number;
  readonly filledSeconds: number;
  readonly rebuiltSeconds: readonly number[];
  readonly residentMiB: number;
};

const appendsAtOnce = 2_000;
const progressOrders = 10_000;
const progress = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
const locator = locatorWith('bench-secret');
const log = { ...silent, error: (fields: object, message: string): void => progress(`${message} ${JSON.stringify(fields)}`) };

const opened = async (dataDir: string): Promise<{ readonly engines: Engines; readonly close: () => Promise<void> }> => {
  const config = serviceConfig('registration', { DATA_DIR: dataDir, TOKEN_SECRET: 'bench-secret', OPERATOR_TOKEN: 'bench-secret' });
  const { publishes } = registration;
  const { closing, ...engines }: OpenedEngines = await openEngines({ config, publishes, timer: systemTimer, onTrouble: progress });
  return {
    engines: { ...engines, timer: systemTimer, ids: systemIds, random: systemRandom, log, instance: 'bench' },
    close: async () => {
      for (const { close } of closing) await close();
    },
  };
};

/** In this order; many are on their way at a time, and are committed together. */
const appendAll = async (store: EventStore, steps: readonly Step[]): Promise<void> => {
  for (let from = 0; from < steps.length; from += appendsAtOnce) {
    const appends = steps.slice(from, from + appendsAtOnce).map(({ stream, expected, events }) => store.append(stream, expected, events));
    for (const { status } of await Promise.all(appends)) if (status !== 'appended') throw new Error(`an append was answered ${status}`);
  }
};

/** A command for an order that is not in memory, in an application and a store that were just opened: the whole stream is read and folded. */
const loadOnce = async (dataDir: string, orderId: string): Promise<number> => {
  const { engines, close } = await opened(dataDir);
  const { commands } = registrationApplication(engines, { reservationSeconds: 900, graceSeconds: 840, locator });
  const id = randomUUID();
  const begun = performance.now();
  const outcome = await commands.confirmOrder({ orderId }, { commandId: id, correlationId: id, causationId: id, actor: 'bench' });
  const took = performance.now() - begun;
  if (outcome.status !== 'rejected' || outcome.reason.code !== 'not-fully-reserved') throw new Error(`answered ${outcome.status}`);
  await close();
  return took;
};

const coldLoad = async ({ dataDir, events, times }: Extract<StoreJob, { kind: 'cold-load' }>): Promise<ColdLoadResult> => {
  const orderId = randomUUID();
  const { engines, close } = await opened(dataDir);
  await appendAll(engines.eventStore, longOrder(orderId, events, Date.now()));
  await close();
  const loadsMs: number[] = [];
  for (let time = 0; time < times; time++) loadsMs.push(await loadOnce(dataDir, orderId));
  return { loadsMs };
};

/** So many people at a time: each does the next step when all have done the last one. */
const sideBySide = (orders: readonly (readonly Step[])[]): readonly Step[] =>
  (orders[0] ?? []).flatMap((_, index) => orders.flatMap((steps) => steps[index] ?? []));

const fill = async (store: EventStore, orders: number, people: number): Promise<number> => {
  let events = 0;
  const now = Date.now();
  for (let from = 0; from < orders; from += people) {
    const count = Math.min(people, orders - from);
    const steps = sideBySide(Array.from({ length: count }, (_, i) => confirmedOrder(from + i, now)));
    await appendAll(store, steps);
    events += steps.reduce((sum, step) => sum + step.events.length, 0);
    if (Math.floor((from + count) / progressOrders) > Math.floor(from / progressOrders)) progress(`${from + count} orders stored`);
  }
  return events;
};

const rebuild = async ({ dataDir, orders, people, times }: Extract<StoreJob, { kind: 'rebuild' }>): Promise<RebuildResult> => {
  const { engines, close } = await opened(dataDir);
  const events = await fill(engines.eventStore, orders, people);
  const builder = contextRuntime({
    context: 'Registration',
    service: 'registration',
    categories: ['Order', 'RegistrationInboxPayment'],
    engines,
  });
  builder.project(ordersProjection(locator), only(registrationCodec, ...orderEventTypes));
  const runtime = builder.build();
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return (performance.now() - begun) / 1000;
  };
  const filledSeconds = await seconds(async () => {
    await runtime.start();
    await runtime.ready();
  });
  progress(`first filling: ${filledSeconds.toFixed(1)} s`);
  const rebuiltSeconds: number[] = [];
  for (let time = 0; time < times; time++) {
    rebuiltSeconds.push(await seconds(() => runtime.rebuild('orders')));
    progress(`rebuild ${time + 1}: ${rebuiltSeconds.at(-1)?.toFixed(1)} s`);
  }
  const residentMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
  await runtime.stop();
  await close();
  return { events, filledSeconds, rebuiltSeconds, residentMiB };
};

process.once('message', (job: StoreJob) => {
  const work: Promise<ColdLoadResult | RebuildResult> = job.kind === 'cold-load' ? coldLoad(job) : rebuild(job);
  work.then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      progress(String(error));
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
