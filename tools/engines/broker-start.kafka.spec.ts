/** What whoever starts a service is told of a broker that cannot be used, and how long that takes: on brokers of the spec's own. */
import { rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { BrokerUnusable, openKafkaMessageBroker, type SaslLogin } from '@conference/adapter-kafka';
import { systemTimer } from '@conference/platform';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { factOf, imported, joined } from './broker-load.ts';
import { startBrokerServer } from './broker-server.ts';
import type { EngineServer } from './engine-server.ts';

const enginesDir = join(import.meta.dirname, '..', '..', '.engines');
const startMs = 2_000;
const requestMs = 1_000;

type Change = { readonly sasl?: SaslLogin; readonly ssl?: boolean; readonly publishes?: readonly string[] };
const open = (brokers: string, { publishes = ['start.facts.v1'], ...change }: Change = {}) =>
  openKafkaMessageBroker({
    brokers: [brokers],
    clientId: 'start',
    publishes,
    timer: systemTimer,
    partitions: 3,
    startMs,
    requestMs,
    patienceMs: 2_000,
    heartbeatMs: 300,
    maxWaitMs: 100,
    ...change,
  });

/** One line of an error of ours, and the time that it took. */
const refusal = async (opening: Promise<unknown>): Promise<string> => {
  const from = performance.now();
  const error = await opening.then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BrokerUnusable);
  expect(performance.now() - from).toBeLessThan(startMs + 4 * requestMs);
  const { message } = error as BrokerUnusable;
  expect(message).not.toContain('\n');
  return message;
};

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('without a broker', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  test('an address where nobody listens is named', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    expect(await refusal(open(address))).toContain(`no Kafka broker can be used at ${address}`);
  });

  test('a server of another protocol is named', async () => {
    const server = createHttpServer();
    servers.push(server);
    const address = await listening(server);
    expect(await refusal(open(address))).toContain(`no Kafka broker can be used at ${address}`);
  });

  test('a server that accepts and says nothing is named', async () => {
    const server = createServer();
    servers.push(server);
    const address = await listening(server);
    expect(await refusal(open(address))).toContain(`no Kafka broker can be used at ${address}`);
  });
});

describe('with a broker that asks for a login', () => {
  const login = { username: 'registration', password: 'the right one' };
  let server: EngineServer;
  let address: string;
  beforeAll(async () => {
    server = await startBrokerServer({ enginesDir, login });
    address = server.environment['KAFKA_BROKERS'] ?? '';
  });
  afterAll(() => server?.stop());

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('the right password works by %s', async (mechanism) => {
    const topic = `start.${mechanism}.v1`;
    const broker = await open(address, { sasl: { mechanism, ...login }, publishes: [topic] });
    const into = imported();
    await joined(broker, topic, into);
    await broker.publish(topic, [factOf('Order-1', 0), factOf('Order-1', 1)]);
    await expect.poll(() => into.applied(), { timeout: 20_000 }).toBe(2);
    await broker.close();
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('a wrong password is refused in one line by %s', async (mechanism) => {
    const message = await refusal(open(address, { sasl: { mechanism, ...login, password: 'a wrong one' } }));
    expect(message).toContain(`Kafka at ${address} refuses registration`);
    expect(message).not.toContain('a wrong one');
  });

  test('no login, and TLS where there is none, end in one line', async () => {
    expect(await refusal(open(address))).toContain(address);
    expect(await refusal(open(address, { ssl: true }))).toContain(address);
  });

  test('a broker that goes away while it is asked is waited for, and not for ever', async () => {
    server.pause();
    const message = await refusal(open(address, { sasl: { mechanism: 'plain', ...login } }));
    expect(message).toContain(`no Kafka broker can be used at ${address}`);
    const opening = open(address, { sasl: { mechanism: 'plain', ...login } });
    server.resume();
    await (await opening).close();
  });

  test('a second broker on the data of one that runs is refused, and does it no harm', async () => {
    const dataDir = join(enginesDir, 'kafka', 'run-shared');
    const first = await startBrokerServer({ enginesDir, dataDir });
    try {
      await expect(startBrokerServer({ enginesDir, dataDir })).rejects.toThrow(`in use by process ${first.pid}`);
      await (await open(first.environment['KAFKA_BROKERS'] ?? '')).close();
      await first.kill();
      await first.restart();
      await (await open(first.environment['KAFKA_BROKERS'] ?? '')).close();
    } finally {
      await first.stop();
      rmSync(dataDir, { recursive: true });
    }
  });
});
