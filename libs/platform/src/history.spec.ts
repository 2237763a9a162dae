import { type DomainEvent, type Instant, type Position, type Recorded, streamName } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { historyPage, historyView } from './history.ts';

const recordedAt = (version: number, event: DomainEvent, reason?: string): Recorded<DomainEvent> => ({
  event,
  eventId: `e${version}`,
  stream: streamName('Order', 'o1'),
  streamVersion: version,
  position: String(version) as Position,
  metadata: {
    commandId: `c${version}`,
    correlationId: 'k',
    causationId: 'k',
    actor: 'registrant:o1',
    occurredAt: '2027-05-02T12:00:00.000Z' as Instant,
    ...(reason === undefined ? {} : { reason }),
  },
  recordedAt: '2027-05-02T12:00:01.000Z' as Instant,
});

const stream = Array.from({ length: 5 }, (_, version) => recordedAt(version, { type: 'Happened', data: { version } }));
const read = async ({ from, maxCount }: { readonly from: number; readonly maxCount: number }) => stream.slice(from, from + maxCount);

describe('a history', () => {
  it('says what happened, when, by whom and why', async () => {
    const happened = recordedAt(0, { type: 'OrderPlaced', data: { orderId: 'o1' } }, 'so it was');
    const { items, next } = await historyPage('history/o1', { limit: 5 }, async () => [happened]);
    expect(items).toEqual([
      {
        type: 'OrderPlaced',
        at: '2027-05-02T12:00:00.000Z',
        actor: 'registrant:o1',
        reason: 'so it was',
        version: 0,
        data: { orderId: 'o1' },
      },
    ]);
    expect(next).toBeNull();
    expect(historyView.parse({ items, next })).toEqual({ items, next });
  });

  it('has no access code, however deep one lies', async () => {
    const data = { accessCode: 'A', nested: [{ accessCode: 'B', kept: 1 }], owner: { accessCode: 'C', name: 'Ada' }, none: null };
    const { items } = await historyPage('h', { limit: 5 }, async () => [recordedAt(0, { type: 'Created', data })]);
    expect(items[0]).toMatchObject({ reason: null, data: { nested: [{ kept: 1 }], owner: { name: 'Ada' }, none: null } });
    expect(JSON.stringify(items)).not.toContain('accessCode');
  });

  it('is walked from the oldest to the newest, page by page', async () => {
    const versions: number[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await historyPage('history/o1', { limit: 2, after }, read);
      versions.push(...page.items.map(({ version }) => version));
      after = page.next;
    }
    expect(versions).toEqual([0, 1, 2, 3, 4]);
  });
});
