import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import type { InboundMessage, MessageBroker, OutgoingMessage, Subscription, Timer } from '@conference/ports';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sqliteMessageBroker } from './message-broker.ts';

const topic = 'spec.facts.v1';
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const folderOf = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Time passes when the spec says so. */
class ManualTimer implements Timer {
  #now = Date.parse('2027-05-02T09:00:00.000Z');
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  now(): Instant {
    return new Date(this.#now).toISOString() as Instant;
  }
  sleep(milliseconds: number, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve) => {
      if (options.signal?.aborted) return resolve();
      options.signal?.addEventListener('abort', () => resolve(), { once: true });
      this.#sleepers.push({ at: this.#now + milliseconds, wake: resolve });
    });
  }
  /** Then lets those who woke run until they wait again. */
  async advance(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }
}

const realTimer: Timer = {
  now: () => new Date().toISOString() as Instant,
  sleep: (milliseconds, options) => setTimeout(milliseconds, undefined, options).catch(() => {}),
};

const brokerOf = (folder: string, timer: Timer, publishes: readonly string[] = [], retentionMs?: number): MessageBroker => {
  const offsetsPath = join(folder, publishes.length > 0 ? 'publisher-offsets.sqlite' : 'consumer-offsets.sqlite');
  const broker = sqliteMessageBroker({
    folder,
    offsetsPath,
    publishes,
    timer,
    pollMs: 20,
    ...(retentionMs === undefined ? {} : { retentionMs }),
  });
  cleanUps.push(() => broker.close());
  return broker;
};

const consume = async (
  broker: MessageBroker,
  group = 'group',
): Promise<{ received: InboundMessage[]; subscription: Subscription; stop: () => Promise<void> }> => {
  const received: InboundMessage[] = [];
  const abort = new AbortController();
  const handle = async ({ messages }: { readonly messages: readonly InboundMessage[] }): Promise<void> => void received.push(...messages);
  const subscription = await broker.subscribe({ topics: [topic], group, from: 'earliest', signal: abort.signal, handle });
  const stop = async (): Promise<void> => {
    abort.abort();
    await subscription.ended;
  };
  return { received, subscription, stop };
};

const messageOf = (sequence: number, subject = 'Order-1'): OutgoingMessage => ({
  messageId: `${subject}/${sequence}`,
  sourceContext: 'spec',
  subject,
  sequence,
  key: subject,
  type: 'spec.SomethingHappened',
  schemaVersion: 1,
  data: {},
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: 'a', causationId: 'b' },
});
const idsOf = (messages: readonly InboundMessage[]): readonly string[] =>
  messages.map((message) => ('undecodable' in message ? message.at : message.messageId));

interface PublisherProcess {
  readonly child: ChildProcess;
  send(line: string): void;
  /** The next number of acknowledged messages; undefined when the process is gone. */
  acknowledged(): Promise<number | undefined>;
}
const publisherProcess = (folder: string, subject: string): PublisherProcess => {
  const program = join(import.meta.dirname, 'message-broker.publisher-process.ts');
  const child = spawn(process.execPath, [program, folder, topic, subject], { stdio: ['pipe', 'pipe', 'inherit'] });
  cleanUps.push(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    send: (line) => void child.stdin.write(`${line}\n`),
    acknowledged: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : Number(line.value);
    },
  };
};

describe('the SQLite broker across processes', () => {
  test('a publisher killed in the middle of publishing loses nothing acknowledged and leaves a readable file', {
    timeout: 60_000,
  }, async () => {
    const folder = folderOf();
    const acknowledged = new Map<string, number>();
    for (const [round, lines] of [1, 3, 20, 60, 7].entries()) {
      const subject = `Order-${round}`;
      const publisher = publisherProcess(folder, subject);
      publisher.send('all');
      for (let n = 0; n < lines; n++) acknowledged.set(subject, (await publisher.acknowledged()) ?? 0);
      publisher.child.kill('SIGKILL');
      // What was still in the pipe was acknowledged too.
      for (let last = await publisher.acknowledged(); last !== undefined; last = await publisher.acknowledged())
        acknowledged.set(subject, last);
    }
    const { received, subscription } = await consume(brokerOf(folder, realTimer));
    await vi.waitFor(async () => expect(await subscription.lag()).toBe(0), { timeout: 20_000 });
    for (const [subject, count] of acknowledged) {
      const sequences = received.flatMap((message) => ('undecodable' in message || message.subject !== subject ? [] : [message.sequence]));
      expect(sequences.length).toBeGreaterThanOrEqual(count);
      expect(sequences.length % 10).toBe(0);
      expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, n) => n));
    }
    expect(received.some((message) => 'undecodable' in message)).toBe(false);
    const database = new DatabaseSync(join(folder, `${topic}.sqlite`));
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  });

  test('a consumer sees what another process published within one poll, and what it published before the file was there', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const { received } = await consume(brokerOf(folder, timer));
    await timer.advance(20);
    const publisher = publisherProcess(folder, 'Order-1');
    publisher.send('1');
    expect(await publisher.acknowledged()).toBe(10);
    await timer.advance(20);
    expect(received).toHaveLength(10);
    publisher.send('1');
    expect(await publisher.acknowledged()).toBe(20);
    expect(received).toHaveLength(10);
    await timer.advance(20);
    expect(received).toHaveLength(20);
    const exit = once(publisher.child, 'exit');
    publisher.child.stdin?.end();
    await exit;
    await timer.advance(20);
    expect(received).toHaveLength(20);
  });
});

