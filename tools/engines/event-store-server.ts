import { join } from 'node:path';
import { type Control, controlAt } from '@conference/testing-eventstoredb';
import { freePort } from '../free-port.ts';
import { type EngineServer, lineOf, spawnEngine, startEngine } from './engine-server.ts';

export type { FaultRequest } from '@conference/testing-eventstoredb';

export interface EventStoreServerOptions {
  readonly port?: number;
  /** Nothing that was acknowledged is lost, whatever ends the process. Default: in memory. */
  readonly dataDir?: string;
}

/** The double of EventStoreDB, with its faults on demand. */
export interface EventStoreServer extends EngineServer, Control {
  /** For `EVENTSTORE_URL`. */
  readonly url: string;
}

const program = join(import.meta.dirname, 'event-store-process.ts');
/** It reads its whole log first. */
const readyMsMax = 60_000;
const stopMsMax = 5_000;

/** Resolves when it answers. Rejects with one line, and with nothing left running, when it does not. */
export const startEventStoreServer = async ({ port, dataDir }: EventStoreServerOptions = {}): Promise<EventStoreServer> => {
  const ownPort = port ?? (await freePort());
  const controlPort = await freePort([ownPort]);
  const url = `esdb://127.0.0.1:${ownPort}?tls=false`;
  const ports = ['--port', String(ownPort), '--control-port', String(controlPort)];
  const data = dataDir === undefined ? [] : ['--data', dataDir];
  const engine = await startEngine({
    name: 'the double of EventStoreDB',
    environment: { EVENTSTORE_URL: url },
    spawn: () => spawnEngine(process.execPath, [program, ...ports, ...data]),
    ready: (child, signal) => lineOf(child, /CONTROL_URL=/, signal),
    readyMsMax,
    stopMsMax,
  });
  return {
    ...engine,
    get pid() {
      return engine.pid;
    },
    url,
    ...controlAt(`http://127.0.0.1:${controlPort}`),
  };
};
