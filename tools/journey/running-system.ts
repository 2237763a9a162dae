import { resolve } from 'node:path';
import { workspaceRoot } from '@conference/platform';
import { addressesOf } from './services.ts';
import type { ServiceAddresses } from './system-client.ts';

const portIn = (environment: NodeJS.ProcessEnv, variable: string, otherwise: number): number => Number(environment[variable] ?? otherwise);

/** Where running services are: the ports and the host of the environment, with the same defaults as the services. */
export const addressesFrom = (environment: NodeJS.ProcessEnv = process.env): ServiceAddresses =>
  addressesOf(
    {
      'conference-management': portIn(environment, 'CONFERENCE_MANAGEMENT_PORT', 4001),
      registration: portIn(environment, 'REGISTRATION_PORT', 4002),
      payments: portIn(environment, 'PAYMENTS_PORT', 4003),
    },
    environment['HOST'] ?? '127.0.0.1',
  );

/** The data folder, as the services resolve it. */
export const dataFolderFrom = (given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string =>
  given === undefined ? resolve(workspaceRoot(), environment['DATA_DIR'] ?? '.data') : resolve(given);
