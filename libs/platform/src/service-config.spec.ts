import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineUnavailable } from '@conference/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Environment, readConfig, wholeNumber } from './environment.ts';
import { keptSecret } from './secrets.ts';
import { serviceConfig, urlOf } from './service-config.ts';
import { isWebhookSecret } from './standard-webhooks.ts';
import { ConfigurationError, StartupFailure, startupProblems } from './startup-failure.ts';
import { workspaceRoot } from './workspace-root.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'platform-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const registration = (environment: Environment = {}) => serviceConfig('registration', environment, { workspaceRoot: root });
const problemsOf = (call: () => unknown): readonly string[] => {
  try {
    call();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
};

describe('the settings of a service', () => {
  it('have a default for everything', () => {
    const { tokenSecret, operatorToken, ...config } = registration();
    expect(config).toEqual({
      service: 'registration',
      host: '127.0.0.1',
      port: 4002,
      dataDir: join(root, '.data'),
      engines: {},
      enginePatienceMs: 15_000,
      reservationSeconds: 900,
      expiryGraceSeconds: 840,
      paymentsPublicUrl: 'http://127.0.0.1:4003',
      processorWebhookSecrets: [],
      logLevel: 'info',
    });
    expect([tokenSecret.length, operatorToken.length]).toEqual([43, 43]);
    expect(serviceConfig('conference-management', {}, { workspaceRoot: root }).port).toBe(4001);
    expect(serviceConfig('payments', {}, { workspaceRoot: root }).port).toBe(4003);
  });

  it('name the client of the event store, and how to get into the broker', () => {
    const secrets = { TOKEN_SECRET: 'a token secret', OPERATOR_TOKEN: 'an operator token' };
    const { engines } = registration({
      ...secrets,
      EVENTSTORE_URL: 'kurrentdb://localhost:2113',
      ESDB_CLIENT: 'kurrent',
      KAFKA_BROKERS: 'a:9092',
      KAFKA_TLS: 'true',
      KAFKA_USERNAME: 'registration',
      KAFKA_PASSWORD: 'a password',
    });
    expect(engines).toEqual({
      eventStore: { url: 'kurrentdb://localhost:2113', client: 'kurrent' },
      broker: {
        brokers: ['a:9092'],
        ssl: true,
        sasl: { mechanism: 'scram-sha-512', username: 'registration', password: 'a password' },
      },
    });
    expect(problemsOf(() => registration({ KAFKA_BROKERS: 'a:9092', KAFKA_USERNAME: 'registration' }))).toEqual([
      'KAFKA_PASSWORD must be set too: both, or neither',
    ]);
  });

  it('are what the environment says', () => {
    const config = registration({
      REGISTRATION_PORT: '5002',
      PAYMENTS_PORT: '5003',
      HOST: '0.0.0.0',
      DATA_DIR: join(root, 'elsewhere'),
      EVENTSTORE_URL: 'esdb://localhost:2113?tls=false',
      KAFKA_BROKERS: 'a:9092, b:9093',
      MONGODB_URL: 'mongodb://localhost:27017',
      RESERVATION_SECONDS: '60',
      EXPIRY_GRACE_SECONDS: '0',
      TOKEN_SECRET: 'a token secret',
      OPERATOR_TOKEN: 'an operator token',
      ENGINE_PATIENCE_SECONDS: '40',
      RATE_LIMIT_PER_SECOND: '100',
      OPEN_ORDERS_PER_CLIENT: '3',
      LOG_LEVEL: 'debug',
    });
    expect(config).toEqual({
      service: 'registration',
      host: '0.0.0.0',
      port: 5002,
      dataDir: join(root, 'elsewhere'),
      engines: {
        eventStore: { url: 'esdb://localhost:2113?tls=false', client: 'eventstore' },
        broker: { brokers: ['a:9092', 'b:9093'], ssl: false },
        readModels: { url: 'mongodb://localhost:27017' },
      },
      enginePatienceMs: 40_000,
      reservationSeconds: 60,
      expiryGraceSeconds: 0,
      paymentsPublicUrl: 'http://127.0.0.1:5003',
      tokenSecret: 'a token secret',
      operatorToken: 'an operator token',
      processorWebhookSecrets: [],
      rateLimitPerSecond: 100,
      openOrdersPerClient: 3,
      logLevel: 'debug',
    });
  });

  it('take an empty variable for an unset one, and a limit of 0 for none', () => {
    const config = registration({ REGISTRATION_PORT: '', RESERVATION_SECONDS: '  ', EVENTSTORE_URL: '', RATE_LIMIT_PER_SECOND: '0' });
    expect([config.port, config.reservationSeconds]).toEqual([4002, 900]);
    expect(config).not.toHaveProperty('eventStoreUrl');
    expect(config.rateLimitPerSecond).toBeUndefined();
  });

  it('report every problem in a sentence of its own, and no value', () => {
    const problems = problemsOf(() =>
      registration({
        REGISTRATION_PORT: '70000',
        RESERVATION_SECONDS: '1.5',
        PAYMENTS_PUBLIC_URL: 'ftp://x',
        KAFKA_BROKERS: 'localhost',
        LOG_LEVEL: 'loud',
        TOKEN_SECRET: 'short',
        PROCESSOR_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,hush',
      }),
    );
    expect(problems).toEqual([
      'REGISTRATION_PORT must be a whole number from 0 to 65535',
      'PAYMENTS_PUBLIC_URL must be an http or https address',
      'KAFKA_BROKERS must be a list like host:9092,host:9093',
      'RESERVATION_SECONDS must be a whole number from 1 to 86400',
      'PROCESSOR_WEBHOOK_SECRET must be whsec_<base64 of 16 bytes or more>, several separated by commas',
      'TOKEN_SECRET must have at least 8 characters',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
    ]);
    expect(problems.join()).not.toMatch(/hush|short|loud/);
  });

  it('need the secrets of the service when one of the engines is distributed', () => {
    const missing = (service: 'registration' | 'payments') =>
      problemsOf(() => serviceConfig(service, { MONGODB_URL: 'mongodb://db' }, { workspaceRoot: root })).map((line) => line.split(' ')[0]);
    expect(missing('registration')).toEqual(['TOKEN_SECRET', 'OPERATOR_TOKEN']);
    expect(missing('payments')).toEqual(['TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET']);
    expect(readdirSync(root)).toEqual([]);
  });

  it('have the webhook secrets of payments, in order', () => {
    const list = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const config = serviceConfig('payments', { PROCESSOR_WEBHOOK_SECRET: list }, { workspaceRoot: root });
    expect(config.processorWebhookSecrets).toEqual(list.split(', '));
    const [made] = serviceConfig('payments', {}, { workspaceRoot: root }).processorWebhookSecrets;
    expect(isWebhookSecret(made ?? '')).toBe(true);
  });

  it('can be extended by a service', () => {
    const schema = z.object({ SIZE: wholeNumber({ min: 1, max: 9 }) });
    expect(readConfig(schema, { SIZE: ' 7 ', OTHER: 'x' })).toEqual({ SIZE: 7 });
    expect(problemsOf(() => readConfig(schema, {}))).toEqual(['SIZE must be set']);
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:4002'],
    ['0.0.0.0', 'http://127.0.0.1:4002'],
    ['::', 'http://127.0.0.1:4002'],
    ['::1', 'http://[::1]:4002'],
    ['example.org', 'http://example.org:4002'],
  ])('listening on %s is reached at %s', (host, url) => {
    expect(urlOf(host, 4002)).toBe(url);
  });
});

describe('the data folder', () => {
  it('is below the workspace, wherever in it the code lies', () => {
    mkdirSync(join(root, 'libs', 'deep'), { recursive: true });
    writeFileSync(join(root, 'nx.json'), '{}');
    expect(workspaceRoot(join(root, 'libs', 'deep'))).toBe(root);
    expect(workspaceRoot()).toBe(join(import.meta.dirname, '..', '..', '..'));
  });

  it('is below the working directory when there is no workspace', () => {
    expect(workspaceRoot('/')).toBe(process.cwd());
  });
});

describe('a secret that is kept', () => {
  it('is made once, for its owner alone, and read from then on', () => {
    const secret = keptSecret(root, 'TOKEN_SECRET');
    const file = join(root, 'secrets', 'token-secret');
    expect(keptSecret(root, 'TOKEN_SECRET')).toBe(secret);
    expect(readFileSync(file, 'utf8')).toBe(secret);
    expect([statSync(file).mode & 0o777, statSync(join(root, 'secrets')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(keptSecret(root, 'OPERATOR_TOKEN')).not.toBe(secret);
    expect(registration({ DATA_DIR: root }).tokenSecret).toBe(secret);
  });

  it('is the same for services that start at the same moment', async () => {
    const script = `import { keptSecret } from ${JSON.stringify(join(import.meta.dirname, 'secrets.ts'))};
      process.stdin.once('data', () => { process.stdout.write(keptSecret(${JSON.stringify(root)}, 'TOKEN_SECRET')); process.exit(); });
      process.stderr.write('ready');`;
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module-typescript', '-e', script]));
    await Promise.all(children.map((child) => new Promise((resolve) => child.stderr.once('data', resolve))));
    const answers = children.map(
      (child) =>
        new Promise<string>((resolve) => {
          let text = '';
          child.stdout.on('data', (chunk) => {
            text += chunk;
          });
          child.on('close', () => resolve(text));
        }),
    );
    for (const child of children) child.stdin.write('go');
    const secrets = await Promise.all(answers);
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toHaveLength(43);
    expect(readdirSync(join(root, 'secrets'))).toEqual(['token-secret']);
  }, 20_000);

  it('is not replaced when its file is empty: that is for the operator to see', () => {
    mkdirSync(join(root, 'secrets'));
    writeFileSync(join(root, 'secrets', 'token-secret'), '\n');
    expect(problemsOf(() => registration({ DATA_DIR: root }))[0]).toContain('token-secret is empty');
  });

  it('that cannot be written is a failure that says where', () => {
    writeFileSync(join(root, 'file'), '');
    chmodSync(join(root, 'file'), 0o400);
    try {
      registration({ DATA_DIR: join(root, 'file') });
      expect.unreachable();
    } catch (error) {
      expect(startupProblems(error)?.[0]).toMatch(/file.* is not a folder: set DATA_DIR\.$/);
    }
  });
});

describe('a failure to start', () => {
  const systemError = (code: string, members: object) => Object.assign(new Error(code), { code, ...members });

  it.each([
    [systemError('EADDRINUSE', { address: '127.0.0.1', port: 4002 }), /127\.0\.0\.1:4002 is in use/],
    [systemError('EADDRNOTAVAIL', { address: '192.0.2.1' }), /192\.0\.2\.1 is not one of this machine/],
    [systemError('EACCES', { syscall: 'listen', port: 80 }), /port 80 is not permitted/],
    [systemError('EACCES', { syscall: 'mkdir', path: '/data' }), /\/data cannot be written/],
    [systemError('EROFS', { path: '/data' }), /\/data is on a read-only file system/],
    [systemError('ENOENT', { syscall: 'mkdir', path: '/proc/data' }), /\/proc\/data cannot be made: set DATA_DIR/],
    [systemError('ENOTFOUND', { hostname: 'nowhere.invalid' }), /nowhere\.invalid is not known: set HOST/],
    [systemError('ENOSPC', {}), /The disk is full/],
    [new StartupFailure(['Another npm start uses this folder.']), /Another npm start/],
    [
      new EngineUnavailable('MongoDB cannot be reached (create)'),
      /went away while the service started: MongoDB cannot be reached \(create\)\.$/,
    ],
  ])('%s is one line', (error, line) => {
    const problems = startupProblems(error);
    expect(problems).toHaveLength(1);
    expect(problems?.[0]).toMatch(line);
    expect(problems?.[0]).not.toContain('\n');
  });

  it.each([new Error('a bug'), systemError('ENOENT', {}), 'text', undefined])('%s is not one that is expected', (error) => {
    expect(startupProblems(error)).toBeUndefined();
  });
});
