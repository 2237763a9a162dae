import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '@conference/kernel';
import { readModelStoreContract } from '@conference/testing-contracts';
import { sqliteReadModelStore } from './read-model-store.ts';

readModelStoreContract({
  name: 'SQLite',
  create: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'read-models-'));
    let now = Date.parse('2027-05-02T09:00:00.000Z');
    const clock = { now: () => new Date(now).toISOString() as Instant };
    return {
      connect: async () => sqliteReadModelStore({ path: join(folder, 'read-models.sqlite'), clock }),
      advance: (milliseconds) => {
        now += milliseconds;
      },
      cleanUp: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
});
