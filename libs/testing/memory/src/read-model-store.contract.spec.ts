import type { Instant } from '@conference/kernel';
import { readModelStoreAwayContract, readModelStoreContract } from '@conference/testing-contracts';
import { createReadModelDisk, memoryReadModelStore } from './read-model-store.ts';
import { awayReadModelStore } from './read-model-store-faults.ts';

const timer = { sleep: async () => {} };
const underTest = () => {
  const disk = createReadModelDisk();
  let now = Date.parse('2027-05-02T09:00:00.000Z');
  const clock = { now: () => new Date(now).toISOString() as Instant };
  return {
    connect: async () => memoryReadModelStore({ disk, clock }),
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    cleanUp: async () => {},
    clock,
  };
};

readModelStoreContract({ name: 'memory', create: async () => underTest() });

readModelStoreAwayContract({
  name: 'memory',
  withinMs: 1_000,
  create: async () => {
    const { connect, clock, ...others } = underTest();
    const line = awayReadModelStore({ store: await connect(), timer: { ...timer, ...clock } });
    return {
      ...others,
      connect: async () => line.store,
      takeAway: async () => line.takeAway(),
      giveBack: async () => line.giveBack(),
    };
  },
});
