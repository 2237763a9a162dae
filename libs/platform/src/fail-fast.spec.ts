import { EngineUnavailable } from '@conference/ports';
import { describe, expect, it, vi } from 'vitest';
import { failFast } from './fail-fast.ts';

const setUp = () => {
  const asked: { readonly answer: (text: string) => void; readonly fail: (error: Error) => void }[] = [];
  const waiting: (() => void)[] = [];
  const fast = failFast({ sleep: () => new Promise((resolve) => waiting.push(resolve)) });
  const ask = () =>
    fast(() => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      asked.push({ answer: resolve, fail: reject });
      return promise;
    });
  return { asked, ask, waiting };
};
const away = new EngineUnavailable('does not answer');

describe('Calls of an engine', () => {
  it('go through together while it is there, also after one that failed for another reason', async () => {
    const { asked, ask } = setUp();
    const calls = [ask(), ask()];
    asked[0]?.fail(new TypeError('no such index'));
    await expect(calls[0]).rejects.toThrow(TypeError);
    asked[1]?.answer('one');
    expect(await calls[1]).toBe('one');
    const later = [ask(), ask()];
    expect(asked).toHaveLength(4);
    for (const call of asked) call.answer('two');
    expect(await Promise.all(later)).toEqual(['two', 'two']);
  });

  it('are told in a moment once it is known to be away, but for one that looks; when that is answered all go through again', async () => {
    const { asked, ask, waiting } = setUp();
    const first = ask();
    asked[0]?.fail(away);
    await expect(first).rejects.toBe(away);
    const looking = ask();
    const told = [ask(), ask()].map((call) => call.catch((error: unknown) => error));
    for (const wake of waiting.splice(0)) wake();
    expect(await Promise.all(told)).toEqual([away, away]);
    expect(asked).toHaveLength(2);
    const patient = ask();
    asked[1]?.answer('there again');
    expect(await looking).toBe('there again');
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    asked[2]?.answer('too');
    expect(await patient).toBe('too');
    const both = [ask(), ask()];
    for (const call of asked) call.answer('three');
    expect(await Promise.all(both)).toEqual(['three', 'three']);
  });

  it('are looked for again by the next one after a look that failed', async () => {
    const { asked, ask } = setUp();
    const calls = [ask()];
    asked[0]?.fail(away);
    await expect(calls[0]).rejects.toBe(away);
    const look = ask();
    asked[1]?.fail(away);
    await expect(look).rejects.toBe(away);
    const next = ask();
    asked[2]?.answer('there');
    expect(await next).toBe('there');
  });
});
