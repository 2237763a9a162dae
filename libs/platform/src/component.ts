import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant, JsonObject } from '@conference/kernel';
import type { MessageBroker, OutgoingMessage, Timer } from '@conference/ports';
import { uuidv5 } from '@conference/runtime';
import { instantOf, millisecondsOf } from './instant.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { type AnsweredProblem, undocumentedProblems } from './problem-table.ts';
import type { ServiceConfig, ServiceName } from './service-config.ts';
import type { ContextService, OpenEngines, ServiceApp } from './service-parts.ts';
import { systemIds, systemRandom, systemTimer } from './system.ts';
import { watchedEngines } from './watched-engines.ts';

/** What a neighbour says: a message without what the topic and the subject already tell. */
export type Fact = { readonly type: string; readonly data: JsonObject; readonly schemaVersion?: number };

export interface ComponentOptions<App extends ServiceApp> {
  readonly service: ContextService<App>;
  /** Beside those of {@link componentConfig}. */
  readonly settings?: Partial<ServiceConfig>;
  readonly openEngines: OpenEngines;
  /** Another member of the same broker, which publishes what the neighbours say. */
  readonly neighbours: (where: { readonly dataDir: string; readonly timer: Timer }) => MessageBroker;
}

/** A service in this process, as a component spec uses it. */
export interface Component<App extends ServiceApp> {
  readonly http: () => App['http'];
  readonly application: () => App['application'];
  readonly dataDir: string;
  readonly now: () => Instant;
  /** Time goes on by itself; this puts it forward. */
  readonly forward: (seconds: number) => void;
  /** The neighbours speak: in order per subject, each message once. Answers what was said. */
  readonly say: (topic: string, subject: string, ...facts: readonly Fact[]) => Promise<readonly OutgoingMessage[]>;
  /** What the service publishes, once it has said so many messages about a subject. */
  readonly heard: (subject: string, count: number) => Promise<readonly OutgoingMessage[]>;
  /** What a new process would find. */
  readonly restart: () => Promise<void>;
  /** Throws when a route answered a problem that `/openapi.json` does not announce: so the documentation is whole. */
  readonly close: () => Promise<void>;
}

export type CallMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type CallHeaders = { readonly [name: string]: string };
type CallOptions = { readonly token?: string; readonly body?: object | string; readonly headers?: CallHeaders };

/** Calls the routes of a component, which may be another one after each restart. */
export const callerOf =
  (service: () => Pick<Component<ServiceApp>, 'http'>) =>
  (method: CallMethod, url: string, { token, body, headers }: CallOptions = {}) =>
    service()
      .http()
      .inject({
        method,
        url,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });

export const componentConfig = (service: ServiceName, dataDir: string): ServiceConfig => ({
  service,
  host: '127.0.0.1',
  port: 0,
  dataDir,
  enginePatienceMs: 5_000,
  reservationSeconds: 900,
  expiryGraceSeconds: 840,
  paymentsPublicUrl: 'http://127.0.0.1:4003',
  tokenSecret: 'a secret of the specs',
  operatorToken: 'the operator of the specs',
  processorWebhookSecrets: [],
  engines: {},
  logLevel: 'silent',
});

/** Which problems the routes answered, as the specs go along. */
const observeProblems = (http: ServiceApp['http']): readonly AnsweredProblem[] => {
  const answered: AnsweredProblem[] = [];
  http.addHook('onSend', (request, reply, payload, done) => {
    const { url } = request.routeOptions;
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
    if (isProblem && url !== undefined && typeof payload === 'string')
      answered.push({ method: request.method, url, code: JSON.parse(payload).code });
    done(null, payload);
  });
  return answered;
};

