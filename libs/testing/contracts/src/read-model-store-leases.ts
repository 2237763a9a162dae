import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ReadModelSetUp } from './read-model-store-fixtures.ts';

/** One owner at a time, by the clock. */
export const describeLeases = ({ connected, underTest }: ReadModelSetUp): void => {
  describe('leases', () => {
    test('one owner at a time, and it may renew', async () => {
      const disk = await underTest();
      const [first, second] = [await connected(disk), await connected(disk)];
      const lease = `lease-${randomUUID()}`;
      expect(await first.lease(lease, 'first', 1_000)).toBe(true);
      expect(await second.lease(lease, 'second', 1_000)).toBe(false);
      expect(await first.lease(lease, 'first', 1_000)).toBe(true);
      expect(await second.lease(`${lease}-other`, 'second', 1_000)).toBe(true);
    });

    test('it lasts from the last renewal for its time, then another owner gets it', async () => {
      const disk = await underTest();
      const store = await connected(disk);
      const lease = `lease-${randomUUID()}`;
      await store.lease(lease, 'first', 1_000);
      disk.advance(900);
      expect(await store.lease(lease, 'first', 1_000)).toBe(true);
      disk.advance(999);
      expect(await store.lease(lease, 'second', 1_000)).toBe(false);
      disk.advance(1);
      expect(await store.lease(lease, 'second', 1_000)).toBe(true);
      expect(await store.lease(lease, 'first', 1_000)).toBe(false);
    });

    test('a renewal for no time gives it up', async () => {
      const store = await connected(await underTest());
      const lease = `lease-${randomUUID()}`;
      await store.lease(lease, 'first', 1_000);
      await store.lease(lease, 'first', 0);
      expect(await store.lease(lease, 'second', 1_000)).toBe(true);
    });
  });

  test('closing twice is one closing', async () => {
    const store = await (await underTest()).connect();
    await store.close();
    await store.close();
  });
};
