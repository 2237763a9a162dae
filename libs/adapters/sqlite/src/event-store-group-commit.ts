import { type AppendResult, appendBytesMax, appendEventsMax } from '@conference/ports';
import type { PreparedAppend } from './event-store-append.ts';

interface Waiting {
  readonly append: PreparedAppend;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommit {
  enqueue(append: PreparedAppend): Promise<AppendResult>;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
}

/** A group in the file: what each append is answered, and how to tell the others once it is durable. */
export interface CommittedGroup {
  readonly results: readonly AppendResult[];
  readonly onDurable: () => void;
}

/**
 * Collects the appends that arrive while the last group is being written, and has them committed together: one sync of the
 * disk for all of them, off the event loop. A group is bounded like one append, which bounds how long the others wait for
 * it. Nobody is answered, and no subscriber told, before the sync; the next group begins after it.
 */
export const groupCommit = (options: {
  /** Writes a group, visible to readers of the file from then on. */
  readonly commit: (appends: readonly PreparedAppend[]) => CommittedGroup;
  readonly sync: () => Promise<void>;
}): GroupCommit => {
  const { commit, sync } = options;
  const queue: Waiting[] = [];
  const drainers: (() => void)[] = [];
  let isRunning = false;

  const schedule = (): void => {
    if (isRunning) return;
    isRunning = true;
    setImmediate(() => void flush());
  };
  const flush = async (): Promise<void> => {
    await settle(takeGroup(queue));
    isRunning = false;
    if (queue.length > 0) schedule();
    else for (const resolve of drainers.splice(0)) resolve();
  };
  const settle = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const { results, onDurable } = commit(group.map((waiting) => waiting.append));
      await sync();
      onDurable();
      for (const [index, result] of results.entries()) group[index]?.resolve(result);
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  };
  return {
    enqueue: (append) =>
      new Promise((resolve, reject) => {
        queue.push({ append, resolve, reject });
        schedule();
      }),
    drained: () => (isRunning ? new Promise((resolve) => drainers.push(resolve)) : Promise.resolve()),
  };
};

const takeGroup = (queue: Waiting[]): readonly Waiting[] => {
  let events = 0;
  let bytes = 0;
  const isFull = ({ append }: Waiting): boolean => {
    events += append.events.length;
    bytes += append.bytes;
    return events > appendEventsMax || bytes > appendBytesMax;
  };
  const end = queue.findIndex((waiting, index) => isFull(waiting) && index > 0);
  return queue.splice(0, end === -1 ? queue.length : end);
};
