import type { Instant } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { messageBrokerContract } from '@conference/testing-contracts';
import { memoryMessageBroker } from './message-broker.ts';
import { createBrokerDisk } from './message-broker-disk.ts';

/** Every pause takes one turn of the event loop. */
const timer: Timer = {
  now: () => '2027-05-02T09:00:00.000Z' as Instant,
  sleep: () => new Promise((resolve) => void setImmediate(resolve)),
};

messageBrokerContract({
  name: 'memory',
  create: async () => {
    const disk = createBrokerDisk();
    return {
      connect: async () => memoryMessageBroker({ disk, timer }),
      writeRaw: async (topic, text) => disk.write(topic, [{ key: 'Order-1', text }]),
      cleanUp: async () => {},
    };
  },
});

messageBrokerContract({
  name: 'memory with one partition and small batches',
  create: async () => {
    const disk = createBrokerDisk({ partitions: 1 });
    return {
      connect: async () => memoryMessageBroker({ disk, timer, batchMax: 3 }),
      writeRaw: async (topic, text) => disk.write(topic, [{ key: '', text }]),
      cleanUp: async () => {},
    };
  },
  capabilities: { partitioned: false },
});
