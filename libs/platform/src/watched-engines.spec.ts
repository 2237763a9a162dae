import { collection, origin, type Position } from '@conference/kernel';
import { EngineUnavailable, InvalidCursor, type MessageBroker, type ReadModelStore } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import { watchedEngines } from './watched-engines.ts';

type Note = { readonly text: string };
const notes = collection<Note>()({ name: 'notes', version: 1, indexes: { byText: ['text'] } });

/** Engines that hold one document, and of which parts can be taken away. */
const setUp = () => {
  const away = { write: false, read: false, publish: false, reason: new Error('no connection to db.example.com') };
  const write = async <T>(result: T): Promise<T> => {
    if (away.write) throw away.reason;
    return result;
  };
  const read = async <T>(result: T): Promise<T> => {
    if (away.read) throw away.reason;
    return result;
  };
  const readModels: ReadModelStore = {
    create: (of, build) => write({ collection: of, build }),
    activate: () => write(undefined),
    drop: () => write(undefined),
    commit: () => write('committed'),
    lease: (_, owner) => write(owner === 'me'),
    active: () => read(undefined),
    checkpoint: () => read(origin),
    load: () => read(new Map()),
    get: () => read(undefined),
    find: async (_, { after }) => {
      if (after !== undefined) throw new InvalidCursor('none of ours');
      return read({ items: [], next: null });
    },
    close: async () => {},
  };
  const published: string[] = [];
  const broker: MessageBroker = {
    publish: async (topic) => {
      if (away.publish) throw away.reason;
      published.push(topic);
    },
    subscribe: async () => {
      throw away.reason;
    },
    close: async () => {},
  };
  return { away, published, watched: watchedEngines({ readModels, broker }) };
};

describe('Watched engines', () => {
  it('do what they do, and nothing is missing', async () => {
    const { watched, published } = setUp();
    const build = await watched.readModels.create(notes, '1');
    expect(build).toEqual({ collection: notes, build: '1' });
    await watched.readModels.activate(build);
    await watched.readModels.drop(build);
    expect(await watched.readModels.commit(build, { writes: new Map(), after: origin, position: '1' as Position })).toBe('committed');
    expect(await watched.readModels.lease('l', 'me', 1_000)).toBe(true);
    expect(await watched.readModels.lease('l', 'another', 1_000)).toBe(false);
    expect(await watched.readModels.active(notes)).toBeUndefined();
    expect(await watched.readModels.checkpoint(build)).toBe(origin);
    expect(await watched.readModels.load(build, ['n1'])).toEqual(new Map());
    expect(await watched.readModels.get(notes, 'n1')).toBeUndefined();
    expect(await watched.readModels.find(notes, { index: 'byText', limit: 1 })).toEqual({ items: [], next: null });
    await watched.broker.publish('t', []);
    expect(published).toEqual(['t']);
    expect(watched.degraded()).toEqual([]);
  });

  it('are missing from a failure until the next success, each kind of use by itself, without telling the reason', async () => {
    const { away, watched } = setUp();
    const build = await watched.readModels.create(notes, '1');
    const commit = () => watched.readModels.commit(build, { writes: new Map(), after: origin, position: '1' as Position });
    Object.assign(away, { write: true, read: true, publish: true });
    await expect(commit()).rejects.toThrow('db.example.com');
    await expect(watched.readModels.get(notes, 'n1')).rejects.toThrow('db.example.com');
    await expect(watched.broker.publish('t', [])).rejects.toThrow('db.example.com');
    const missing = watched.degraded();
    expect(missing.map(({ part }) => part)).toEqual(['broker', 'read-models', 'read-models']);
    expect(JSON.stringify(missing)).not.toContain('example.com');
    away.write = false;
    await commit();
    expect(watched.degraded()).toEqual([missing[0], missing[2]]);
    Object.assign(away, { read: false, publish: false });
    await watched.readModels.get(notes, 'n1');
    await watched.broker.publish('t', []);
    expect(watched.degraded()).toEqual([]);
  });

  it('tell the reason of an engine that is away, which names neither hosts nor credentials', async () => {
    const { away, watched } = setUp();
    away.reason = new EngineUnavailable('the server does not answer', { cause: new Error('mongodb://user:secret@db.example.com') });
    Object.assign(away, { read: true, publish: true });
    await expect(watched.readModels.get(notes, 'n1')).rejects.toBe(away.reason);
    await expect(watched.broker.publish('t', [])).rejects.toBe(away.reason);
    expect(watched.degraded()).toEqual([
      { part: 'broker', problem: 'nothing can be published: the server does not answer' },
      { part: 'read-models', problem: 'cannot be read: the server does not answer' },
    ]);
  });

  it('are not missing because somebody asked for nonsense', async () => {
    const { watched } = setUp();
    await expect(watched.readModels.find(notes, { index: 'byText', limit: 1, after: 'garbage' })).rejects.toThrow(InvalidCursor);
    expect(watched.degraded()).toEqual([]);
  });
});
