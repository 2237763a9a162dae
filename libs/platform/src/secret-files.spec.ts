import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileVariableOf, secretVariables, withSecretFiles } from './secret-files.ts';
import { secretFileOf, secretNames } from './secrets.ts';
import { serviceConfig } from './service-config.ts';
import { ConfigurationError } from './startup-failure.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const problemsOf = (call: () => unknown): readonly string[] => {
  try {
    call();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
};

describe('A secret in a file', () => {
  it('is read as if it were the variable, without the white space around it', () => {
    const environment = Object.fromEntries(secretVariables.map((name) => [fileVariableOf(name), file(name, ` of ${name}\n`)]));
    expect(withSecretFiles({ ...environment, LOG_LEVEL: 'warn' })).toEqual({
      ...environment,
      ...Object.fromEntries(secretVariables.map((name) => [name, `of ${name}`])),
      LOG_LEVEL: 'warn',
    });
  });

  it('satisfies a service on distributed engines', () => {
    const config = serviceConfig('registration', {
      DATA_DIR: folder,
      MONGODB_URL_FILE: file('url', 'mongodb://user:password@db\n'),
      TOKEN_SECRET_FILE: file('token', 'a token secret\n'),
      OPERATOR_TOKEN_FILE: file('operator', 'an operator token\n'),
    });
    expect(config).toMatchObject({
      engines: { readModels: { url: 'mongodb://user:password@db' } },
      tokenSecret: 'a token secret',
      operatorToken: 'an operator token',
    });
  });

  it('beside the variable itself is a problem, not a preference; empty ones are unset', () => {
    const both = { TOKEN_SECRET: 'a token secret', TOKEN_SECRET_FILE: file('token', 'another one') };
    expect(problemsOf(() => withSecretFiles(both))).toEqual(['TOKEN_SECRET and TOKEN_SECRET_FILE are both set: unset one of them']);
    expect(withSecretFiles({ ...both, TOKEN_SECRET_FILE: ' ' })['TOKEN_SECRET']).toBe('a token secret');
    expect(withSecretFiles({ ...both, TOKEN_SECRET: '' })['TOKEN_SECRET']).toBe('another one');
  });

  it('that cannot be read or is empty is a line with its name, for every one of them', () => {
    const missing = join(folder, 'missing');
    const empty = file('empty', '\n');
    expect(
      problemsOf(() => withSecretFiles({ TOKEN_SECRET_FILE: missing, OPERATOR_TOKEN_FILE: empty, MONGODB_URL_FILE: folder })).toSorted(),
    ).toEqual([
      `MONGODB_URL_FILE names ${folder}, which cannot be read (EISDIR)`,
      `OPERATOR_TOKEN_FILE names ${empty}, which is empty`,
      `TOKEN_SECRET_FILE names ${missing}, which cannot be read (ENOENT)`,
    ]);
  });

  it('is held to the same form as the variable, and not repeated', () => {
    const problems = problemsOf(() => serviceConfig('registration', { DATA_DIR: folder, TOKEN_SECRET_FILE: file('token', 'hush') }));
    expect(problems).toEqual(['TOKEN_SECRET must have at least 8 characters']);
  });
});

describe('Making secrets before any service runs', () => {
  const script = join(import.meta.dirname, 'make-secrets.ts');
  const make = (at: string) => execFileSync(process.execPath, [script, at], { encoding: 'utf8' });
  const content = () => secretNames.map((name) => readFileSync(join(folder, 'secrets', secretFileOf(name)), 'utf8'));

  it('leaves a file for each, for its owner alone, and another time makes none anew', () => {
    expect(make(folder)).toBe(`the secrets are in ${join(folder, 'secrets')}\n`);
    const made = content();
    expect(readdirSync(join(folder, 'secrets')).toSorted()).toEqual(['operator-token', 'processor-webhook-secret', 'token-secret']);
    expect(secretNames.map((name) => statSync(join(folder, 'secrets', secretFileOf(name))).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    make(folder);
    expect(content()).toEqual(made);
  });

  it('serves all services the same ones', () => {
    make(folder);
    mkdirSync(join(folder, 'data'));
    const environment = {
      KAFKA_BROKERS: 'kafka:9092',
      DATA_DIR: join(folder, 'data'),
      ...Object.fromEntries(secretNames.map((name) => [fileVariableOf(name), join(folder, 'secrets', secretFileOf(name))])),
    };
    const services = (['conference-management', 'registration', 'payments'] as const).map((name) => serviceConfig(name, environment));
    expect(new Set(services.map(({ tokenSecret, operatorToken }) => `${tokenSecret} ${operatorToken}`)).size).toBe(1);
    expect(services.map(({ processorWebhookSecrets }) => processorWebhookSecrets.length)).toEqual([0, 0, 1]);
    expect(readdirSync(join(folder, 'data'))).toEqual([]);
  });

  it('says in one line what is wrong with the folder, and ends with 1', () => {
    const { status, stderr } = spawnSync(process.execPath, [script, file('a-file', '')], { encoding: 'utf8' });
    expect([status, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain('a-file');
  });
});
