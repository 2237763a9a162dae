import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Reading = { readonly labels?: { readonly [label: string]: string }; readonly value: number };

export interface Metrics {
  /** For counters and histograms of a service's own. */
  readonly registry: Registry;
  /** Read when scraped. A reading that fails leaves the gauge out of that scrape; it never fails the scrape. */
  gauge(options: {
    readonly name: string;
    readonly help: string;
    readonly labels?: readonly string[];
    readonly read: () => number | readonly Reading[] | Promise<number | readonly Reading[]>;
  }): void;
  observeRequest(method: string, route: string, status: number, seconds: number): void;
}

const requestSecondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Prometheus metrics of one service in a registry of its own; `withProcess` adds memory, CPU and event-loop lag. */
export const createMetrics = (options: { readonly service: string; readonly withProcess?: boolean }): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  if (options.withProcess !== false) collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: requestSecondsBuckets,
    registers: [registry],
  });
  return {
    registry,
    gauge: ({ name, help, labels = [], read }) => {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        async collect() {
          this.reset();
          try {
            const readings = await read();
            if (typeof readings === 'number') this.set(readings);
            else for (const reading of readings) this.set({ ...reading.labels }, reading.value);
          } catch {
            this.reset();
            // A gauge without labels is reset to 0, which would be a reading.
            this.remove();
          }
        },
      });
    },
    observeRequest: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
  };
};
