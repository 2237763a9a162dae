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

/**
 * Collects the appends of one turn of the event loop and has them committed together: one sync of the disk for all of
 * them. A group is bounded like one append, which bounds how long the others wait for it; what is left comes with the
 * next turn, after the requests that have arrived meanwhile.
 */
export const groupCommit = (commit: (appends: readonly PreparedAppend[]) => readonly AppendResult[]): GroupCommit => {
  const queue: Waiting[] = [];
  const drainers: (() => void)[] = [];
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  };
  const flush = (): void => {
    isScheduled = false;
    settle(takeGroup(queue), commit);
    if (queue.length > 0) schedule();
    else for (const resolve of drainers.splice(0)) resolve();
  };
  return {
    enqueue: (append) =>
      new Promise((resolve, reject) => {
        queue.push({ append, resolve, reject });
        schedule();
      }),
    drained: () => (queue.length === 0 ? Promise.resolve() : new Promise((resolve) => drainers.push(resolve))),
  };
};

const settle = (group: readonly Waiting[], commit: (appends: readonly PreparedAppend[]) => readonly AppendResult[]): void => {
  try {
    const results = commit(group.map((waiting) => waiting.append));
    for (const [index, result] of results.entries()) group[index]?.resolve(result);
  } catch (error) {
    for (const waiting of group) waiting.reject(error);
  }
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
