import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonVariables, secretVariables } from '@conference/platform';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serviceFlags, serviceSettings } from '../service-process.ts';
import { type ComposeService, compose, composePath, examples, root, servicesOfOurs, stage, stages, substitutions } from './compose-file.ts';

const linted = z.array(z.object({ messages: z.array(z.object({ rule: z.string(), message: z.string() })) }));
/** Its opinions on order and quotes are not ours; that ports are bound is looked at here, since it knows no `${BIND_ADDRESS}`. */
const rules = ['invalid-schema', 'invalid-yaml', 'no-version-field', 'no-duplicate-container-names', 'no-duplicate-exported-ports'];
const problemsOf = (path: string): readonly string[] =>
  linted
    .parse(new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] }).lintFiles([path], false))
    .flatMap(({ messages }) => messages.filter(({ rule }) => rules.includes(rule)).map(({ rule, message }) => `${rule}: ${message}`));

const changed = (change: (text: string) => string): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const path = join(folder, 'docker-compose.yml');
  try {
    writeFileSync(path, change(readFileSync(composePath, 'utf8')));
    return problemsOf(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const serviceOf = (name: string): ComposeService => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};
const ours = servicesOfOurs.map((name) => [name, serviceOf(name)] as const);
const ownVariables = Object.keys(commonVariables.shape);
const fileVariables: readonly string[] = secretVariables.map((name) => `${name}_FILE`);
/** Of the file itself and of the images of engines. */
const others: readonly string[] = ['BIND_ADDRESS', 'ESDB_IMAGE'];
const known = (name: string): boolean => ownVariables.includes(name) || fileVariables.includes(name) || others.includes(name);
/** Fixed in the containers, so that nothing outside decides them. */
const fixed: readonly string[] = ['HOST', 'DATA_DIR'];

describe('docker-compose.yml', () => {
  it('keeps to the schema of the Compose specification', () => {
    expect(problemsOf(composePath)).toEqual([]);
    expect(changed((text) => text.replace('    init: true', '    inti: true').replace('  init: true', '  inti: true'))).not.toEqual([]);
    expect(changed((text) => text.replace('retries: 24', 'retries: [24]'))).not.toEqual([]);
  });

  it('sets variables that the services know, and each that they have', () => {
    const set = new Set(ours.flatMap(([, { environment }]) => Object.keys(environment)));
    expect([...set].filter((name) => !known(name))).toEqual([]);
    expect(ownVariables.filter((name) => !set.has(name))).toEqual([]);
  });

  it('asks for no variable that .env.example does not explain, with the same default', () => {
    const asked = substitutions();
    expect([...asked.keys()].filter((name) => !known(name))).toEqual([]);
    expect(Object.fromEntries(examples())).toEqual(Object.fromEntries(asked));
    expect(ownVariables.filter((name) => !examples().has(name) && !fixed.includes(name))).toEqual([]);
  });

  it.each(ours)('%s is asked for its health at a path that it has, and found ready', (name, { healthcheck, environment }) => {
    const url = new URL(healthcheck?.test.at(-1) ?? '');
    const port = environment[`${name.toUpperCase().replaceAll('-', '_')}_PORT`];
    expect([url.pathname, url.port]).toEqual(['/health/ready', port]);
    expect(healthcheck?.test.slice(0, 3)).toEqual(['CMD', 'node', 'infra/healthy.mjs']);
    expect(stage(name).lines).toContainEqual(['EXPOSE', port]);
  });

  it.each(ours)('%s starts when its engines are healthy and the secrets are made', (_, { depends_on }) => {
    const conditions = Object.fromEntries(Object.entries(depends_on).map(([name, { condition }]) => [name, condition]));
    expect(conditions).toEqual({
      secrets: 'service_completed_successfully',
      eventstore: 'service_healthy',
      kafka: 'service_healthy',
      mongo: 'service_healthy',
    });
    for (const engine of ['eventstore', 'kafka', 'mongo']) expect(serviceOf(engine).healthcheck).toBeDefined();
  });

  it.each(ours)('%s may do as little as it needs, and has time to end', (name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], init: true });
    expect(Number.parseInt(service.stop_grace_period ?? '0', 10)).toBeGreaterThan(9);
    expect(service.volumes).toEqual([`${name}:/data`, 'secrets:/run/conference:ro']);
    expect(service.ports.every((port) => /^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:/.test(port))).toBe(true);
  });

  it('keeps what engines store in volumes that it declares', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0]));
    expect(new Set(mounted)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  it('pins every image, and builds its own from a stage that is there', () => {
    const images = Object.values(compose.services).filter(({ build }) => build === undefined);
    for (const { image } of images) expect(image).toMatch(/:[\w.-]*\d+\.\d+(\.\d+)?[\w.-]*\}?$/);
    for (const { build } of Object.values(compose.services)) if (build !== undefined) expect(stage(build.target)).toBeDefined();
    for (const { from } of stages()) if (from.includes(':')) expect(from).toBe(`node:${nodeVersion()}-slim`);
  });
});

const nodeVersion = (): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: { node: string } }).devDependencies.node;

describe('the Dockerfile', () => {
  it('runs nothing as root', () => expect(stage('service').lines.at(-1)).toEqual(['USER', 'node']));

  it('runs a service as it is run everywhere', () => {
    for (const name of servicesOfOurs) {
      const command = stage(name).lines.find(([instruction]) => instruction === 'CMD')?.[1] ?? '';
      expect(JSON.parse(command)).toEqual(['node', ...serviceFlags, `apps/${name}/src/main.ts`]);
    }
    const [, environment = ''] = stage('service').lines.find(([instruction]) => instruction === 'ENV') ?? [];
    const { NODE_COMPILE_CACHE: _, ...settings } = serviceSettings(root);
    for (const [name, value] of Object.entries(settings)) expect(environment.split(' ')).toContain(`${name}=${value}`);
  });
});
