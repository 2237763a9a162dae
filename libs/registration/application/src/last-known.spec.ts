import { EngineUnavailable } from '@conference/ports';
import { simulation } from '@conference/testing-simulation';
import { describe, expect, it } from 'vitest';
import { lastKnown } from './last-known.ts';

type Doc = { readonly name: string };
const away = new EngineUnavailable('away');

const setUp = (max = 10) => {
  const sim = simulation({ seed: 1 });
  const documents = new Map<string, Doc>();
  const line: { failure: Error | undefined; delayMs: number } = { failure: undefined, delayMs: 0 };
  const read = async (id: string): Promise<Doc | undefined> => {
    if (line.delayMs > 0) await sim.timer.sleep(line.delayMs);
    if (line.failure !== undefined) throw line.failure;
    return documents.get(id);
  };
  const { get: ask, saw } = lastKnown<Doc>({ read, timer: sim.timer, max });
  return { sim, documents, line, ask, saw };
};

describe('What is known last', () => {
  it('is what was read just now, as long as it can be read', async () => {
    const { documents, ask } = setUp();
    expect(await ask('a')).toBeUndefined();
    documents.set('a', { name: 'one' });
    expect(await ask('a')).toEqual({ name: 'one' });
    documents.set('a', { name: 'two' });
    expect(await ask('a')).toEqual({ name: 'two' });
  });

  it('is what was read last while it cannot be read; what was never read, or was gone when it was read last, is not known', async () => {
    const { documents, line, ask } = setUp();
    documents.set('a', { name: 'one' }).set('b', { name: 'other' });
    await ask('a');
    await ask('b');
    documents.delete('b');
    await ask('b');
    line.failure = away;
    expect(await ask('a')).toEqual({ name: 'one' });
    await expect(ask('b')).rejects.toBe(away);
    await expect(ask('c')).rejects.toBe(away);
    line.failure = undefined;
    documents.set('a', { name: 'two' });
    expect(await ask('a')).toEqual({ name: 'two' });
  });

  it('is what another query has read', async () => {
    const { line, ask, saw } = setUp();
    line.failure = away;
    saw('a', { name: 'one' });
    saw('a', { name: 'two' });
    expect(await ask('a')).toEqual({ name: 'two' });
  });

  it('is not used for a failure of another kind', async () => {
    const { documents, line, ask } = setUp();
    documents.set('a', { name: 'one' });
    await ask('a');
    line.failure = new TypeError('no such index');
    await expect(ask('a')).rejects.toBe(line.failure);
  });

  it('is answered after a second where the answer does not come; the late one is known from then on', async () => {
    const { sim, documents, line, ask } = setUp();
    documents.set('a', { name: 'one' });
    await ask('a');
    documents.set('a', { name: 'two' });
    line.delayMs = 5_000;
    const asked = sim.elapsedMs();
    expect(await sim.complete(ask('a'))).toEqual({ name: 'one' });
    expect(sim.elapsedMs() - asked).toBeLessThanOrEqual(1_100);
    await sim.run(sim.elapsedMs() + 10_000);
    Object.assign(line, { failure: away, delayMs: 0 });
    expect(await ask('a')).toEqual({ name: 'two' });
  });

  it('is bounded: those that were not read for longest are forgotten', async () => {
    const { documents, line, ask } = setUp(2);
    for (const id of ['a', 'b', 'c']) documents.set(id, { name: id });
    for (const id of ['a', 'b', 'a', 'c']) await ask(id);
    line.failure = away;
    expect([await ask('a'), await ask('c')]).toEqual([{ name: 'a' }, { name: 'c' }]);
    await expect(ask('b')).rejects.toBe(away);
  });
});