const open = async <App extends ServiceApp>(options: ComponentOptions<App>, config: ServiceConfig, timer: Timer) => {
  const { name: service, publishes, app: appOf } = options.service;
  const { eventStore, closing, ...engines } = await options.openEngines({ config, publishes, timer, onTrouble: () => undefined });
  const { broker, readModels, degraded } = watchedEngines(engines);
  const logger = createLogger({ service, level: 'silent' });
  const app = await appOf({
    config,
    engines: { eventStore, broker, readModels, timer, ids: systemIds, random: systemRandom, log: logger, instance: service },
    logger,
    checkEventStore: () => eventStore.check(),
    degraded,
    ownUrl: () => 'http://127.0.0.1',
    metrics: createMetrics({ service, withProcess: false }),
  });
  const { http, application } = app;
  const answered = observeProblems(http);
  await http.ready();
  await application.runtime.start();
  await application.runtime.ready();
  const close = async (): Promise<void> => {
    await http.close();
    await application.runtime.stop();
    for (const engine of closing) await engine.close();
  };
  return { app, close, undocumented: () => undocumentedProblems(http.swagger(), answered) };
};

const contextOf = (topic: string): string => topic.split('.', 1)[0] ?? topic;

const neighboursOn = (broker: MessageBroker, publishes: readonly string[], now: () => Instant) => {
  const sequences = new Map<string, number>();
  const stop = new AbortController();
  const heard = async (subject: string, count: number): Promise<readonly OutgoingMessage[]> => {
    const messages: OutgoingMessage[] = [];
    const listening = new AbortController();
    let enough: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const subscription = await broker.subscribe({
      topics: publishes,
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
  const messageOf = (topic: string, subject: string, { type, data, schemaVersion = 1 }: Fact): OutgoingMessage => {
    const sequence = sequences.get(subject) ?? 0;
    sequences.set(subject, sequence + 1);
    const messageId = uuidv5(`${subject}/${sequence}`);
    return {
      messageId,
      sourceContext: contextOf(topic),
      subject,
      sequence,
      key: subject,
      type,
      schemaVersion,
      data,
      occurredAt: now(),
      metadata: { correlationId: messageId, causationId: messageId },
    };
  };
  const say = async (topic: string, subject: string, ...facts: readonly Fact[]): Promise<readonly OutgoingMessage[]> => {
    const messages = facts.map((fact) => messageOf(topic, subject, fact));
    await broker.publish(topic, messages);
    return messages;
  };
  const close = async (): Promise<void> => {
    stop.abort();
    await broker.close();
  };
  return { say, heard, close };
};

/**
 * A service on engines of its own, in a folder of its own, without a process or a port: for component specs, which speak to it
 * over `http().inject` and play its neighbours.
 */
export const component = async <App extends ServiceApp>(options: ComponentOptions<App>): Promise<Component<App>> => {
  const dataDir = mkdtempSync(join(tmpdir(), `${options.service.name}-`));
  const clock = { aheadMs: 0 };
  const timer: Timer = {
    now: () => instantOf(millisecondsOf(systemTimer.now()) + clock.aheadMs),
    sleep: systemTimer.sleep,
  };
  const config = { ...componentConfig(options.service.name, dataDir), ...options.settings };
  const undocumented = new Set<string>();
  let running = await open(options, config, timer);
  const neighbours = neighboursOn(options.neighbours({ dataDir, timer: systemTimer }), options.service.publishes, timer.now);
  return {
    http: () => running.app.http,
    application: () => running.app.application,
    dataDir,
    now: timer.now,
    forward: (seconds) => {
      clock.aheadMs += seconds * 1000;
    },
    say: neighbours.say,
    heard: neighbours.heard,
    restart: async () => {
      for (const problem of running.undocumented()) undocumented.add(problem);
      await running.close();
      running = await open(options, config, timer);
    },
    close: async () => {
      for (const problem of running.undocumented()) undocumented.add(problem);
      await running.close();
      await neighbours.close();
      rmSync(dataDir, { recursive: true });
      if (undocumented.size > 0) throw new Error(`answered, but not announced in /openapi.json: ${[...undocumented].join(', ')}`);
    },
  };
};
