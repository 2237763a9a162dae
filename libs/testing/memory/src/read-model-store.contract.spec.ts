import type { Instant } from '@conference/kernel';
import { readModelStoreContract } from '@conference/testing-contracts';
import { createReadModelDisk, memoryReadModelStore } from './read-model-store.ts';

readModelStoreContract({
  name: 'memory',
  create: async () => {
    const disk = createReadModelDisk();
    let now = Date.parse('2027-05-02T09:00:00.000Z');
    const clock = { now: () => new Date(now).toISOString() as Instant };
    return {
      connect: async () => memoryReadModelStore({ disk, clock }),
      advance: (milliseconds) => {
        now += milliseconds;
      },
      cleanUp: async () => {},
    };
  },
});
