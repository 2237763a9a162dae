/** How a service gets into a server that wants a login and speaks TLS, and what an operator is told where it does not. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMongoReadModels } from '@conference/adapter-mongodb';
import { collection, origin, type Position } from '@conference/kernel';
import { systemTimer } from '@conference/platform';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { EngineToolMissing } from './engine-server.ts';
import { type ReadModelServer, startReadModelServer } from './read-model-server.ts';

const root = join(import.meta.dirname, '..', '..');
const enginesDir = join(root, '.engines');
const print = (line: string): void => console.log(line);
const user = 'registration';
const password = 's:e/cr@et';
const encoded = encodeURIComponent(password);

let folder: string;
let server: ReadModelServer;
let open: ReadModelServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'read-model-login-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const { status } = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]);
  if (status !== 0) throw new EngineToolMissing('a certificate is made by openssl: install openssl');
  const dataDir = join(folder, 'data');
  const before = await startReadModelServer({ enginesDir, dataDir, print });
  const client = new MongoClient(before.url);
  await client.db('admin').command({ createUser: user, pwd: password, roles: [{ role: 'readWriteAnyDatabase', db: 'admin' }] });
  await client.close();
  await before.stop();
  server = await startReadModelServer({
    enginesDir,
    dataDir,
    print,
    flags: ['--auth', '--tls-cert-file', certificate, '--tls-key-file', key],
  });
  open = await startReadModelServer({ enginesDir, print });
});
afterAll(async () => {
  await server?.stop();
  await open?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (login: string, options: string): string => `${server.url.replace('//', `//${login}`)}?${options}`;
const trusted = (): string => `tls=true&authSource=admin&tlsCAFile=${encodeURIComponent(join(folder, 'certificate.pem'))}`;
const opened = (url: string, patienceMs = 0) =>
  openMongoReadModels({ url, database: 'login', clock: systemTimer, timeoutMs: 2_000, patienceMs });
const refused = async (url: string, patienceMs?: number): Promise<string> => {
  const line = await opened(url, patienceMs).then(
    () => 'it was opened',
    (error: Error) => error.message,
  );
  expect(line).not.toContain('\n');
  for (const secret of [password, encoded]) expect(line).not.toContain(secret);
  return line;
};

describe('a server that wants a login and speaks TLS', () => {
  test('is used with both in the address', async () => {
    const { readModels } = await opened(at(`${user}:${encoded}@`, trusted()));
    const notes = collection<{ readonly text: string }>()({ name: 'notes', version: 1, indexes: { byText: ['text'] } });
    const build = await readModels.create(notes, '1');
    const position = '00000000000000000001' as Position;
    const writes = new Map([['one', { document: { text: 'written' }, position }]]);
    expect(await readModels.commit(build, { writes, after: origin, position })).toBe('committed');
    await readModels.activate(build);
    expect((await readModels.find(notes, { index: 'byText', limit: 1 })).items).toMatchObject([{ document: { text: 'written' } }]);
    await readModels.close();
  });

  test('refuses another password and no login at once, however patient one is', async () => {
    const started = performance.now();
    expect(await refused(at(`${user}:another@`, trusted()), 60_000)).toMatch(/cannot be used: .*[Aa]uthentication/);
    expect(await refused(at('', trusted()), 60_000)).toMatch(/cannot be used: .*authentication/);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('says what to change where its certificate is not trusted, and where it is spoken to without TLS', async () => {
    expect(await refused(at(`${user}:${encoded}@`, 'tls=true&authSource=admin'))).toContain('?tlsCAFile=<path>');
    expect(await refused(at(`${user}:${encoded}@`, 'authSource=admin'))).toContain('does it speak TLS as ?tls= says?');
  });
});

/** A service that does not come up: its exit code and what it says. */
const ended = async (url: string): Promise<{ readonly code: unknown; readonly lines: readonly string[]; readonly ms: number }> => {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'apps', 'registration', 'src', 'main.ts')], {
    env: {
      ...process.env,
      DATA_DIR: join(folder, 'service'),
      REGISTRATION_PORT: String(await freePort()),
      MONGODB_URL: url,
      ENGINE_PATIENCE_SECONDS: '1',
      TOKEN_SECRET: 'a secret of the specs',
      OPERATOR_TOKEN: 'the operator of the specs',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const [code] = await once(child, 'close');
  expect(text).not.toContain(password);
  expect(text).not.toContain(encoded);
  return { code, lines: text.trim().split('\n'), ms: performance.now() - started };
};

describe('a service whose read-model server cannot be used ends with 1 and one line', () => {
  test('nobody listens', async () => {
    const { code, lines, ms } = await ended(`mongodb://${user}:${encoded}@127.0.0.1:${await freePort()}/`);
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toMatch(/^registration: MongoDB at mongodb:\/\/127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/);
    expect(ms).toBeLessThan(15_000);
  });

  test('it refuses the login', async () => {
    const { code, lines } = await ended(at(`${user}:another@`, trusted()));
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toMatch(/^registration: MongoDB at .* cannot be used: .*[Aa]uthentication/);
  });

  test('it goes away while the service starts', async () => {
    const client = new MongoClient(open.url);
    const fail = (mode: object | string) =>
      client.db('admin').command({ configureFailPoint: 'failCommand', mode, data: { failCommands: ['update'], errorCode: 91 } });
    await fail('alwaysOn');
    const { code, lines } = await ended(open.url);
    await fail('off');
    await client.close();
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toMatch(/^registration: An engine went away while the service started: MongoDB does not do it \(create\): /);
  });
});
