import type { ReadModelStore } from '@conference/ports';
import { type ContextRuntime, parkedMessagesCollection } from '@conference/runtime';
import { type HealthSource, readinessOf } from './health.ts';
import type { Metrics } from './metrics.ts';

const parkedCountedMax = 1_000;
/** As the health calls them. */
const engines = ['event-store', 'broker', 'read-models'];

/** What an operator watches of a context: how far behind it is, and what waits for somebody. Read when scraped. */
export const contextMetrics = (
  metrics: Metrics,
  options: { readonly runtime: ContextRuntime; readonly readModels: ReadModelStore; readonly health: HealthSource },
): void => {
  const { runtime, readModels, health } = options;
  metrics.gauge({
    name: 'engine_away',
    help: '1 while the engine cannot be used, as the health says',
    labels: ['part'],
    read: async () => {
      const away = new Set((await readinessOf(health)).missing.map(({ part }) => part));
      return engines.map((part) => ({ labels: { part }, value: away.has(part) ? 1 : 0 }));
    },
  });
  metrics.gauge({
    name: 'projection_lag_events',
    help: 'Events that a projection has not seen yet',
    labels: ['projection'],
    read: () => runtime.status().projections.map(({ name, lag }) => ({ labels: { projection: name }, value: lag })),
  });
  metrics.gauge({
    name: 'import_lag_messages',
    help: 'Messages of the neighbours not imported yet',
    read: () => runtime.status().importLag(),
  });
  metrics.gauge({
    name: 'parked_messages',
    help: `Messages that an operator has to look at; counted up to ${parkedCountedMax}`,
    read: async () => (await readModels.find(parkedMessagesCollection, { index: 'byTime', limit: parkedCountedMax })).items.length,
  });
};
