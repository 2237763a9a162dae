import { openSqliteEngines } from '@conference/adapter-sqlite';
import {
  closeHttpServer,
  createLogger,
  engineVariables,
  type HttpServer,
  type RunningService,
  runService,
  type ServiceConfig,
  StartupFailure,
  serviceConfig,
  systemIds,
  systemRandom,
  systemTimer,
  urlOf,
} from '@conference/platform';
import { topics } from '@conference/registration-contracts';
import type { Logger } from 'pino';
import { registrationApp } from './app.ts';

const name = 'registration';
let logger: Logger | undefined;

const openEngines = (config: ServiceConfig): ReturnType<typeof openSqliteEngines> => {
  try {
    const publishes = Object.values(topics).map((topic) => topic.name);
    return openSqliteEngines({ dataDir: config.dataDir, service: name, publishes, timer: systemTimer });
  } catch (error) {
    throw new StartupFailure([error instanceof Error ? error.message : String(error)], { cause: error });
  }
};

/** The one that was given by the system where the configuration says 0. */
const portOf = (http: HttpServer, configured: number): number => {
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : configured;
};

const start = async (): Promise<RunningService> => {
  const config = serviceConfig(name, process.env, { unsupportedEngines: engineVariables });
  logger = createLogger({ service: name, level: config.logLevel });
  const { eventStore, broker, readModels, closing } = openEngines(config);
  const { http, application } = await registrationApp({
    config,
    engines: { eventStore, broker, readModels, timer: systemTimer, ids: systemIds, random: systemRandom, log: logger, instance: name },
    logger,
    checkEventStore: () => eventStore.check(),
  });
  const { runtime } = application;
  await http.listen({ host: config.host, port: config.port });
  await runtime.start();
  await runtime.ready();
  return {
    url: urlOf(config.host, portOf(http, config.port)),
    closing: [{ name: 'http', close: () => closeHttpServer(http) }, { name: 'runtime', close: () => runtime.stop() }, ...closing],
  };
};

await runService({ name, logger: () => logger, start });