describe('the files of the SQLite broker', () => {
  test('a consumer reads a topic whose publisher is not running', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const publisher = brokerOf(folder, timer, [topic]);
    await publisher.publish(topic, [messageOf(0), messageOf(1)]);
    await publisher.close();
    expect(existsSync(join(folder, `${topic}.sqlite-wal`))).toBe(false);
    const { received } = await consume(brokerOf(folder, timer));
    await timer.advance(20);
    expect(idsOf(received)).toEqual(['Order-1/0', 'Order-1/1']);
  });

  test('a consumer never writes the file and holds no read transaction between its reads, so the log can be emptied', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const publisher = brokerOf(folder, timer, [topic]);
    const { received } = await consume(brokerOf(folder, timer));
    await publisher.publish(topic, [messageOf(0)]);
    await timer.advance(20);
    expect(received).toHaveLength(1);
    const database = new DatabaseSync(join(folder, `${topic}.sqlite`));
    expect(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
    database.close();
  });

  test('only its publisher writes a topic, and a name is never a path', async () => {
    const folder = folderOf();
    const consumer = brokerOf(folder, new ManualTimer());
    await expect(consumer.publish(topic, [messageOf(0)])).rejects.toThrow('one writer');
    expect(existsSync(join(folder, `${topic}.sqlite`))).toBe(false);
    for (const name of ['../escape', '/etc/topic', '', '.hidden', 'a b', 'Topic']) {
      expect(() => brokerOf(folder, new ManualTimer(), [name])).toThrow(TypeError);
    }
  });

  test('a topic deleted and made anew is read from its beginning, also by a consumer that was running', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const consumer = brokerOf(folder, timer);
    const { received } = await consume(consumer);
    const before = brokerOf(folder, timer, [topic]);
    await before.publish(topic, [messageOf(0), messageOf(1), messageOf(2)]);
    await timer.advance(20);
    expect(received).toHaveLength(3);
    await before.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${topic}.sqlite${suffix}`), { force: true });
    const after = brokerOf(folder, timer, [topic]);
    await after.publish(topic, [messageOf(0, 'Order-2')]);
    for (let poll = 0; poll < 60; poll++) await timer.advance(20);
    expect(idsOf(received).slice(3)).toEqual(['Order-2/0']);
  });

  test('a file that cannot be read is tried again, and said so, until it can', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const path = join(folder, `${topic}.sqlite`);
    writeFileSync(path, 'this is not a database, and long enough to be taken for one'.repeat(100));
    const { received, subscription } = await consume(brokerOf(folder, timer));
    await timer.advance(20);
    expect(subscription.health()).toBe('reconnecting');
    rmSync(path);
    const publisher = brokerOf(folder, timer, [topic]);
    await publisher.publish(topic, [messageOf(0)]);
    await timer.advance(5_000);
    expect(subscription.health()).toBe('consuming');
    expect(idsOf(received)).toEqual(['Order-1/0']);
  });
});

describe('the retention of the SQLite broker', () => {
  const hourMs = 3_600_000;
  const countOf = (folder: string): number => {
    const database = new DatabaseSync(join(folder, `${topic}.sqlite`), { readOnly: true });
    const count = Number(database.prepare('SELECT count(*) AS count FROM message').get()?.['count']);
    database.close();
    return count;
  };

  test('messages are deleted when they are old enough, hour by hour, in steps, and younger ones stay', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const publisher = brokerOf(folder, timer, [topic], 2 * hourMs);
    await timer.advance(0);
    for (let n = 0; n < 1_200; n += 100)
      await publisher.publish(
        topic,
        Array.from({ length: 100 }, (_, i) => messageOf(n + i)),
      );
    await timer.advance(hourMs);
    await publisher.publish(topic, [messageOf(1_200)]);
    await timer.advance(hourMs - 1);
    expect(countOf(folder)).toBe(1_201);
    await timer.advance(2);
    await timer.advance(hourMs);
    expect(countOf(folder)).toBe(1);
    const { received, subscription } = await consume(brokerOf(folder, timer));
    expect(await subscription.lag()).toBe(1);
    await timer.advance(20);
    expect(idsOf(received)).toEqual(['Order-1/1200']);
  });

  test('it runs at the start, and keeps the newest message so that offsets go on', async () => {
    const folder = folderOf();
    const timer = new ManualTimer();
    const before = brokerOf(folder, timer, [topic], hourMs);
    await before.publish(topic, [messageOf(0), messageOf(1)]);
    const { received, stop } = await consume(brokerOf(folder, timer));
    await timer.advance(20);
    await stop();
    await before.close();
    await timer.advance(5 * hourMs);
    const after = brokerOf(folder, timer, [topic], hourMs);
    await timer.advance(0);
    expect(countOf(folder)).toBe(1);
    await after.publish(topic, [messageOf(2)]);
    const again = await consume(brokerOf(folder, timer));
    await timer.advance(20);
    expect(idsOf(received)).toEqual(['Order-1/0', 'Order-1/1']);
    expect(idsOf(again.received)).toEqual(['Order-1/2']);
  });
});
