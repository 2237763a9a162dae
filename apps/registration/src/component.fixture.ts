import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEngines, sqliteMessageBroker } from '@conference/adapter-sqlite';
import { type ConferenceMessage, topics as conferenceTopics } from '@conference/conference-management-contracts';
import type { Instant } from '@conference/kernel';
import { type PaymentMessage, topics as paymentTopics } from '@conference/payments-contracts';
import { createLogger, createMetrics, type ServiceConfig, systemIds, systemRandom, systemTimer } from '@conference/platform';
import type { OutgoingMessage, Timer } from '@conference/ports';
import { topics } from '@conference/registration-contracts';
import { uuidv5 } from '@conference/runtime';
import { registrationApp } from './app.ts';

const service = 'registration';
export const tokenSecret = 'a secret of the specs';
export const operatorToken = 'the operator of the specs';
export const idOf = (name: string): string => uuidv5(`spec:${name}`);

export const reservationSeconds = 900;
export const graceSeconds = 840;
type Settings = Pick<ServiceConfig, 'openOrdersPerClient'>;
const configIn = (dataDir: string, settings: Settings): ServiceConfig => ({
  service,
  host: '127.0.0.1',
  port: 0,
  dataDir,
  reservationSeconds,
  expiryGraceSeconds: graceSeconds,
  paymentsPublicUrl: 'http://127.0.0.1:4003',
  tokenSecret,
  operatorToken,
  processorWebhookSecrets: [],
  logLevel: 'silent',
  ...settings,
});

/** Time goes on by itself; a spec may put it forward. */
type AdvancedClock = { aheadMs: number };
const timerOf = (clock: AdvancedClock): Timer => ({
  now: () => new Date(Date.parse(systemTimer.now()) + clock.aheadMs).toISOString() as Instant,
  sleep: systemTimer.sleep,
});

const open = async (dataDir: string, clock: AdvancedClock, settings: Settings) => {
  const timer = timerOf(clock);
  const publishes = Object.values(topics).map(({ name }) => name);
  const engines = openSqliteEngines({ dataDir, service, publishes, timer });
  const logger = createLogger({ service, level: 'silent' });
  const { http, application } = await registrationApp({
    config: configIn(dataDir, settings),
    engines: { ...engines, timer, ids: systemIds, random: systemRandom, log: logger, instance: service },
    logger,
    checkEventStore: () => engines.eventStore.check(),
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

const neighbourTopics = { conferences: conferenceTopics.conferences.name, payments: paymentTopics.payments.name } as const;
export type Said = { readonly conferences: ConferenceMessage; readonly payments: PaymentMessage };

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
  const say = async <Topic extends keyof Said>(topic: Topic, subject: string, ...facts: readonly Said[Topic][]): Promise<void> => {
    const messages = facts.map(({ type, data }): OutgoingMessage => {
      const sequence = sequences.get(subject) ?? 0;
      sequences.set(subject, sequence + 1);
      const messageId = uuidv5(`${subject}/${sequence}`);
      return {
        messageId,
        sourceContext: topic === 'payments' ? 'payments' : 'conference-management',
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
  };
  const close = async (): Promise<void> => {
    stop.abort();
    await broker.close();
  };
  return { say, heard, close };
};

/** The service on the embedded engines in a folder of its own; `restart` is what a new process would find. */
export const component = async (settings: Settings = {}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'registration-'));
  const clock: AdvancedClock = { aheadMs: 0 };
  let running = await open(dataDir, clock, settings);
  const neighbours = neighboursIn(dataDir);
  return {
    http: () => running.http,
    application: () => running.application,
    now: () => timerOf(clock).now(),
    forward: (seconds: number): void => {
      clock.aheadMs += seconds * 1000;
    },
    say: neighbours.say,
    heard: neighbours.heard,
    restart: async (): Promise<void> => {
      await running.close();
      running = await open(dataDir, clock, settings);
    },
    close: async (): Promise<void> => {
      await running.close();
      await neighbours.close();
      rmSync(dataDir, { recursive: true });
    },
  };
};
export type Component = Awaited<ReturnType<typeof component>>;
