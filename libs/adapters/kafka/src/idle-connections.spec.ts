import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import { quietIdleConnections } from './idle-connections.ts';

const require = createRequire(import.meta.url);

test('the patch is for exactly this kafkajs', () => {
  expect(JSON.parse(readFileSync(require.resolve('kafkajs/package.json'), 'utf8')).version).toBe('2.2.4');
  expect(readFileSync(require.resolve('kafkajs/src/network/requestQueue'), 'utf8')).toContain('scheduleCheckPendingRequests()');
});

test('an idle connection sets no timer, one with a request that waits sets one', () => {
  quietIdleConnections();
  const { scheduleCheckPendingRequests } = require('kafkajs/src/network/requestQueue').prototype;
  vi.useFakeTimers();
  const check = vi.fn();
  const queue = { throttleCheckTimeoutId: null, throttledUntil: -1, pending: [] as string[], checkPendingRequests: check };
  scheduleCheckPendingRequests.call(queue);
  expect(vi.getTimerCount()).toBe(0);
  queue.pending.push('a request');
  scheduleCheckPendingRequests.call(queue);
  expect(vi.getTimerCount()).toBe(1);
  vi.runAllTimers();
  expect(check).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
