import { resolve } from 'node:path';
import * as z from 'zod';
import { type Environment, httpAddress, oneOf, readConfig, text, wholeNumber } from './environment.ts';
import { makeFolder } from './make-folder.ts';
import { fileVariableOf, withSecretFiles } from './secret-files.ts';
import { keptSecret, type SecretName } from './secrets.ts';
import { isWebhookSecret } from './standard-webhooks.ts';
import { ConfigurationError } from './startup-failure.ts';
import { workspaceRoot } from './workspace-root.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const portOf = {
  'conference-management': 'CONFERENCE_MANAGEMENT_PORT',
  registration: 'REGISTRATION_PORT',
  payments: 'PAYMENTS_PORT',
} as const;
export type ServiceName = keyof typeof portOf;

/** Two clients of one protocol: of EventStoreDB, and of KurrentDB, as it is called since version 25. */
export const eventStoreClients = ['eventstore', 'kurrent'] as const;
const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** A limit of 0 is no limit. */
const unlessZero = (value: number): number | undefined => (value === 0 ? undefined : value);
const port = wholeNumber({ min: 0, max: 65_535 });
const secret = z.string().trim().min(8, 'must have at least 8 characters');
const webhookSecrets = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .refine((list) => list.every(isWebhookSecret), 'must be whsec_<base64 of 16 bytes or more>, several separated by commas');

/** Every variable that is the same for all services. Services add their own with `.extend`. Secrets may be given as files, see {@link withSecretFiles}. */
export const commonVariables = z.object({
  CONFERENCE_MANAGEMENT_PORT: port.default(4001),
  REGISTRATION_PORT: port.default(4002),
  PAYMENTS_PORT: port.default(4003),
  HOST: text(/^[\w.:-]+$/, 'a host name or address').default('127.0.0.1'),
  PAYMENTS_PUBLIC_URL: httpAddress.optional(),
  DATA_DIR: z.string().trim().default('.data'),
  EVENTSTORE_URL: text(/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/, 'an address like esdb://host:2113?tls=false').optional(),
  KAFKA_BROKERS: text(/^[\w.-]+:\d+(\s*,\s*[\w.-]+:\d+)*$/, 'a list like host:9092,host:9093').optional(),
  MONGODB_URL: text(/^mongodb(\+srv)?:\/\/\S+$/, 'an address like mongodb://host:27017').optional(),
  ESDB_CLIENT: oneOf(eventStoreClients).default('eventstore'),
  KAFKA_TLS: oneOf(['true', 'false']).default('false'),
  KAFKA_SASL_MECHANISM: oneOf(saslMechanisms).default('scram-sha-512'),
  KAFKA_USERNAME: z.string().trim().min(1).optional(),
  KAFKA_PASSWORD: z.string().min(1).optional(),
  ENGINE_PATIENCE_SECONDS: wholeNumber({ min: 0, max: 3_600 }).default(15),
  RESERVATION_SECONDS: wholeNumber({ min: 1, max: 86_400 }).default(900),
  EXPIRY_GRACE_SECONDS: wholeNumber({ min: 0, max: 86_400 }).default(840),
  PROCESSOR_WEBHOOK_SECRET: webhookSecrets.optional(),
  TOKEN_SECRET: secret.optional(),
  OPERATOR_TOKEN: secret.optional(),
  RATE_LIMIT_PER_SECOND: wholeNumber({ min: 0, max: 1_000_000 }).transform(unlessZero).optional(),
  OPEN_ORDERS_PER_CLIENT: wholeNumber({ min: 0, max: 1_000_000 }).transform(unlessZero).optional(),
  LOG_LEVEL: oneOf(logLevels).default('info'),
});

/** Absent: the embedded engine. Each is chosen on its own. */
export type EngineAddresses = {
  readonly eventStore?: { readonly url: string; readonly client: (typeof eventStoreClients)[number] };
  readonly broker?: {
    readonly brokers: readonly string[];
    readonly ssl: boolean;
    readonly sasl?: { readonly mechanism: (typeof saslMechanisms)[number]; readonly username: string; readonly password: string };
  };
  readonly readModels?: { readonly url: string };
};

export type ServiceConfig = {
  readonly service: ServiceName;
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly engines: EngineAddresses;
  /** How long a start waits for an engine that is addressed and not there yet. Absent: as long as its adapter does. */
  readonly enginePatienceMs?: number;
  readonly reservationSeconds: number;
  readonly expiryGraceSeconds: number;
  /** Where a registrant's browser reaches payments. */
  readonly paymentsPublicUrl: string;
  readonly tokenSecret: string;
  readonly operatorToken: string;
  /** The first signs, any is accepted. Only payments has them. */
  readonly processorWebhookSecrets: readonly string[];
  readonly rateLimitPerSecond?: number;
  readonly openOrdersPerClient?: number;
  readonly logLevel: LogLevel;
};

type Variables = z.output<typeof commonVariables>;

