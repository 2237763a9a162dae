import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { messageBrokerContract } from '@conference/testing-contracts';
import { sqliteMessageBroker } from './message-broker.ts';

const timer: Timer = {
  now: () => new Date().toISOString() as Instant,
  sleep: (milliseconds, options) => setTimeout(milliseconds, undefined, options).catch(() => {}),
};

messageBrokerContract({
  name: 'SQLite',
  create: async ({ topics }) => {
    const folder = mkdtempSync(join(tmpdir(), 'broker-'));
    return {
      connect: async ({ publishes = topics } = {}) =>
        sqliteMessageBroker({ folder, offsetsPath: join(folder, 'offsets.sqlite'), publishes, timer, pollMs: 2 }),
      writeRaw: async (topic, text) => {
        const database = new DatabaseSync(join(folder, `${topic}.sqlite`));
        database.prepare('INSERT INTO message (key, message, publishedAt) VALUES (?, ?, ?)').run('Order-1', text, Date.now());
        database.close();
      },
      cleanUp: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  capabilities: { partitioned: false },
});
