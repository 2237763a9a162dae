import type { Instant } from '@conference/kernel';
import { eventStoreCapabilities, eventStoreContract } from '@conference/testing-contracts';
import { memoryEventStore } from './event-store.ts';
import { createEventDisk } from './event-store-disk.ts';
import { withEventStoreFaults } from './event-store-faults.ts';

const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };

for (const [name, decorated] of [
  ['memory', (store: ReturnType<typeof memoryEventStore>) => store],
  [
    'memory, behind faults that do not happen',
    (store: ReturnType<typeof memoryEventStore>) => withEventStoreFaults(store, () => undefined),
  ],
] as const) {
  eventStoreContract({
    name,
    capabilities: eventStoreCapabilities.memory,
    async create() {
      const disk = createEventDisk();
      let open = decorated(memoryEventStore({ clock, disk }));
      return {
        store: open,
        async reopen() {
          await open.close();
          open = decorated(memoryEventStore({ clock, disk }));
          return open;
        },
        async tearSnapshot(stream) {
          disk.snapshots.get(stream)?.at(-1)?.chunks.pop();
        },
        destroy: () => open.close(),
      };
    },
  });
}
