import { describe, expect, it } from 'vitest';
import { type EnginesInUse, enginesIn, enginesLine, isDistributed, reasonToLeaveOut, secretsFor, secretsMissingIn } from './engines.ts';

const eventStore = { EVENTSTORE_URL: 'esdb://admin:hidden@127.0.0.1:2113?tls=false' };
const broker = { KAFKA_BROKERS: '127.0.0.1:9092' };
const readModels = { MONGODB_URL: 'mongodb://127.0.0.1:27017' };
const secrets = { TOKEN_SECRET: 'of this spec', OPERATOR_TOKEN_FILE: '/run/operator-token', PROCESSOR_WEBHOOK_SECRET: 'whsec_spec' };

describe('the engines of a measurement', () => {
  it('are embedded where the environment names none, and where its variables are empty', () => {
    const embedded = { eventStore: 'embedded', broker: 'embedded', readModels: 'embedded' };
    expect(enginesIn({})).toEqual(embedded);
    expect(enginesIn({ EVENTSTORE_URL: '', KAFKA_BROKERS: ' ', MONGODB_URL: '' })).toEqual(embedded);
    expect(enginesIn({ KAFKA_BROKERS_FILE: '/run/brokers' })).toEqual(embedded);
    expect(isDistributed(enginesIn({}))).toBe(false);
  });

  const chosenBy: readonly (readonly [{ readonly [name: string]: string }, Partial<EnginesInUse>])[] = [
    [eventStore, { eventStore: 'EventStoreDB' }],
    [{ ...eventStore, ESDB_CLIENT: 'kurrent' }, { eventStore: 'EventStoreDB, client kurrent' }],
    [broker, { broker: 'Kafka' }],
    [readModels, { readModels: 'MongoDB' }],
    [{ MONGODB_URL_FILE: '/run/secrets/mongodb-url' }, { readModels: 'MongoDB' }],
  ];
  it.each(chosenBy)('are chosen each on its own: %j', (environment, chosen) => {
    expect(enginesIn(environment)).toEqual({ ...enginesIn({}), ...chosen });
    expect(isDistributed(enginesIn(environment))).toBe(true);
  });

  it('are named, their addresses are not: these may hold a password', () => {
    expect(enginesLine(enginesIn({ ...eventStore, ...broker }))).toBe(
      'engines: event store EventStoreDB; broker Kafka; read models embedded',
    );
  });
});

describe('a part that works on embedded engines', () => {
  it('is measured where they are in use', () => {
    for (const part of ['cold-load', 'rebuild', 'disk'] as const) expect(reasonToLeaveOut(part, enginesIn({}))).toBeUndefined();
    for (const part of ['cold-load', 'rebuild'] as const) expect(reasonToLeaveOut(part, enginesIn(broker))).toBeUndefined();
    expect(reasonToLeaveOut('cold-load', enginesIn(readModels))).toBeUndefined();
  });

  it('is left out where others are', () => {
    expect(reasonToLeaveOut('cold-load', enginesIn(eventStore))).toContain('embedded event store');
    for (const engine of [eventStore, readModels]) expect(reasonToLeaveOut('rebuild', enginesIn(engine))).toContain('embedded');
    for (const engine of [eventStore, broker, readModels]) expect(reasonToLeaveOut('disk', enginesIn(engine))).toContain('data folder');
  });

  it('has nothing to do with those that go through the services', () => {
    const all = enginesIn({ ...eventStore, ...broker, ...readModels });
    for (const part of ['accepted', 'decided', 'registrations', 'sustained', 'growth', 'facts'] as const)
      expect(reasonToLeaveOut(part, all)).toBeUndefined();
  });
});

describe('the secrets of a measurement', () => {
  it('are those that a start on distributed engines demands and the environment does not give', () => {
    expect(secretsMissingIn(broker)).toEqual(['TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET']);
    expect(secretsMissingIn({ ...broker, ...secrets })).toEqual([]);
    expect(secretsMissingIn({ ...broker, ...secrets, TOKEN_SECRET: '' })).toEqual(['TOKEN_SECRET']);
  });

  it('are left to the services on embedded engines, and no folder is made for them', () => {
    const noFolder = (): string => expect.unreachable('a folder was made');
    expect(secretsFor({}, noFolder)).toEqual({});
    expect(secretsFor({ ...broker, ...secrets }, noFolder)).toEqual({});
  });
});
