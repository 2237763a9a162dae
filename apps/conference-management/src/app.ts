import { createHmac } from 'node:crypto';
import { type ConferenceManagementApplication, conferenceManagementApplication } from '@conference/conference-management-application';
import {
  contextHealth,
  contextMetrics,
  createHttpServer,
  type createLogger,
  createMetrics,
  type HttpServer,
  type Metrics,
  operatorRoutes,
  type ServiceConfig,
  sessionAttempts,
  tokens as tokensOf,
} from '@conference/platform';
import { type Engines, uuidv5 } from '@conference/runtime';
import { problems } from './problems.ts';
import { conferenceRoutes } from './routes/conferences.ts';
import { organizerSessionRoutes } from './routes/organizer-sessions.ts';
import { salesRoutes } from './routes/sales.ts';
import { seatTypeRoutes } from './routes/seat-types.ts';

export interface ConferenceManagementApp {
  readonly http: HttpServer;
  readonly application: ConferenceManagementApplication;
}

/** The keyed hash by which a session finds its conference; the key is the secret that signs the tokens. */
const locatorWith =
  (secret: string) =>
  (email: string, accessCode: string): string =>
    createHmac('sha256', secret).update(`${email.trim().toLowerCase()} ${accessCode}`).digest('base64url');

/** Conference-management on given engines: everything but the process around it. */
export const conferenceManagementApp = async (options: {
  readonly config: ServiceConfig;
  readonly engines: Engines;
  readonly logger: ReturnType<typeof createLogger>;
  readonly checkEventStore: () => Promise<void>;
  readonly metrics?: Metrics;
}): Promise<ConferenceManagementApp> => {
  const { config, engines, logger } = options;
  const { service } = config;
  const { timer: clock, ids } = engines;
  const application = conferenceManagementApplication(engines, { locator: locatorWith(config.tokenSecret) });
  const tokens = tokensOf({ secret: config.tokenSecret, clock });
  const metrics = options.metrics ?? createMetrics({ service: config.service });
  contextMetrics(metrics, { runtime: application.runtime, readModels: engines.readModels });
  const http = await createHttpServer({
    service,
    description: 'Conferences and their seat types, for those who organise them, with the orders and attendees of each.',
    logger,
    clock,
    ids,
    tokens,
    operatorToken: config.operatorToken,
    uuidv5,
    health: contextHealth(application.runtime, options.checkEventStore),
    problems: problems.kinds,
    metrics,
    ...(config.rateLimitPerSecond === undefined ? {} : { rateLimitPerSecond: config.rateLimitPerSecond }),
  });
  const now = () => clock.now();
  conferenceRoutes(http, { service, application, tokens, now });
  organizerSessionRoutes(http, { application, tokens, attempts: sessionAttempts({ secret: config.tokenSecret, clock }), now });
  seatTypeRoutes(http, service, application);
  salesRoutes(http, application);
  operatorRoutes(http, { runtime: application.runtime, readModels: engines.readModels });
  return { http, application };
};