const secretsOf = (service: ServiceName): readonly SecretName[] =>
  service === 'payments' ? ['TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET'] : ['TOKEN_SECRET', 'OPERATOR_TOKEN'];

/** Each chooses an engine that is not the embedded one. */
export const engineVariables = ['EVENTSTORE_URL', 'KAFKA_BROKERS', 'MONGODB_URL'] as const;
export type EngineVariable = (typeof engineVariables)[number];

const isDistributed = (variables: Variables): boolean => engineVariables.some((name) => variables[name] !== undefined);

/** One without the other would be no login at all. */
const requireLogin = ({ KAFKA_USERNAME: username, KAFKA_PASSWORD: password }: Variables): void => {
  if ((username === undefined) !== (password === undefined))
    throw new ConfigurationError([`${username === undefined ? 'KAFKA_USERNAME' : 'KAFKA_PASSWORD'} must be set too: both, or neither`]);
};

/** On the embedded engines a secret makes itself; services on several machines would each make another one. */
const requireSecrets = (service: ServiceName, variables: Variables): void => {
  const missing = secretsOf(service).filter((name) => variables[name] === undefined);
  if (isDistributed(variables) && missing.length > 0) {
    throw new ConfigurationError(
      missing.map((name) => `${name} or ${fileVariableOf(name)} must be set when EVENTSTORE_URL, KAFKA_BROKERS or MONGODB_URL is`),
    );
  }
};

const unspecifiedHosts: readonly string[] = ['0.0.0.0', '::'];
const hostInUrl = (host: string): string => {
  const reachable = unspecifiedHosts.includes(host) ? '127.0.0.1' : host;
  return reachable.includes(':') ? `[${reachable}]` : reachable;
};
export const urlOf = (host: string, listening: number): string => `http://${hostInUrl(host)}:${listening}`;

/** Only the members that are there: `undefined` is not a setting. */
const given = <Member extends string, Value>(member: Member, value: Value | undefined): { readonly [M in Member]?: Value } =>
  (value === undefined ? {} : { [member]: value }) as { readonly [M in Member]?: Value };

const brokerOf = (variables: Variables): NonNullable<EngineAddresses['broker']> | undefined => {
  const { KAFKA_BROKERS: brokers, KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = variables;
  if (brokers === undefined) return undefined;
  return {
    brokers: brokers.split(',').map((broker) => broker.trim()),
    ssl: variables.KAFKA_TLS === 'true',
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
};

const engineAddressesOf = (variables: Variables): EngineAddresses => {
  const { EVENTSTORE_URL: eventStoreUrl, ESDB_CLIENT: client, MONGODB_URL: readModelsUrl } = variables;
  return {
    ...given('eventStore', eventStoreUrl === undefined ? undefined : { url: eventStoreUrl, client }),
    ...given('broker', brokerOf(variables)),
    ...given('readModels', readModelsUrl === undefined ? undefined : { url: readModelsUrl }),
  };
};

/**
 * The settings of a service from the environment (the table is in `docs/OPERATIONS.md`). Secrets that are unset are made
 * and kept in the data folder, which is created. Throws {@link ConfigurationError} with every problem; what the system says of the
 * folder is thrown as it is.
 */
export const serviceConfig = (
  service: ServiceName,
  environment: Environment,
  options: { readonly workspaceRoot?: string } = {},
): ServiceConfig => {
  const variables = readConfig(commonVariables, withSecretFiles(environment));
  requireLogin(variables);
  requireSecrets(service, variables);
  const dataDir = resolve(options.workspaceRoot ?? workspaceRoot(), variables.DATA_DIR);
  makeFolder(dataDir, 0o700);
  const kept = (name: SecretName): string => keptSecret(dataDir, name);
  return {
    service,
    host: variables.HOST,
    port: variables[portOf[service]],
    dataDir,
    engines: engineAddressesOf(variables),
    enginePatienceMs: variables.ENGINE_PATIENCE_SECONDS * 1_000,
    reservationSeconds: variables.RESERVATION_SECONDS,
    expiryGraceSeconds: variables.EXPIRY_GRACE_SECONDS,
    paymentsPublicUrl: variables.PAYMENTS_PUBLIC_URL ?? urlOf(variables.HOST, variables.PAYMENTS_PORT),
    tokenSecret: variables.TOKEN_SECRET ?? kept('TOKEN_SECRET'),
    operatorToken: variables.OPERATOR_TOKEN ?? kept('OPERATOR_TOKEN'),
    processorWebhookSecrets: service === 'payments' ? (variables.PROCESSOR_WEBHOOK_SECRET ?? [kept('PROCESSOR_WEBHOOK_SECRET')]) : [],
    ...given('rateLimitPerSecond', variables.RATE_LIMIT_PER_SECOND),
    ...given('openOrdersPerClient', variables.OPEN_ORDERS_PER_CLIENT),
    logLevel: variables.LOG_LEVEL,
  };
};
