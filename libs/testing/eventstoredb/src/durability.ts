import type { Journal } from './journal.ts';
import type { EventLog } from './log.ts';

/** Does the work at once and resolves when everything it rests on is on the disk; only then is it readable. */
export type Commit = <Result>(work: () => Result) => Promise<Result>;

/**
 * While one write is on its way to the disk, what comes gathers for the next: so many appends share the time of one. `failed` is told
 * when a write does not succeed: then nobody knows what is there.
 */
export const durableCommit = (log: EventLog, journal: Journal | undefined, failed: (error: unknown) => void): Commit => {
  let writing: Promise<void> | undefined;
  let durable = 0;
  const write = async (target: Journal): Promise<void> => {
    const [records, events] = [target.added(), log.appended()];
    try {
      await target.sync();
      durable = records;
      log.publish(events);
    } catch (error) {
      failed(error);
      throw error;
    } finally {
      writing = undefined;
    }
  };
  return async (work) => {
    const result = work();
    if (journal === undefined) log.publish(log.appended());
    else {
      const records = journal.added();
      while (durable < records) {
        writing ??= write(journal);
        await writing;
      }
    }
    return result;
  };
};
