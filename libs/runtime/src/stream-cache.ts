/** Bounded in bytes (an estimate that its user gives); the least recently used goes first, the newest always stays. */
export interface StreamCache<Entry> {
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry, bytes: number): void;
  delete(key: string): void;
  readonly size: number;
}

export const streamCache = <Entry>(bytesMax: number): StreamCache<Entry> => {
  const entries = new Map<string, { readonly entry: Entry; readonly bytes: number }>();
  let bytesTotal = 0;
  const drop = (key: string): void => {
    const held = entries.get(key);
    if (held === undefined) return;
    entries.delete(key);
    bytesTotal -= held.bytes;
  };
  return {
    get size() {
      return entries.size;
    },
    get: (key) => {
      const held = entries.get(key);
      if (held === undefined) return undefined;
      entries.delete(key);
      entries.set(key, held);
      return held.entry;
    },
    set: (key, entry, bytes) => {
      drop(key);
      entries.set(key, { entry, bytes });
      bytesTotal += bytes;
      if (bytesTotal <= bytesMax) return;
      for (const oldest of entries.keys()) {
        if (bytesTotal <= bytesMax || oldest === key) break;
        drop(oldest);
      }
    },
    delete: drop,
  };
};
