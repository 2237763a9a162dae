/** Of more than this many, a sample that is the same in every run. */
const interleavingsMax = 100;

/** Park and Miller's generator: enough to shuffle, and the same everywhere. */
const sequence = (seed: number): ((bound: number) => number) => {
  let state = seed;
  return (bound) => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
};

/**
 * Orders of `items` in which those of one key keep theirs: each key's items as one block, forwards and backwards, then
 * random merges.
 */
export const interleavings = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] => {
  const groups = [...Map.groupBy(items, keyOf).values()];
  if (groups.length < 2) return [items];
  const random = sequence(20270502);
  return [groups.flat(), groups.toReversed().flat(), ...Array.from({ length: interleavingsMax }, () => merge(groups, random))];
};

const merge = <T>(groups: readonly (readonly T[])[], random: (bound: number) => number): readonly T[] => {
  const rest = groups.map((group) => [...group]);
  const merged: T[] = [];
  for (let open = rest; open.length > 0; open = open.filter((group) => group.length > 0)) {
    const next = open[random(open.length)]?.shift();
    if (next !== undefined) merged.push(next);
  }
  return merged;
};
