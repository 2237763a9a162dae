import { TimeUp } from './failure.ts';

/** The promise goes on; nobody waits for it any more. */
export const within = async <T>(milliseconds: number, promise: Promise<T>): Promise<T> => {
  let timeout: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new TimeUp(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timeout);
  }
};
