/** What the specs look at in `docker-compose.yml`, `.env.example` and the Dockerfile: plain data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const root = join(import.meta.dirname, '..', '..');
export const composePath = join(root, 'docker-compose.yml');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const service = z.looseObject({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string(), target: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  init: z.boolean().default(false),
});
const file = z.looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) });
export type ComposeService = z.infer<typeof service>;

export const compose = file.parse(parse(read('docker-compose.yml'), { merge: true }));
export const servicesOfOurs: readonly string[] = ['conference-management', 'registration', 'payments'];

/** Of `${NAME:-default}` and `${NAME-default}`, wherever they stand. */
export const substitutions = (): ReadonlyMap<string, string> =>
  new Map(
    [...read('docker-compose.yml').matchAll(/\$\{(\w+)(?::?-((?:[^{}]|\{[^}]*\})*))?\}/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

/** The commented assignments of `.env.example`. */
export const examples = (): ReadonlyMap<string, string> =>
  new Map([...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

export type Stage = {
  readonly name: string;
  readonly from: string;
  readonly lines: readonly (readonly [instruction: string, rest: string])[];
};

/** The stages of the Dockerfile, comments left out. */
export const stages = (): readonly Stage[] => {
  const found: { name: string; from: string; lines: [string, string][] }[] = [];
  for (const line of read('infra/Dockerfile').split('\n')) {
    const [, instruction = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    const [, from = '', name = ''] = instruction === 'FROM' ? (/^(\S+) AS (\S+)$/.exec(rest) ?? []) : [];
    if (instruction === 'FROM') found.push({ name, from, lines: [] });
    else if (instruction !== '') found.at(-1)?.lines.push([instruction, rest]);
  }
  return found;
};

export const stage = (name: string): Stage => {
  const found = stages().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return found;
};
