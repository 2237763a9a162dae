import type { FastifyInstance } from 'fastify';
import { auth } from './auth.ts';
import { type HealthSource, readinessOf } from './health.ts';
import type { Metrics } from './metrics.ts';

const open = { schema: { hide: true }, config: { auth: auth.public } } as const;

/** Health for an orchestrator, metrics for Prometheus. Neither is limited, and neither needs a token: keep them inside. */
export const addOperations = (app: FastifyInstance, options: { readonly health: HealthSource; readonly metrics: Metrics }): void => {
  const { health, metrics } = options;
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.get('/health/live', open, async () => ({ status: 'live' }));
  app.get('/health/ready', open, async (_request, reply) => {
    const readiness = await readinessOf(health, { closing });
    reply.code(readiness.status === 'unavailable' ? 503 : 200).header('cache-control', 'no-store');
    return readiness;
  });
  app.get('/metrics', open, async (_request, reply) => {
    reply.header('content-type', metrics.registry.contentType);
    return metrics.registry.metrics();
  });
};
