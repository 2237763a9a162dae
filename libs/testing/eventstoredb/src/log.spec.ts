import { describe, expect, it } from 'vitest';
import { createEventLog, type EventLog, type LoggedEvent, type ProposedEvent } from './log.ts';

const none = new Uint8Array();
const event = (id: string): ProposedEvent => ({ id, type: 'T', contentType: 'application/json', data: none, metadata: none });
const events = (...ids: readonly string[]): readonly ProposedEvent[] => ids.map(event);
const exact = (revision: number) => ({ kind: 'exact', revision }) as const;
const noStream = { kind: 'no-stream' } as const;
const any = { kind: 'any' } as const;
const streamExists = { kind: 'stream-exists' } as const;
const wrong = (current: number) => ({ status: 'wrong-expected-version', current });
const allOf = (log: EventLog): readonly LoggedEvent[] => Array.from({ length: log.appended() }, (_, index) => log.eventAt(index));
const idsOf = (log: EventLog, stream: string): readonly string[] => {
  log.publish(log.appended());
  const { first = 0, indexes = [] } = log.read(stream) ?? {};
  return indexes.slice(first).map((index) => log.eventAt(index).id);
};

/** A log with `a`, `b` in revisions 0 and 1, and `c` in 2. */
const filled = (): EventLog => {
  const log = createEventLog();
  log.append('s', noStream, events('a', 'b'));
  log.append('s', exact(1), events('c'));
  return log;
};

describe('the expected revision', () => {
  it('must be the current one', () => {
    expect(filled().append('s', exact(2), events('d'))).toMatchObject({ status: 'success', revision: 3 });
    expect(filled().append('s', exact(3), events('d'))).toEqual(wrong(2));
    expect(filled().append('s', exact(1), events('d'))).toEqual(wrong(2));
    expect(filled().append('s', noStream, events('d'))).toEqual(wrong(2));
    expect(filled().append('other', exact(0), events('d'))).toEqual(wrong(-1));
    expect(filled().append('other', streamExists, events('d'))).toEqual(wrong(-1));
  });
});

describe('an append with an exact revision that is sent again', () => {
  it('is answered as then, however late, also after a restart', () => {
    const log = filled();
    log.forgetRecentIds();
    const [, b, c] = allOf(log);
    expect(log.append('s', noStream, events('a', 'b'))).toEqual({ status: 'success', revision: 1, position: b?.position });
    expect(log.append('s', exact(1), events('c'))).toEqual({ status: 'success', revision: 2, position: c?.position });
    expect(idsOf(log, 's')).toEqual(['a', 'b', 'c']);
  });
  it('is refused when only a part of it is there, or in another order', () => {
    expect(filled().append('s', noStream, events('a', 'b', 'c', 'd'))).toEqual(wrong(2));
    expect(filled().append('s', noStream, events('b', 'a'))).toEqual(wrong(2));
  });
  it('is written a second time where the revision is right', () => {
    const log = filled();
    expect(log.append('s', exact(2), events('a'))).toMatchObject({ status: 'success', revision: 3 });
    expect(idsOf(log, 's')).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('an append with any revision that is sent again', () => {
  it('is recognised by a cache', () => {
    const log = filled();
    expect(log.append('s', any, events('c'))).toMatchObject({ status: 'success', revision: 2 });
    expect(idsOf(log, 's')).toEqual(['a', 'b', 'c']);
  });
  it('is written a second time after a restart, or when another stream has had the id since', () => {
    const log = filled();
    log.append('other', any, events('c'));
    log.append('s', any, events('c'));
    log.forgetRecentIds();
    log.append('s', streamExists, events('c'));
    expect(idsOf(log, 's')).toEqual(['a', 'b', 'c', 'c', 'c']);
  });
});

describe('the log', () => {
  it('lets nobody read what is not published, and takes appends by it all the same', () => {
    const log = filled();
    expect([log.length, log.read('s'), log.append('s', exact(2), events('d')).status]).toEqual([0, undefined, 'success']);
    log.publish(2);
    expect([log.length, log.read('s')?.indexes, log.indexAfter(1_000_000n)]).toEqual([2, [0, 1], 2]);
    log.publish(1);
    expect(log.length).toBe(2);
  });
  it('has positions that grow, with holes', () => {
    const positions = allOf(filled()).map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((one, other) => Number(one - other)));
    expect((positions[1] ?? 0n) - (positions[0] ?? 0n)).toBeGreaterThan(1n);
  });
  it('hides what the metadata of a stream says', () => {
    const log = filled();
    const metadata = (text: string): readonly ProposedEvent[] => [{ ...event(text), type: '$metadata', data: Buffer.from(text) }];
    log.append('$$s', any, metadata('{"$tb":1}'));
    expect(idsOf(log, 's')).toEqual(['b', 'c']);
    log.append('$$s', any, metadata('{"$maxCount":1}'));
    expect(idsOf(log, 's')).toEqual(['c']);
  });
});
