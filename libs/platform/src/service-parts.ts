import type { EventStore, Timer } from '@conference/ports';
import { type ContextRuntime, type Engines, uuidv5 } from '@conference/runtime';
import type { Logger } from 'pino';
import { contextMetrics } from './context-metrics.ts';
import type { HttpServer } from './fastify-types.ts';
import type { DegradedPart } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { contextHealth, operatorRoutes } from './operator-routes.ts';
import type { ProblemKind } from './problem.ts';
import type { ServiceConfig, ServiceName } from './service-config.ts';
import { type Tokens, tokens as tokensOf } from './tokens.ts';

/** The engines that a service was opened on. Platform knows none of them: `main.ts` of the service opens them. */
export interface OpenedEngines extends Pick<Engines, 'broker' | 'readModels'> {
  /** `check` throws while the store cannot answer. */
  readonly eventStore: EventStore & { readonly check: () => Promise<void> };
  /** In this order. */
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
}

/** What a service is beside its engines: `main.ts` joins the two. */
export interface ContextService<App extends ServiceApp = ServiceApp> {
  readonly name: ServiceName;
  /** The topics that this service, and no other, writes. */
  readonly publishes: readonly string[];
  readonly app: (parts: ServiceParts) => Promise<App>;
}

/** Rejects with what an operator can mend in one clear message: a folder in use, a server that is not there. */
export type OpenEngines = (where: {
  readonly config: ServiceConfig;
  readonly publishes: readonly string[];
  readonly timer: Timer;
  /** An engine is away, or has come back: one line. Told once, not with every try. */
  readonly onTrouble: (part: 'event-store' | 'broker' | 'read-models', message: string) => void;
}) => Promise<OpenedEngines>;

/** What a service is put together from. */
export interface ServiceParts {
  readonly config: ServiceConfig;
  readonly engines: Engines;
  readonly logger: Logger;
  readonly checkEventStore: () => Promise<void>;
  /** Of the other engines, what is away. */
  readonly degraded?: () => readonly DegradedPart[];
  /** Where this service listens; known once it does. */
  readonly ownUrl: () => string;
  readonly metrics?: Metrics;
}

/** A service on given engines: everything but the process around it. */
export interface ServiceApp {
  readonly http: HttpServer;
  readonly application: { readonly runtime: ContextRuntime };
}

/**
 * The HTTP server of one context, with what is the same in all of them: tokens, health, metrics, limits and the operator's
 * routes. The service adds its own routes before it listens.
 */
export const contextServer = async (
  parts: Omit<ServiceParts, 'ownUrl'>,
  context: {
    readonly runtime: ContextRuntime;
    /** One sentence for the documentation. */
    readonly description: string;
    /** The service's own refusals. */
    readonly problems: { readonly [code: string]: ProblemKind };
  },
): Promise<{ readonly http: HttpServer; readonly tokens: Tokens }> => {
  const { config, engines, logger, checkEventStore } = parts;
  const { runtime, description, problems } = context;
  const { timer: clock, ids, readModels } = engines;
  const { service, operatorToken, tokenSecret, rateLimitPerSecond } = config;
  const metrics = parts.metrics ?? createMetrics({ service });
  const health = contextHealth(runtime, checkEventStore, parts.degraded);
  contextMetrics(metrics, { runtime, readModels, health });
  const tokens = tokensOf({ secret: tokenSecret, clock });
  const http = await createHttpServer({
    service,
    description,
    logger,
    clock,
    ids,
    tokens,
    operatorToken,
    uuidv5,
    health,
    problems,
    metrics,
    ...(rateLimitPerSecond === undefined ? {} : { rateLimitPerSecond }),
  });
  operatorRoutes(http, { service, runtime, readModels });
  return { http, tokens };
};
