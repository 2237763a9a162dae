import type { Logger } from 'pino';
import { closeHttpServer } from './close-http-server.ts';
import type { Environment } from './environment.ts';
import type { HttpServer } from './fastify-types.ts';
import { createLogger } from './logger.ts';
import { type RunningService, runService } from './run-service.ts';
import { type ServiceConfig, serviceConfig, urlOf } from './service-config.ts';
import type { ContextService, OpenEngines, OpenedEngines } from './service-parts.ts';
import { StartupFailure } from './startup-failure.ts';
import { systemIds, systemRandom, systemTimer } from './system.ts';
import { watchedEngines } from './watched-engines.ts';

const opened = async (
  openEngines: OpenEngines,
  { publishes }: ContextService,
  config: ServiceConfig,
  logger: Logger,
): Promise<OpenedEngines> => {
  try {
    const onTrouble = (engine: string, message: string): void => logger.warn({ engine }, message);
    return await openEngines({ config, publishes, timer: systemTimer, onTrouble });
  } catch (error) {
    throw new StartupFailure([error instanceof Error ? error.message : String(error)], { cause: error });
  }
};

/** The one that was given by the system where the configuration says 0. */
const portOf = (http: HttpServer, configured: number): number => {
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : configured;
};

const start = async (service: ContextService, openEngines: OpenEngines, config: ServiceConfig, logger: Logger): Promise<RunningService> => {
  const { eventStore, closing, ...engines } = await opened(openEngines, service, config, logger);
  const { broker, readModels, degraded } = watchedEngines(engines);
  let listening: HttpServer | undefined;
  const ownUrl = (): string => urlOf(config.host, listening === undefined ? config.port : portOf(listening, config.port));
  const { http, application } = await service.app({
    config,
    engines: {
      eventStore,
      broker,
      readModels,
      timer: systemTimer,
      ids: systemIds,
      random: systemRandom,
      log: logger,
      instance: service.name,
    },
    logger,
    checkEventStore: () => eventStore.check(),
    degraded,
    ownUrl,
  });
  const { runtime } = application;
  await http.listen({ host: config.host, port: config.port });
  listening = http;
  await runtime.start();
  await runtime.ready();
  return {
    url: ownUrl(),
    closing: [{ name: 'http', close: () => closeHttpServer(http) }, { name: 'runtime', close: () => runtime.stop() }, ...closing],
  };
};

/**
 * The whole of a service's `main`: its configuration, its engines, its HTTP server and what follows its event store, run until
 * a signal and closed in order. See {@link runService} for how it ends.
 */
export const runContextService = async (
  service: ContextService,
  openEngines: OpenEngines,
  environment: Environment = process.env,
): Promise<void> => {
  let logger: Logger | undefined;
  await runService({
    name: service.name,
    logger: () => logger,
    start: async () => {
      const config = serviceConfig(service.name, environment);
      logger = createLogger({ service: service.name, level: config.logLevel });
      return start(service, openEngines, config, logger);
    },
  });
};
