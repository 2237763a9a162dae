import { keptSecret, type SecretName, secretVariables } from '@conference/platform';
import type { PartName } from './settings.ts';

type Environment = { readonly [name: string]: string | undefined };

/** What the services work on, as the environment chooses it. Whether a server is a stand-in, its address does not tell. */
export type EnginesInUse = {
  readonly eventStore: 'embedded' | 'EventStoreDB' | 'EventStoreDB, client kurrent';
  readonly broker: 'embedded' | 'Kafka';
  readonly readModels: 'embedded' | 'MongoDB';
};

/** An empty variable is none; what may hold a secret may also be given as a file. */
const isGiven = (environment: Environment, name: string): boolean => {
  const files = secretVariables.some((variable) => variable === name) ? [`${name}_FILE`] : [];
  return [name, ...files].some((variable) => (environment[variable] ?? '').trim() !== '');
};

/** Names only: an address may hold a password. */
export const enginesIn = (environment: Environment): EnginesInUse => {
  const eventStore = environment['ESDB_CLIENT'] === 'kurrent' ? 'EventStoreDB, client kurrent' : 'EventStoreDB';
  return {
    eventStore: isGiven(environment, 'EVENTSTORE_URL') ? eventStore : 'embedded',
    broker: isGiven(environment, 'KAFKA_BROKERS') ? 'Kafka' : 'embedded',
    readModels: isGiven(environment, 'MONGODB_URL') ? 'MongoDB' : 'embedded',
  };
};

export const isDistributed = (engines: EnginesInUse): boolean => Object.values(engines).some((engine) => engine !== 'embedded');

export const enginesLine = ({ eventStore, broker, readModels }: EnginesInUse): string =>
  `engines: event store ${eventStore}; broker ${broker}; read models ${readModels}`;

/** Why a part would measure another engine than those in use, or only a part of them. */
export const reasonToLeaveOut = (part: PartName | 'disk', engines: EnginesInUse): string | undefined => {
  if (part === 'disk' && isDistributed(engines)) return 'what the servers store is not in the data folder';
  if (part === 'cold-load' && engines.eventStore !== 'embedded') return 'reads the embedded event store, which is not the one in use';
  if (part === 'rebuild' && (engines.eventStore !== 'embedded' || engines.readModels !== 'embedded'))
    return 'works on the embedded event store and read models, which are not those in use';
  return undefined;
};

const secretNames: readonly SecretName[] = ['TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET'];

/** Which services on distributed engines demand, and the environment does not give; on embedded ones they make their own. */
export const secretsMissingIn = (environment: Environment): readonly SecretName[] =>
  isDistributed(enginesIn(environment)) ? secretNames.filter((name) => !isGiven(environment, name)) : [];

/** Made for a run: those that are missing, kept in a folder that goes with it. */
export const secretsFor = (environment: Environment, newFolder: () => string): { readonly [name: string]: string } => {
  const missing = secretsMissingIn(environment);
  if (missing.length === 0) return {};
  const folder = newFolder();
  return Object.fromEntries(missing.map((name) => [name, keptSecret(folder, name)]));
};
