import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { CheckpointReply, CheckpointRequest } from './checkpoint-thread.ts';

/**
 * Moves what write-ahead logs hold into their databases on a thread of its own. SQLite does that within the commit that
 * makes the log long enough: two syncs and thousands of pages, a fifth of a second in which no request is served.
 *
 * The thread begins with the first log that is long. Should it end, SQLite does it within commits again.
 */
export interface Checkpointer {
  /** A database in WAL mode that this process alone writes, on this connection. `pagesMax`: about how long its log may grow. */
  watch(database: DatabaseSync, path: string, pagesMax: number): WatchedLog;
  /** After the logs. */
  close(): Promise<void>;
}

export interface WatchedLog {
  /** To be told after each commit. */
  committed(): void;
  /**
   * Before a commit: a promise while writers have to pause, else undefined. A log begins anew only when no commit has come
   * since the last page was moved; for a busy one there would never be such a moment.
   */
  pause(): Promise<void> | undefined;
  /** Before the database is closed. */
  close(): Promise<void>;
}

/** A look costs microseconds; so long a log makes no difference. */
const commitsPerLook = 16;
const lookAgainAfterMs = 1_000;

type Ask = (path: string, action: CheckpointRequest['action']) => Promise<boolean>;

export const openCheckpointer = (): Checkpointer => {
  const asked = new Map<number, (isDone: boolean) => void>();
  const onEnd: (() => void)[] = [];
  let thread: Worker | undefined;
  let hasEnded = false;
  let lastId = 0;

  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    for (const answer of asked.values()) answer(false);
    asked.clear();
    for (const takeBack of onEnd) takeBack();
  };
  const begun = (): Worker => {
    if (thread !== undefined) return thread;
    thread = new Worker(new URL('checkpoint-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    thread.unref();
    thread.on('message', ({ id, isDone }: CheckpointReply) => {
      asked.get(id)?.(isDone);
      asked.delete(id);
    });
    thread.on('error', end);
    thread.on('exit', end);
    return thread;
  };
  const ask: Ask = (path, action) =>
    new Promise((answer) => {
      if (hasEnded || (thread === undefined && action === 'close')) {
        answer(false);
        return;
      }
      lastId += 1;
      asked.set(lastId, answer);
      begun().postMessage({ id: lastId, path, action } satisfies CheckpointRequest);
    });

  return {
    watch: (database, path, pagesMax) => {
      database.exec('PRAGMA wal_autocheckpoint = 0');
      const takeBack = (): void => {
        if (database.isOpen) database.exec(`PRAGMA wal_autocheckpoint = ${pagesMax}`);
      };
      if (hasEnded) takeBack();
      else onEnd.push(takeBack);
      return watchedLog({ database, path, pagesMax, ask });
    },
    close: async () => {
      end(); // whoever still waits for the thread goes on without it
      await thread?.terminate();
    },
  };
};

const watchedLog = (options: {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly pagesMax: number;
  readonly ask: Ask;
}): WatchedLog => {
  const { database, path, pagesMax, ask } = options;
  const look = database.prepare('PRAGMA wal_checkpoint(NOOP)');
  let commits = 0;
  let notBeforeMs = 0;
  let running: Promise<void> | undefined;
  let paused: PromiseWithResolvers<void> | undefined;

  /** 0 also when it cannot be told: a commit that has succeeded does not fail for a look at its log. */
  const pagesLeft = (): number => {
    if (!database.isOpen) return 0;
    try {
      const found = look.get();
      return Number(found?.['log']) - Number(found?.['checkpointed']);
    } catch {
      return 0;
    }
  };
  const finish = async (): Promise<void> => {
    paused = Promise.withResolvers<void>();
    await ask(path, 'checkpoint');
    paused.resolve();
    paused = undefined;
  };
  const run = async (): Promise<void> => {
    const isDone = await ask(path, 'checkpoint');
    // Most of it is moved, and little was written meanwhile: that is moved while nobody writes.
    if (isDone && pagesLeft() > 0) await finish();
    notBeforeMs = isDone ? 0 : performance.now() + lookAgainAfterMs;
    running = undefined;
  };

  return {
    committed: () => {
      commits += 1;
      if (running !== undefined || commits % commitsPerLook !== 0 || performance.now() < notBeforeMs) return;
      if (pagesLeft() >= pagesMax) running = run();
    },
    pause: () => paused?.promise,
    close: async () => {
      await running;
      await ask(path, 'close');
    },
  };
};
