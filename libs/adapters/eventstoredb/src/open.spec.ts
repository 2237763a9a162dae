import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import {
  type EventStoreDouble,
  type EventStoreServer,
  selfSignedCertificate,
  startEventStoreDouble,
  startEventStoreServer,
} from '@conference/testing-eventstoredb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEventStoreDb } from './open.ts';

const context = 'Open';
const times = { openMs: 600, appendMs: 500, backoffMs: [20, 100] } as const;
/** What opening must be over in, whatever it meets. */
const boundMs = 3_000;
const refusal = async (url: string): Promise<string> => {
  const begun = performance.now();
  const error: unknown = await openEventStoreDb({ url, context, times }).catch((thrown: unknown) => thrown);
  expect(performance.now() - begun).toBeLessThan(boundMs);
  return error instanceof Error ? `${error.name}: ${error.message}` : 'opened';
};
const listening = async <Listening extends Server>(server: Listening): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

describe('opening the event store on EventStoreDB', () => {
  let double: EventStoreDouble;
  beforeEach(async () => {
    double = await startEventStoreDouble();
  });
  afterEach(() => double.close());
  const withUser = (user: string): string => double.url.replace('://', `://${user}@`);

  it('answers, and closes', async () => {
    const { eventStore, closing } = await openEventStoreDb({ url: withUser('admin:p%40ss'), context, times });
    await eventStore.check();
    for (const { close } of closing) await close();
  });
  it('takes the address of the newer name for the same server', async () => {
    const { closing } = await openEventStoreDb({ url: double.url.replace('esdb', 'kurrentdb'), context, times });
    for (const { close } of closing) await close();
  });
  it.each([
    ['http://127.0.0.1:2113', /^EventStoreUnusable: EVENTSTORE_URL must begin with esdb:/],
    ['esdb://127.0.0.1:port', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*expected port number/],
    ['esdb://127.0.0.1:1?tls=false', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*the server does not answer: .*ECONNREFUSED/],
    ['esdb://no-such-host.invalid:2113?tls=false', /^EventStoreUnusable: EVENTSTORE_URL esdb:.*the server does not answer/],
  ])('refuses %s in one line', async (url, line) => {
    expect(await refusal(url)).toMatch(line);
    expect(await refusal(url)).not.toContain('\n');
  });
  it('says that the credentials are wrong, at once, and does not show them', async () => {
    double.faults.isAccessDenied = true;
    const line = await refusal(withUser('admin:secret'));
    expect(line).toMatch(/^EventStoreUnusable: EVENTSTORE_URL esdb:\/\/admin:\*\*\*@.*refuses these credentials/);
    expect(line).not.toContain('secret');
  });
  it('does not wait for ever for a server that takes the connection and says nothing', async () => {
    const fill = double.blackHole();
    expect(await refusal(withUser('admin:p%40ss'))).toMatch(/the server does not answer: /);
    fill();
  });
});

describe('opening the event store at the wrong server', () => {
  const ofAnother =
    /^EventStoreUnusable: EVENTSTORE_URL esdb:[^\n]*the server does not answer: [^\n]*\(is this the port of an EventStoreDB/;
  it('says so of one that speaks HTTP', async () => {
    const server = createHttpServer((_, response) => response.end('hello'));
    const port = await listening(server);
    expect(await refusal(`esdb://127.0.0.1:${port}?tls=false`)).toMatch(ofAnother);
    server.close();
  });
  it('says so of one that speaks TLS, when it is spoken to without', async () => {
    const { key, certificate: cert } = selfSignedCertificate();
    const server = createTlsServer({ key, cert });
    const port = await listening(server);
    expect(await refusal(`esdb://127.0.0.1:${port}?tls=false`)).toMatch(ofAnother);
    server.close();
  });
  it('says so of one that closes every connection', async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await listening(server);
    expect(await refusal(`esdb://127.0.0.1:${port}?tls=false`)).toMatch(ofAnother);
    server.close();
  });
  it('says so of one that says nothing at all', async () => {
    const server = createServer();
    const port = await listening(server);
    expect(await refusal(`esdb://127.0.0.1:${port}?tls=false`)).toMatch(/the server does not answer: /);
    server.close();
  });
});

describe('opening the event store on a secure server', () => {
  const login = { username: 'admin', password: 'changeit' };
  let folder: string;
  let double: EventStoreDouble;
  let address: (user: string, caFile?: string) => string;
  beforeEach(async () => {
    const certificate = selfSignedCertificate();
    folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, certificate.certificate);
    double = await startEventStoreDouble({ security: { ...certificate, ...login } });
    address = (user, file = caFile) => `${double.url.replace('://', `://${user}@`)}&tlsCAFile=${encodeURIComponent(file)}`;
  });
  afterEach(async () => {
    await double.close();
    rmSync(folder, { recursive: true, force: true });
  });
  it('opens with the credentials and the authority in the address', async () => {
    const { eventStore, closing } = await openEventStoreDb({ url: address('admin:changeit'), context, times });
    await eventStore.check();
    for (const { close } of closing) await close();
  });
  it.each(['admin:wrong', 'nobody:changeit'])('refuses %s', async (user) => {
    expect(await refusal(address(user))).toMatch(/the server refuses these credentials/);
  });
  it('says what to do about an authority that it does not know', async () => {
    expect(await refusal(double.url)).toMatch(/tlsCAFile=<path>/);
  });
  it('says which file of an authority is not there', async () => {
    expect(await refusal(address('admin:changeit', join(folder, 'none.pem')))).toMatch(/Failed to load certificate file/);
  });
  it('says that over TLS a host must have a name', async () => {
    expect(await refusal(double.url.replace('localhost', '127.0.0.1'))).toMatch(/the name of the host/);
  });
  it('says that a server does not speak TLS', async () => {
    const plain = await startEventStoreDouble();
    expect(await refusal(plain.url.replace('tls=false', 'tls=true').replace('127.0.0.1', 'localhost'))).toMatch(/add \?tls=false/);
    await plain.close();
  });
});

describe('opening the event store on a server that is not there yet', () => {
  let server: EventStoreServer;
  beforeEach(async () => {
    server = await startEventStoreServer();
  });
  afterEach(() => server.stop());

  it('waits for it, and says once that it does', async () => {
    await server.kill();
    const said: string[] = [];
    const patient = { ...times, openMs: 20_000 };
    const opening = openEventStoreDb({ url: server.url, context, times: patient, onTrouble: (message) => said.push(message) });
    await setTimeout(500);
    await server.restart();
    const { closing } = await opening;
    for (const { close } of closing) await close();
    expect(said).toEqual([expect.stringMatching(/^opening: EVENTSTORE_URL .* trying for 20000 ms$/), 'opening: well again']);
  }, 30_000);
  it('bears that it goes away while it opens', async () => {
    await server.fault({ kind: 'black-hole', milliseconds: 60_000 });
    const opening = openEventStoreDb({ url: server.url, context, times: { ...times, openMs: 20_000 } });
    await setTimeout(200);
    await server.kill();
    await server.restart();
    const { eventStore, closing } = await opening;
    await eventStore.check();
    for (const { close } of closing) await close();
  }, 30_000);
});
