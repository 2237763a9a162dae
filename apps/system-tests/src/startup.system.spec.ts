/**
 * Goal: a start that cannot succeed ends at once with 1 and says why in lines that an operator understands, and harms
 * nothing that runs. An end on SIGTERM is a clean one, whatever is under way.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { keptSecret, type ServiceName } from '@conference/platform';
import { addressesOf, freePort, journalWriter, openConference, type ServicePorts, serviceNames, systemClient } from '@conference/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Ended,
  type Environment,
  endLaunched,
  launch,
  portsAsVariables,
  portVariable,
  type ServiceProcess,
  somePorts,
  temporaryFolder,
} from './service-process.fixture.ts';

const waitMs = 30_000;
/** That an operator is promised. */
const stopWithinMs = 10_000;

let folder: ReturnType<typeof temporaryFolder>;
let ports: ServicePorts;
beforeEach(async () => {
  folder = temporaryFolder();
  ports = await somePorts();
});
afterEach(async () => {
  await endLaunched();
  folder.remove();
});

const start = (service: ServiceName, environment: Environment = {}): ServiceProcess =>
  launch(service, { DATA_DIR: join(folder.path, 'data'), ...portsAsVariables(ports), ...environment });
const startAll = async (): Promise<{ readonly [Service in ServiceName]: ServiceProcess }> => {
  const processes = {
    'conference-management': start('conference-management'),
    registration: start('registration'),
    payments: start('payments'),
  };
  await Promise.all(serviceNames.map((service) => processes[service].ready));
  return processes;
};
const refusedStart = (service: ServiceName, environment: Environment): Promise<Ended> => start(service, environment).ended;

const expectRefused = (ended: Ended, service: ServiceName, lines: readonly (string | RegExp)[]): void => {
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  const said = ended.stderr.split('\n').filter((line) => line !== '');
  expect(said).toHaveLength(lines.length);
  for (const [index, line] of lines.entries()) {
    expect(said[index]).toMatch(new RegExp(`^${service}: `));
    if (typeof line === 'string') expect(said[index]).toContain(line);
    else expect(said[index]).toMatch(line);
  }
};

const fingerprint = (path: string): { readonly [file: string]: string } =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );

const place = (address: string, conferenceId: string, seatTypeId: string): Promise<Response> =>
  fetch(`${address}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ conferenceId, items: [{ seatTypeId, quantity: 1 }] }),
  });

describe('a start that cannot succeed', () => {
  it.each(serviceNames)('of %s: its port is in use', async (service) => {
    const other = createServer().listen(ports[service], '127.0.0.1');
    await once(other, 'listening');
    try {
      expectRefused(await refusedStart(service, {}), service, [`The address 127.0.0.1:${ports[service]} is in use`]);
    } finally {
      other.close();
    }
  });

  it.each(serviceNames)('of %s: a file is where the data folder should be', async (service) => {
    const file = join(folder.path, 'file');
    writeFileSync(file, 'mine');
    expectRefused(await refusedStart(service, { DATA_DIR: file }), service, [`${file} is not a folder: set DATA_DIR`]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('one of its folders cannot be made', async () => {
    const dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'registration'), '');
    expectRefused(await refusedStart('registration', {}), 'registration', [/cannot use the data folder .*registration/]);
  });

  it.runIf(existsSync('/proc/self'))('the file system makes no folders', async () => {
    expectRefused(await refusedStart('payments', { DATA_DIR: '/proc/none/data' }), 'payments', ['/proc/none cannot be made: set DATA_DIR']);
  });

  it('a file of the data folder is not what it should be, and is left as it is', async () => {
    const dataDir = join(folder.path, 'data');
    mkdirSync(join(dataDir, 'registration'), { recursive: true });
    const file = join(dataDir, 'registration', 'events.sqlite');
    const content = 'something that was never a database. '.repeat(100);
    writeFileSync(file, content);
    expectRefused(await refusedStart('registration', {}), 'registration', [`${file}: file is not a database`]);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it.each(serviceNames)('of %s: the configuration has a line for every problem', async (service) => {
    const wrong = {
      [portVariable[service]]: '99999',
      RESERVATION_SECONDS: 'soon',
      EXPIRY_GRACE_SECONDS: '-1',
      LOG_LEVEL: 'loud',
      HOST: 'a b',
    };
    const ended = await refusedStart(service, wrong);
    expectRefused(ended, service, [
      `${portVariable[service]} must be`,
      'HOST must be',
      'RESERVATION_SECONDS must be',
      'EXPIRY_GRACE_SECONDS must be',
      'LOG_LEVEL must be one of',
    ]);
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });

  it.each(serviceNames)('of %s: an engine on a server needs secrets that are given', async (service) => {
    expectRefused(await refusedStart(service, { MONGODB_URL: 'mongodb://127.0.0.1' }), service, [
      'TOKEN_SECRET or TOKEN_SECRET_FILE must be set',
      'OPERATOR_TOKEN or OPERATOR_TOKEN_FILE must be set',
      ...(service === 'payments' ? ['PROCESSOR_WEBHOOK_SECRET or PROCESSOR_WEBHOOK_SECRET_FILE must be set'] : []),
    ]);
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });

  it.each(serviceNames)('of %s: nobody is at the address of an engine', async (service) => {
    const secrets = {
      TOKEN_SECRET: 'a secret of the specs',
      OPERATOR_TOKEN: 'the operator of the specs',
      PROCESSOR_WEBHOOK_SECRET: `whsec_${Buffer.from('a secret of the specs').toString('base64')}`,
    };
    const nowhere = `127.0.0.1:${await freePort()}`;
    for (const address of [
      { EVENTSTORE_URL: `esdb://${nowhere}?tls=false` },
      { KAFKA_BROKERS: nowhere },
      { MONGODB_URL: `mongodb://${nowhere}` },
    ]) {
      const ended = await refusedStart(service, { ...secrets, ...address, ENGINE_PATIENCE_SECONDS: '1', LOG_LEVEL: 'fatal' });
      expectRefused(ended, service, [new RegExp(nowhere)]);
    }
  });

  it('a second one on the same data: the first goes on, and nothing has changed', async () => {
    const first = start('registration');
    await first.ready;
    const dataDir = join(folder.path, 'data');
    // The shared memory of a log and its reader's marks are not data.
    const data = (): { readonly [file: string]: string } =>
      Object.fromEntries(
        Object.entries(fingerprint(dataDir)).filter(([file]) => !/-(shm|journal)$/.test(file) && !file.includes('read-models')),
      );
    const before = data();
    const other = { REGISTRATION_PORT: String((await somePorts()).registration) };
    expectRefused(await refusedStart('registration', other), 'registration', [
      /data folder .* is in use: another registration is running on it/,
    ]);
    expectRefused(await refusedStart('registration', {}), 'registration', ['another registration is running on it']);
    expect(data()).toEqual(before);
    expect((await fetch(`${addressesOf(ports).registration}/v1/conferences`)).status).toBe(200);
  });
});

