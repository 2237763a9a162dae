// What the runtime stored of parked messages is read through what it shows: it is started on a store that holds it.
import { setTimeout } from 'node:timers/promises';
import type { StreamName } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { type ParkedMessageDocument, parkedMessagesCollection, silent } from '@conference/runtime';
import {
  createBrokerDisk,
  createReadModelDisk,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
} from '@conference/testing-memory';
import { type GoldenFile, goldenFaults, goldenFiles, missingGoldenFiles, specTime } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { registrationApplication } from './application.ts';

const folder = new URL('../golden/parked/', import.meta.url);
const files = goldenFiles(folder);

/** Time that goes on, for the runtime's pauses, on a clock that stands still. */
const timer: Timer = {
  now: () => specTime,
  sleep: (milliseconds, options) => setTimeout(milliseconds, undefined, options).catch(() => undefined),
};

/** What the operator sees of parked messages, in a context whose store holds these events and nothing else. */
const shownOf = async (...events: readonly GoldenFile[]): Promise<ReadonlyMap<string, ParkedMessageDocument>> => {
  const eventStore = memoryEventStore({ clock: timer });
  const readModels = memoryReadModelStore({ disk: createReadModelDisk(), clock: timer });
  const broker = memoryMessageBroker({ disk: createBrokerDisk(), timer });
  const ids = { next: () => '00000000-0000-4000-8000-000000000000' };
  for (const [index, { type, schemaVersion, data }] of events.entries()) {
    const eventId = `event-${index}`;
    const metadata = { commandId: eventId, correlationId: eventId, causationId: eventId, actor: 'spec', occurredAt: specTime };
    await eventStore.append('RegistrationParked-one' as StreamName, index === 0 ? 'no-stream' : index - 1, [
      { eventId, type, schemaVersion, data, metadata },
    ]);
  }
  const { runtime } = registrationApplication(
    { eventStore, broker, readModels, timer, ids, random: () => 0.5, log: silent, instance: 'spec' },
    { reservationSeconds: 900, graceSeconds: 840, locator: () => '' },
  );
  await runtime.start();
  await runtime.ready();
  const { items } = await readModels.find(parkedMessagesCollection, { index: 'byTime', limit: 10 });
  await runtime.stop();
  return new Map(items.map(({ document }) => [document.id, document]));
};

const parked = files.filter(({ type }) => type === 'MessageParked');

describe('What was stored of parked messages', () => {
  it('has samples, and they stay as they were written', () => {
    expect(missingGoldenFiles(folder, { MessageParked: 1, MessageRetried: 1, MessageSkipped: 1 })).toEqual([]);
    expect(goldenFaults(folder)).toEqual([]);
  });

  it.each(parked)('is shown as what it says, without its content: $file', async (file) => {
    const { content, ...shown } = file.data;
    expect([...(await shownOf(file)).values()]).toEqual([{ ...shown, kind: (content as { readonly kind: string }).kind }]);
  });

  it.each(files.filter(({ type }) => type !== 'MessageParked'))(
    'is shown no more when an operator has dealt with it: $file',
    async (file) => {
      const before = parked.filter(({ data }) => data['id'] === file.data['id']);
      expect(before).toHaveLength(1);
      expect((await shownOf(...before)).size).toBe(1);
      expect((await shownOf(...before, file)).size).toBe(0);
    },
  );
});
