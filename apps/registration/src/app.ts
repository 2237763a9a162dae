import { createHmac } from 'node:crypto';
import {
  contextHealth,
  contextMetrics,
  createHttpServer,
  createMetrics,
  type HttpServer,
  type Metrics,
  operatorRoutes,
  type ServiceConfig,
  sessionAttempts,
  tokens as tokensOf,
} from '@conference/platform';
import { type RegistrationApplication, registrationApplication } from '@conference/registration-application';
import { type Engines, uuidv5 } from '@conference/runtime';
import type { Logger } from 'pino';
import { openOrders } from './open-orders.ts';
import { problems } from './problems.ts';
import { conferenceRoutes } from './routes/conferences.ts';
import { orderRoutes } from './routes/orders.ts';
import { processRoutes } from './routes/processes.ts';
import { seatRoutes } from './routes/seats.ts';

export interface RegistrationApp {
  readonly http: HttpServer;
  readonly application: RegistrationApplication;
}

/**
 * The keyed hash by which a session finds its order; the key is the secret that signs the tokens. So after a new secret the
 * projection `orders` is rebuilt, as an operator can, before a session finds older orders.
 */
const locatorWith =
  (secret: string) =>
  (email: string, accessCode: string): string =>
    createHmac('sha256', secret).update(`${email.trim().toLowerCase()} ${accessCode}`).digest('base64url');

/** Registration on given engines: everything but the process around it. */
export const registrationApp = async (options: {
  readonly config: ServiceConfig;
  readonly engines: Engines;
  readonly logger: Logger;
  readonly checkEventStore: () => Promise<void>;
  readonly metrics?: Metrics;
}): Promise<RegistrationApp> => {
  const { config, engines, logger } = options;
  const { timer: clock, ids } = engines;
  const application = registrationApplication(engines, {
    reservationSeconds: config.reservationSeconds,
    graceSeconds: config.expiryGraceSeconds,
    locator: locatorWith(config.tokenSecret),
  });
  const { runtime, commands, queries } = application;
  const tokens = tokensOf({ secret: config.tokenSecret, clock });
  const metrics = options.metrics ?? createMetrics({ service: config.service });
  contextMetrics(metrics, { runtime, readModels: engines.readModels });
  const http = await createHttpServer({
    service: config.service,
    description: 'Orders and registrations: seats of published conferences, ordered, held, confirmed and assigned.',
    logger,
    clock,
    ids,
    tokens,
    operatorToken: config.operatorToken,
    uuidv5,
    health: contextHealth(runtime, options.checkEventStore),
    problems: problems.kinds,
    metrics,
    ...(config.rateLimitPerSecond === undefined ? {} : { rateLimitPerSecond: config.rateLimitPerSecond }),
  });
  conferenceRoutes(http, application);
  orderRoutes(http, {
    service: config.service,
    application,
    tokens,
    attempts: sessionAttempts({ secret: config.tokenSecret, clock }),
    openOrders: openOrders({
      max: config.openOrdersPerClient,
      clock,
      order: async (id) => (await queries.order(id))?.document,
      isPlaced: commands.isPlaced,
    }),
    now: () => clock.now(),
  });
  seatRoutes(http, config.service, application);
  processRoutes(http, application);
  operatorRoutes(http, { runtime, readModels: engines.readModels });
  return { http, application };
};