describe('three services that start at once on no data', () => {
  it('agree on the secrets', async () => {
    await startAll();
    const dataDir = join(folder.path, 'data');
    expect(readdirSync(join(dataDir, 'secrets')).toSorted()).toEqual(['operator-token', 'processor-webhook-secret', 'token-secret']);
    const operator = { authorization: `Bearer ${keptSecret(dataDir, 'OPERATOR_TOKEN')}` };
    const addresses = addressesOf(ports);
    for (const service of serviceNames) {
      expect((await fetch(`${addresses[service]}/ops/projections`, { headers: operator })).status, service).toBe(200);
      expect((await fetch(`${addresses[service]}/ops/projections`)).status, service).toBe(401);
    }
    const system = systemClient(addresses);
    const plan = { slug: 'secrets', name: 'Secrets', seatTypes: [{ name: 'Talks', price: 100, quota: 5 }] };
    const conference = await openConference(system, plan, { journal: journalWriter(), withinMs: waitMs });
    const placed = await place(addresses.registration, conference.id, conference.seatTypes[0]?.id ?? '');
    const { token } = (await placed.json()) as { readonly token: string };
    const payment = await fetch(`${addresses.payments}/v1/payments/${randomUUID()}`, { headers: { authorization: `Bearer ${token}` } });
    expect(payment.status, 'a token of registration is one at payments: unknown, not unauthenticated').toBe(404);
  });
});

type Attempt = { readonly id: string; readonly token: string } | 'refused' | 'no answer';

/** Until it is told to stop; whatever is answered is either an order or a clean refusal. */
const placeWithoutPause = (address: string, conferenceId: string, seatTypeId: string) => {
  const attempts: Attempt[] = [];
  const unclean: string[] = [];
  let isStopping = false;
  const one = async (): Promise<Attempt> => {
    let response: Response;
    let text: string;
    try {
      response = await place(address, conferenceId, seatTypeId);
      text = await response.text();
    } catch {
      return 'no answer';
    }
    const body = JSON.parse(text) as { readonly id: string; readonly token: string; readonly code?: string };
    if (response.status === 201) return { id: body.id, token: body.token };
    if (response.status !== 503 || body.code !== 'temporarily-unavailable') unclean.push(`${response.status} ${text}`);
    return 'refused';
  };
  const goOn = async (): Promise<void> => {
    while (!isStopping) {
      const attempt = await one();
      attempts.push(attempt);
      if (attempt === 'no answer') return;
    }
  };
  const underWay = Array.from({ length: 16 }, goOn);
  return {
    attempts,
    unclean,
    stop: async (): Promise<void> => {
      isStopping = true;
      await Promise.all(underWay);
    },
  };
};

describe('SIGTERM', () => {
  it('ends every service with 0 while requests are under way, and nothing that was acknowledged is lost', async () => {
    const processes = await startAll();
    const addresses = addressesOf(ports);
    const system = systemClient(addresses);
    const plan = { slug: 'terminated', name: 'Terminated', seatTypes: [{ name: 'Talks', price: 100, quota: 100_000 }] };
    const conference = await openConference(system, plan, { journal: journalWriter(), withinMs: waitMs });
    const orders = placeWithoutPause(addresses.registration, conference.id, conference.seatTypes[0]?.id ?? '');
    await expect.poll(() => orders.attempts.length, { timeout: waitMs }).toBeGreaterThan(100);

    const toldAt = performance.now();
    for (const service of serviceNames) processes[service].kill('SIGTERM');
    const ended = await Promise.all(serviceNames.map((service) => processes[service].ended));
    expect(performance.now() - toldAt).toBeLessThan(stopWithinMs);
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(serviceNames.map(() => ({ code: 0, stderr: '' })));
    await orders.stop();
    expect(orders.unclean).toEqual([]);

    await startAll();
    const acknowledged = orders.attempts.filter((attempt) => typeof attempt === 'object');
    expect(acknowledged.length).toBeGreaterThan(100);
    for (const held of acknowledged) {
      await expect.poll(async () => (await system.registrant.order(held)).state, { timeout: waitMs, message: held.id }).toBe('reserved');
    }
  });
});
