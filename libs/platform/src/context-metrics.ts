import type { ReadModelStore } from '@conference/ports';
import { type ContextRuntime, parkedMessagesCollection } from '@conference/runtime';
import type { Metrics } from './metrics.ts';

const parkedCountedMax = 1_000;

/** What an operator watches of a context: how far behind it is, and what waits for somebody. Read when scraped. */
export const contextMetrics = (
  metrics: Metrics,
  options: { readonly runtime: ContextRuntime; readonly readModels: ReadModelStore },
): void => {
  const { runtime, readModels } = options;
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
