import { openSqliteEngines } from '@conference/adapter-sqlite';
import {
  ConfigurationError,
  createLogger,
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

/** Never a silent fallback: who asks for an engine gets that one or a clear line. */
const assertEmbedded = ({ eventStoreUrl, kafkaBrokers, mongodbUrl }: ServiceConfig): void => {
  const asked = [
    eventStoreUrl === undefined ? [] : ['EVENTSTORE_URL'],
    kafkaBrokers === undefined ? [] : ['KAFKA_BROKERS'],
    mongodbUrl === undefined ? [] : ['MONGODB_URL'],
  ].flat();
  if (asked.length > 0)
    throw new ConfigurationError(
      asked.map((variable) => `${variable} is set, but this release runs on the embedded engines only: unset it`),
    );
};

const openEngines = (config: ServiceConfig): ReturnType<typeof openSqliteEngines> => {
  try {
    const publishes = Object.values(topics).map((topic) => topic.name);
    return openSqliteEngines({ dataDir: config.dataDir, service: name, publishes, timer: systemTimer });
  } catch (error) {
    throw new StartupFailure([error instanceof Error ? error.message : String(error)], { cause: error });
  }
};

const start = async (): Promise<RunningService> => {
  const config = serviceConfig(name, process.env);
  assertEmbedded(config);
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
    url: urlOf(config.host, config.port),
    closing: [{ name: 'http', close: async () => void (await http.close()) }, { name: 'runtime', close: () => runtime.stop() }, ...closing],
  };
};

await runService({ name, logger: () => logger, start });
