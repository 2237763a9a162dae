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

const paceMs = 4;
/** Appends in a group: from here on the next one is paced, and from there on it is not held back. */
const busyFrom = 8;
const fullFrom = 200;

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
  /** A promise while nothing may be written. */
  readonly pause: () => Promise<void> | undefined;
  /** Monotonic, in milliseconds. */
  readonly nowMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}): GroupCommit => {
  const { commit, sync, pause, nowMs, sleep } = options;
  const queue: Waiting[] = [];
  const drainers: (() => void)[] = [];
  let isRunning = false;
  let begunAtMs = Number.NEGATIVE_INFINITY;
  let lastSize = 0;

  const schedule = (): void => {
    if (isRunning) return;
    isRunning = true;
    setImmediate(() => void flush());
  };
  /** While it is busy groups are let grow: each rewrites the same few hot pages, whatever is in it. */
  const pace = async (): Promise<void> => {
    const restMs = begunAtMs + paceMs - nowMs();
    if (lastSize >= busyFrom && queue.length < fullFrom && restMs >= 1) await sleep(restMs);
    begunAtMs = nowMs();
  };
  const flush = async (): Promise<void> => {
    await pace();
    await pause();
    const group = takeGroup(queue);
    lastSize = group.length;
    await settle(group);
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
