import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

const setUp = () => {
  const begun: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const run = oneAtATime(({ name }: { readonly name: string }) => {
    begun.push(name);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  return { begun, ends, run };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('who asks while it runs is served by the next run, all of them by the same one', async () => {
  const { begun, ends, run } = setUp();
  const thing = { name: 'a' };
  const first = run(thing);
  const others = [run(thing), run(thing), run(thing)];
  await settled();
  expect(begun).toEqual(['a']);
  ends[0]?.resolve();
  await first;
  await settled();
  expect(begun).toEqual(['a', 'a']);
  ends[1]?.resolve();
  await Promise.all(others);
  expect(begun).toEqual(['a', 'a']);
});

test('other things run beside it, and a run that fails holds up nobody', async () => {
  const { begun, ends, run } = setUp();
  const [a, b] = [{ name: 'a' }, { name: 'b' }];
  const failing = run(a);
  const next = run(a);
  const beside = run(b);
  expect(begun).toEqual(['a', 'b']);
  ends[0]?.reject(new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await settled();
  expect(begun).toEqual(['a', 'b', 'a']);
  for (const end of ends) end.resolve();
  await Promise.all([next, beside]);
  const later = run(a);
  expect(begun).toHaveLength(4);
  ends[3]?.resolve();
  await later;
});
