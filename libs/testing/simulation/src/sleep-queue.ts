export interface Sleeper {
  readonly at: number;
  readonly sequence: number;
  readonly owner: object | undefined;
  /** Undefined when it is over. */
  end: (() => void) | undefined;
}

/** The earliest first; of those at the same time the one that came first. */
export interface SleepQueue {
  push(sleeper: Sleeper): void;
  /** Those that are over are passed over. */
  peek(): Sleeper | undefined;
  pop(): Sleeper | undefined;
  /** To be told when a sleeper in the queue is over before its time. */
  dropped(): void;
  removeOf(owner: object): void;
  size(): number;
}

const isBefore = (a: Sleeper, b: Sleeper): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

/** A binary heap. What is over stays in it until it is on top, or until it is the larger part: then it is swept. */
export const sleepQueue = (): SleepQueue => {
  let heap: Sleeper[] = [];
  let over = 0;

  const at = (index: number): Sleeper => {
    const sleeper = heap[index];
    if (sleeper === undefined) throw new RangeError(`no sleeper at ${index}`);
    return sleeper;
  };
  const up = (sleeper: Sleeper): void => {
    let index = heap.length;
    heap.push(sleeper);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(sleeper, at(parent))) break;
      heap[index] = at(parent);
      index = parent;
    }
    heap[index] = sleeper;
  };
  const down = (sleeper: Sleeper): void => {
    let index = 0;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && isBefore(at(child + 1), at(child))) child += 1;
      if (!isBefore(at(child), sleeper)) break;
      heap[index] = at(child);
      index = child;
    }
    heap[index] = sleeper;
  };
  const take = (): Sleeper | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) down(last);
    return first;
  };
  const sweep = (): void => {
    heap = heap.filter((sleeper) => sleeper.end !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    over = 0;
  };
  const skipOver = (): void => {
    while (heap[0] !== undefined && heap[0].end === undefined) {
      take();
      over -= 1;
    }
  };

  return {
    push: up,
    peek: () => {
      skipOver();
      return heap[0];
    },
    pop: () => {
      skipOver();
      return take();
    },
    dropped: () => {
      over += 1;
      if (over > 64 && over * 2 > heap.length) sweep();
    },
    removeOf: (owner) => {
      for (const sleeper of heap) if (sleeper.owner === owner) sleeper.end = undefined;
      sweep();
    },
    size: () => heap.length - over,
  };
};
