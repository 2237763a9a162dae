import { EngineUnavailable } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import { boundedOperations } from './bounded.ts';

describe('operations on the server', () => {
  test('answer what the server answers; what fails is away, but for what a programmer got wrong', async () => {
    const { run } = boundedOperations(1_000);
    expect(await run('get', async () => 1)).toBe(1);
    await expect(run('get', () => Promise.reject(new Error('not a primary')))).rejects.toBeInstanceOf(EngineUnavailable);
    await expect(run('get', () => Promise.reject(new TypeError('no such index')))).rejects.toThrow(TypeError);
  });

  test('are aborted after their time, with a line that says so', async () => {
    const { run } = boundedOperations(20);
    const frozen = run(
      'commit',
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error(String(signal.reason))))),
    );
    // Timers of abort signals keep no process alive.
    const awake = setInterval(() => undefined, 1_000);
    await expect(frozen).rejects.toThrow('MongoDB did not answer within 20 ms (commit)');
    clearInterval(awake);
  });

  test('are refused after closing, which waits for those under way', async () => {
    const { run, close } = boundedOperations(1_000);
    const { promise, resolve } = Promise.withResolvers<string>();
    const underWay = run('get', () => promise);
    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await expect(run('get', async () => 1)).rejects.toThrow('closed');
    expect(closed).toBe(false);
    resolve('done');
    await closing;
    expect(await underWay).toBe('done');
  });
});
