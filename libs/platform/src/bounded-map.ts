/** Least recently used first out: what a client can make us remember has an end. */
export interface BoundedMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** A ring through one node that holds nothing: `next` of it is the one used longest ago. */
type Link<Value> = {
  previous: Link<Value>;
  next: Link<Value>;
  readonly entry: { readonly key: string; readonly value: Value } | undefined;
};

const unlink = <Value>(link: Link<Value>): void => {
  link.previous.next = link.next;
  link.next.previous = link.previous;
};

class Ring<Value> implements Link<Value> {
  previous: Link<Value> = this;
  next: Link<Value> = this;
  readonly entry = undefined;
}

/**
 * Bounded in entries, and in weight (bytes, say) when `weightOf` is given. A value heavier than `weightMax` is not kept.
 * A linked list, because a `Map` that always loses its first entry takes longer and longer to find the first.
 */
export const boundedMap = <Value>(limits: {
  readonly entriesMax: number;
  readonly weightMax?: number;
  readonly weightOf?: (value: Value) => number;
}): BoundedMap<Value> => {
  const { entriesMax, weightMax = Number.POSITIVE_INFINITY, weightOf = () => 0 } = limits;
  const links = new Map<string, Link<Value>>();
  const head: Link<Value> = new Ring<Value>();
  let weight = 0;

  const append = (link: Link<Value>): void => {
    link.previous = head.previous;
    link.next = head;
    head.previous.next = link;
    head.previous = link;
  };
  const remove = (key: string): void => {
    const link = links.get(key);
    if (link?.entry === undefined) return;
    links.delete(key);
    unlink(link);
    weight -= weightOf(link.entry.value);
  };

  return {
    get size() {
      return links.size;
    },
    get: (key) => {
      const link = links.get(key);
      if (link === undefined) return undefined;
      unlink(link);
      append(link);
      return link.entry?.value;
    },
    set: (key, value) => {
      remove(key);
      if (weightOf(value) > weightMax) return;
      const link: Link<Value> = { previous: head, next: head, entry: { key, value } };
      append(link);
      links.set(key, link);
      weight += weightOf(value);
      while (links.size > entriesMax || weight > weightMax) remove(head.next.entry?.key ?? key);
    },
    delete: remove,
  };
};
