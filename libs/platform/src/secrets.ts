import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { ConfigurationError } from './startup-failure.ts';

export const secretNames = ['TOKEN_SECRET', 'PROCESSOR_WEBHOOK_SECRET', 'OPERATOR_TOKEN'] as const;
export type SecretName = (typeof secretNames)[number];

const newSecret: { readonly [Name in SecretName]: () => string } = {
  TOKEN_SECRET: () => randomBytes(32).toString('base64url'),
  PROCESSOR_WEBHOOK_SECRET: () => `whsec_${randomBytes(32).toString('base64')}`,
  OPERATOR_TOKEN: () => randomBytes(32).toString('base64url'),
};

/** In the folder `secrets`. */
export const secretFileOf = (name: SecretName): string => name.toLowerCase().replaceAll('_', '-');
const isSystemError = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const readSecret = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const writeDurably = (file: string, content: string): void => {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** Whole or not at all, and only the first one: a link fails when the name is taken, where a rename would replace. */
const publish = (file: string, content: string): void => {
  const draft = `${file}.${randomBytes(8).toString('hex')}.draft`;
  writeDurably(draft, content);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
};

/**
 * A secret made at the first start and kept in `<dataDir>/secrets`, mode 0600. Services that start at the same moment
 * all get the same one: each offers its own, the first offer stands, and what stands is read.
 */
export const keptSecret = (dataDir: string, name: SecretName): string => {
  const folder = join(dataDir, 'secrets');
  makeFolder(folder, 0o700);
  const file = join(folder, secretFileOf(name));
  if (readSecret(file) === undefined) publish(file, newSecret[name]());
  const secret = readSecret(file);
  if (secret === undefined || secret === '') {
    throw new ConfigurationError([`${file} is empty: delete it to have a new secret made, or set ${name}`]);
  }
  return secret;
};
