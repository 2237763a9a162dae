import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { eventStoreCapabilities, eventStoreContract } from '@conference/testing-contracts';
import { sqliteEventStore } from './event-store.ts';

const clock: Timer = { now: () => '2027-05-02T09:00:00.000Z' as Instant, sleep: (milliseconds) => setTimeout(milliseconds) };

eventStoreContract({
  name: 'sqlite',
  capabilities: eventStoreCapabilities.sqlite,
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    const path = join(folder, 'events.db');
    let open = sqliteEventStore({ path, clock });
    return {
      store: open,
      async reopen() {
        await open.close();
        open = sqliteEventStore({ path, clock });
        return open;
      },
      async tearSnapshot(stream) {
        const other = new DatabaseSync(path);
        other
          .prepare('DELETE FROM snapshot_chunks WHERE chunk = 1 AND snapshot = (SELECT max(id) FROM snapshots WHERE stream = ?)')
          .run(stream);
        other.close();
      },
      async destroy() {
        await open.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
