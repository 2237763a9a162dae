import { resolve } from 'node:path';
import * as z from 'zod';
import { type Environment, httpAddress, oneOf, readConfig, text, wholeNumber } from './environment.ts';
import { makeFolder } from './make-folder.ts';
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

/** A limit of 0 is no limit. */
const unlessZero = (value: number): number | undefined => (value === 0 ? undefined : value);
const port = wholeNumber({ min: 0, max: 65_535 });
const secret = z.string().trim().min(8, 'must have at least 8 characters');
const webhookSecrets = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .refine((list) => list.every(isWebhookSecret), 'must be whsec_<base64 of 16 bytes or more>, several separated by commas');

/** Every variable that is the same for all services. Services add their own with `.extend`. */
export const commonVariables = z.object({
  CONFERENCE_MANAGEMENT_PORT: port.default(4001),
  REGISTRATION_PORT: port.default(4002),
  PAYMENTS_PORT: port.default(4003),
  HOST: text(/^[\w.:-]+$/, 'a host name or address').default('127.0.0.1'),
  PAYMENTS_PUBLIC_URL: httpAddress.optional(),
  DATA_DIR: z.string().trim().default('.data'),
  EVENTSTORE_URL: text(/^esdb(\+discover)?:\/\/\S+$/, 'an address like esdb://host:2113?tls=false').optional(),
  KAFKA_BROKERS: text(/^[\w.-]+:\d+(\s*,\s*[\w.-]+:\d+)*$/, 'a list like host:9092,host:9093').optional(),
  MONGODB_URL: text(/^mongodb(\+srv)?:\/\/\S+$/, 'an address like mongodb://host:27017').optional(),
  RESERVATION_SECONDS: wholeNumber({ min: 1, max: 86_400 }).default(900),
  EXPIRY_GRACE_SECONDS: wholeNumber({ min: 0, max: 86_400 }).default(840),
  PROCESSOR_WEBHOOK_SECRET: webhookSecrets.optional(),
  TOKEN_SECRET: secret.optional(),
  OPERATOR_TOKEN: secret.optional(),
  RATE_LIMIT_PER_SECOND: wholeNumber({ min: 0, max: 1_000_000 }).transform(unlessZero).optional(),
  OPEN_ORDERS_PER_CLIENT: wholeNumber({ min: 0, max: 1_000_000 }).transform(unlessZero).optional(),
  LOG_LEVEL: oneOf(logLevels).default('info'),
});

export type ServiceConfig = {
  readonly service: ServiceName;
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Set: the distributed engine at that address; unset: the embedded one. Each is chosen on its own. */
  readonly eventStoreUrl?: string;
  readonly kafkaBrokers?: readonly string[];
  readonly mongodbUrl?: string;
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

/** Never a silent fallback: who asks for an engine gets that one or a clear line. */
const unsupportedProblems = (environment: Environment, unsupported: readonly EngineVariable[]): readonly string[] =>
  unsupported
    .filter((name) => (environment[name] ?? '').trim() !== '')
    .map((name) => `${name} is set, but this release does not run on that engine: unset it`);

const problemsOf = (error: unknown): readonly string[] => {
  if (error instanceof ConfigurationError) return error.problems;
  throw error;
};

/** All problems together; an engine that is not to be had is named once, whatever else is wrong with its address. */
const readVariables = (environment: Environment, unsupported: readonly EngineVariable[]): Variables => {
  const problems = unsupportedProblems(environment, unsupported);
  if (problems.length === 0) return readConfig(commonVariables, environment);
  const others = Object.fromEntries(Object.entries(environment).filter(([name]) => !unsupported.some((engine) => engine === name)));
  try {
    readConfig(commonVariables, others);
  } catch (error) {
    throw new ConfigurationError([...problems, ...problemsOf(error)]);
  }
  throw new ConfigurationError(problems);
};

/** On the embedded engines a secret makes itself; services on several machines would each make another one. */
const requireSecrets = (service: ServiceName, variables: Variables): void => {
  const missing = secretsOf(service).filter((name) => variables[name] === undefined);
  if (isDistributed(variables) && missing.length > 0) {
    throw new ConfigurationError(missing.map((name) => `${name} must be set when EVENTSTORE_URL, KAFKA_BROKERS or MONGODB_URL is`));
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

/**
 * The settings of a service from the environment (the table is in `docs/OPERATIONS.md`). Secrets that are unset are made
 * and kept in the data folder, which is created. Throws {@link ConfigurationError} with every problem, those of engines
 * that the service does not have before secrets are asked for; what the system says of the folder is thrown as it is.
 */
export const serviceConfig = (
  service: ServiceName,
  environment: Environment,
  options: { readonly workspaceRoot?: string; readonly unsupportedEngines?: readonly EngineVariable[] } = {},
): ServiceConfig => {
  const variables = readVariables(environment, options.unsupportedEngines ?? []);
  requireSecrets(service, variables);
  const dataDir = resolve(options.workspaceRoot ?? workspaceRoot(), variables.DATA_DIR);
  makeFolder(dataDir, 0o700);
  const kept = (name: SecretName): string => keptSecret(dataDir, name);
  return {
    service,
    host: variables.HOST,
    port: variables[portOf[service]],
    dataDir,
    ...given('eventStoreUrl', variables.EVENTSTORE_URL),
    ...given(
      'kafkaBrokers',
      variables.KAFKA_BROKERS?.split(',').map((broker) => broker.trim()),
    ),
    ...given('mongodbUrl', variables.MONGODB_URL),
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
