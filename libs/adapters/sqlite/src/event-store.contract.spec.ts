import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Instant } from '@conference/kernel';
import { eventStoreCapabilities, eventStoreContract } from '@conference/testing-contracts';
import { sqliteEventStore } from './event-store.ts';

const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };

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
