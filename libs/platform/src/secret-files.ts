import { readFileSync } from 'node:fs';
import type { Environment } from './environment.ts';
import { ConfigurationError } from './startup-failure.ts';

/** The variables that are secrets or may hold one. Each may be given as a file instead: `TOKEN_SECRET_FILE` names it. */
export const secretVariables = [
  'EVENTSTORE_URL',
  'KAFKA_PASSWORD',
  'MONGODB_URL',
  'PROCESSOR_WEBHOOK_SECRET',
  'TOKEN_SECRET',
  'OPERATOR_TOKEN',
] as const;
export type SecretVariable = (typeof secretVariables)[number];

export const fileVariableOf = (name: SecretVariable): `${SecretVariable}_FILE` => `${name}_FILE`;

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';

type Read = { readonly value: string } | { readonly problem: string };

const readSecretFile = (variable: string, file: string): Read => {
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value === '' ? { problem: `${variable} names ${file}, which is empty` } : { value };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problem: `${variable} names ${file}, which cannot be read (${code})` };
  }
};

/**
 * The environment with what the files hold, white space around it removed. A file is the place for a secret that the environment of a
 * process would show to whoever may look at it. Both ways at once are a problem and not a preference: nobody could tell which
 * one is in force. Throws {@link ConfigurationError} with every problem; it repeats no content.
 */
export const withSecretFiles = (environment: Environment): Environment => {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of secretVariables) {
    const variable = fileVariableOf(name);
    const file = environment[variable];
    if (!isSet(file)) continue;
    if (isSet(environment[name])) {
      problems.push(`${name} and ${variable} are both set: unset one of them`);
      continue;
    }
    const read = readSecretFile(variable, file.trim());
    if ('problem' in read) problems.push(read.problem);
    else values[name] = read.value;
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { ...environment, ...values };
};
