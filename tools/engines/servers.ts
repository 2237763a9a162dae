/** The servers of all three engines, side by side on loopback. */
import { join } from 'node:path';
import { installBroker, startBrokerServer } from './broker-server.ts';
import type { EngineServer } from './engine-server.ts';
import { startEventStoreServer } from './event-store-server.ts';
import { installReadModelServer, startReadModelServer } from './read-model-server.ts';

export const engineNames = ['event-store', 'broker', 'read-models'] as const;
export type EngineName = (typeof engineNames)[number];

/** Where the servers are installed: ignored by git. */
export const enginesFolder = join(import.meta.dirname, '..', '..', '.engines');

export interface EnginesOptions {
  /** Default: all of them. */
  readonly engines?: readonly EngineName[];
  /** Kept over restarts. Without it what they store is gone with them. */
  readonly dataDir?: string;
  /** Default: free ones. */
  readonly ports?: Partial<{ readonly [Name in EngineName]: number }>;
  readonly print?: (line: string) => void;
}

export interface RunningEngines {
  readonly servers: readonly EngineServer[];
  /** What services need to find them: `EVENTSTORE_URL`, `KAFKA_BROKERS`, `MONGODB_URL`. */
  readonly environment: { readonly [variable: string]: string };
  /** Resolves, with a sentence, when one of them has ended by itself. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

type Settings = { readonly enginesDir: string; readonly print: (line: string) => void; readonly dataDir?: string; readonly port?: number };

const startOf: { readonly [Name in EngineName]: (settings: Settings) => Promise<EngineServer> } = {
  'event-store': startEventStoreServer,
  broker: startBrokerServer,
  'read-models': startReadModelServer,
};

const silent = (): void => undefined;

/** What is missing, once; the double of the event store is part of the workspace. Rejects with one line that says what to install. */
export const installEngines = async ({ engines = engineNames, print = silent }: EnginesOptions = {}): Promise<void> => {
  const options = { enginesDir: enginesFolder, print };
  // One after the other: each line of progress belongs to the one before it.
  if (engines.includes('broker')) await installBroker(options);
  if (engines.includes('read-models')) await installReadModelServer(options);
};

/** Installs what is missing, starts them, and resolves when all answer. Rejects with one line; then none is left running. */
export const startEngines = async (options: EnginesOptions = {}): Promise<RunningEngines> => {
  const { engines = engineNames, dataDir, ports = {}, print = silent } = options;
  await installEngines(options);
  const starting = engines.map((name) =>
    startOf[name]({
      enginesDir: enginesFolder,
      print,
      ...(dataDir === undefined ? {} : { dataDir: join(dataDir, name) }),
      ...(ports[name] === undefined ? {} : { port: ports[name] }),
    }),
  );
  const outcomes = await Promise.allSettled(starting);
  const servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return {
    servers,
    environment: Object.assign({}, ...servers.map(({ environment }) => environment)),
    died: Promise.race(servers.map(({ died }) => died)),
    stop,
  };
};
