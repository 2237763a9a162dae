import { describe, expect, it } from 'vitest';
import { durableCommit } from './durability.ts';
import type { Journal } from './journal.ts';
import { createEventLog, type ProposedEvent } from './log.ts';

const none = new Uint8Array();
const event = (id: string): ProposedEvent => ({ id, type: 'T', contentType: 'application/json', data: none, metadata: none });

/** A disk that takes its time: a write ends when it is told to. */
const slowJournal = () => {
  const writes: { readonly records: number; readonly end: (error?: Error) => void }[] = [];
  let added = 0;
  const journal: Journal = {
    records: [],
    tornBytes: 0,
    add() {
      added += 1;
    },
    added: () => added,
    sync: () =>
      new Promise((resolve, reject) => {
        writes.push({ records: added, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    close: async () => undefined,
  };
  return { journal, writes };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a commit', () => {
  it('is answered, and read, when it is on the disk; what comes meanwhile shares the next write', async () => {
    const { journal, writes } = slowJournal();
    const log = createEventLog(journal.add);
    const commit = durableCommit(log, journal, () => undefined);
    const answered: string[] = [];
    const append = (stream: string) =>
      commit(() => log.append(stream, { kind: 'no-stream' }, [event(stream)])).then(() => answered.push(stream));
    const all = [append('a'), append('b'), append('c')];
    await turn();
    expect([answered, log.length, writes.map(({ records }) => records)]).toEqual([[], 0, [1]]);
    writes[0]?.end();
    await turn();
    expect([answered, log.length, writes.map(({ records }) => records)]).toEqual([['a'], 1, [1, 3]]);
    writes[1]?.end();
    await Promise.all(all);
    expect([answered, log.length]).toEqual([['a', 'b', 'c'], 3]);
  });
  it('that repeats what is still being written waits for it', async () => {
    const { journal, writes } = slowJournal();
    const log = createEventLog(journal.add);
    const commit = durableCommit(log, journal, () => undefined);
    let answers = 0;
    const append = () => commit(() => log.append('a', { kind: 'no-stream' }, [event('1')])).then(() => (answers += 1));
    const all = [append(), append()];
    await turn();
    expect([answers, writes.length]).toEqual([0, 1]);
    writes[0]?.end();
    await Promise.all(all);
    expect(log.appended()).toBe(1);
  });
  it('fails, and says so, when the disk does', async () => {
    const { journal, writes } = slowJournal();
    const log = createEventLog(journal.add);
    const failures: unknown[] = [];
    const commit = durableCommit(log, journal, (error) => failures.push(error));
    const appending = commit(() => log.append('a', { kind: 'no-stream' }, [event('1')]));
    await turn();
    writes[0]?.end(new Error('no space'));
    await expect(appending).rejects.toThrow('no space');
    expect([failures.length, log.length]).toEqual([1, 0]);
  });
});
