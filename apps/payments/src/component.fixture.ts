import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEngines, sqliteMessageBroker } from '@conference/adapter-sqlite';
import type { Instant, JsonObject } from '@conference/kernel';
import { topics } from '@conference/payments-contracts';
import { createLogger, createMetrics, type ServiceConfig, systemIds, systemRandom, systemTimer } from '@conference/platform';
import type { OutgoingMessage } from '@conference/ports';
import { uuidv5 } from '@conference/runtime';
import { paymentsApp } from './app.ts';
import type { CallbackRequest } from './callback-delivery.ts';

const service = 'payments';
/** The first signs, any is accepted. */
export const secrets = ['first', 'second'].map((name) => `whsec_${Buffer.from(`the ${name} secret of the specs`).toString('base64')}`);
export const tokenSecret = 'a secret of the specs';
export const operatorToken = 'the operator of the specs';
export const idOf = (name: string): string => uuidv5(`spec:${name}`);

const configIn = (dataDir: string): ServiceConfig => ({
  service,
  host: '127.0.0.1',
  port: 0,
  dataDir,
  reservationSeconds: 900,
  expiryGraceSeconds: 840,
  paymentsPublicUrl: 'http://127.0.0.1:4003',
  tokenSecret,
  operatorToken,
  processorWebhookSecrets: secrets,
  logLevel: 'silent',
});

/** The way of a call-back from the simulated processor to the service; may be broken off. */
export type CallbackLine = { isCut: boolean; readonly tried: CallbackRequest[] };

const open = async (dataDir: string, line: CallbackLine) => {
  const config = configIn(dataDir);
  const publishes = Object.values(topics).map(({ name }) => name);
  const engines = openSqliteEngines({ dataDir, service, publishes, timer: systemTimer });
  const logger = createLogger({ service, level: 'silent' });
  const { http, application } = await paymentsApp({
    config,
    engines: { ...engines, timer: systemTimer, ids: systemIds, random: systemRandom, log: logger, instance: service },
    logger,
    checkEventStore: () => engines.eventStore.check(),
    // So that a busy machine does not decide whether a spec passes.
    settings: { orderFactsWithinMs: 1_000 },
    sendCallback: async (request) => {
      line.tried.push(request);
      if (line.isCut) throw new Error('the line is cut');
      const { statusCode } = await http.inject({
        method: 'POST',
        url: '/v1/processor-callbacks',
        headers: request.headers,
        payload: request.rawBody,
      });
      return statusCode;
    },
    metrics: createMetrics({ service, withProcess: false }),
  });
  await http.ready();
  await application.runtime.start();
  await application.runtime.ready();
  const close = async (): Promise<void> => {
    await http.close();
    await application.runtime.stop();
    for (const engine of engines.closing) await engine.close();
  };
  return { http, application, close };
};

const neighbourTopics = { orders: 'registration.orders.v1', refunds: 'registration.refunds.v1' } as const;

/** The neighbours, as far as they are heard: what they would publish, in order per subject. */
const neighboursIn = (dataDir: string) => {
  const broker = sqliteMessageBroker({
    folder: join(dataDir, 'topics'),
    offsetsPath: join(dataDir, 'neighbours.sqlite'),
    publishes: Object.values(neighbourTopics),
    timer: systemTimer,
  });
  const sequences = new Map<string, number>();
  const stop = new AbortController();
  /** What the service publishes, once it has said so many messages about a subject. */
  const heard = async (subject: string, count: number): Promise<readonly OutgoingMessage[]> => {
    const messages: OutgoingMessage[] = [];
    const listening = new AbortController();
    let enough: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const subscription = await broker.subscribe({
      topics: Object.values(topics).map(({ name }) => name),
      group: `listener-${subject}`,
      from: 'earliest',
      signal: AbortSignal.any([listening.signal, stop.signal]),
      handle: async (batch) => {
        for (const message of batch.messages) if ('subject' in message && message.subject === subject) messages.push(message);
        if (messages.length >= count) enough();
      },
    });
    await done;
    listening.abort();
    await subscription.ended;
    return messages;
  };
  const say = async (
    topic: keyof typeof neighbourTopics,
    subject: string,
    ...facts: readonly { readonly type: string; readonly data: JsonObject }[]
  ) => {
    const messages = facts.map(({ type, data }): OutgoingMessage => {
      const sequence = sequences.get(subject) ?? 0;
      sequences.set(subject, sequence + 1);
      const messageId = uuidv5(`${subject}/${sequence}`);
      return {
        messageId,
        sourceContext: 'registration',
        subject,
        sequence,
        key: subject,
        type,
        schemaVersion: 1,
        data,
        occurredAt: '2027-03-01T09:00:00.000Z' as Instant,
        metadata: { correlationId: messageId, causationId: messageId },
      };
    });
    await broker.publish(neighbourTopics[topic], messages);
    return messages;
  };
  const close = async (): Promise<void> => {
    stop.abort();
    await broker.close();
  };
  return { say, heard, close };
};

/** The service on the embedded engines in a folder of its own; `restart` is what a new process would find. */
export const component = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'payments-'));
  const line: CallbackLine = { isCut: false, tried: [] };
  let running = await open(dataDir, line);
  const neighbours = neighboursIn(dataDir);
  return {
    http: () => running.http,
    application: () => running.application,
    line,
    say: neighbours.say,
    heard: neighbours.heard,
    restart: async (): Promise<void> => {
      await running.close();
      running = await open(dataDir, line);
    },
    close: async (): Promise<void> => {
      await running.close();
      await neighbours.close();
      rmSync(dataDir, { recursive: true });
    },
  };
};
export type Component = Awaited<ReturnType<typeof component>>;
