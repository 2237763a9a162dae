import { createRequire } from 'node:module';

type RequestQueue = {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
};

const method = 'scheduleCheckPendingRequests';

/**
 * In kafkajs 2.2.4 an idle connection sets timers without end (5 % of a core each): it asks for a time that has passed.
 * Throws when the method is not there: then this is another kafkajs, and the patch is to be looked at.
 */
export const quietIdleConnections = (): void => {
  const queue: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  if (typeof queue !== 'function' || typeof queue.prototype[method] !== 'function')
    throw new Error(`kafkajs has no RequestQueue.${method}`);
  queue.prototype[method] = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId) return;
    const waitMs = this.throttledUntil - Date.now();
    if (waitMs <= 0 && this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(waitMs, 10),
    );
  };
};
