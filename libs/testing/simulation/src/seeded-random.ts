import type { Random } from '@conference/ports';

/** Everything that is left to chance in one run, repeated exactly by the seed. */
export interface SeededRandom {
  /** Uniform in [0, 1), with 32 bits. */
  readonly random: Random;
  /** Uniform in [from, to], both included. */
  integer(from: number, to: number): number;
  /** True with this probability, from 0 (never) to 1 (always). */
  chance(probability: number): boolean;
  /** Any of them with equal probability. Throws for an empty list. */
  pick<T>(choices: readonly T[]): T;
  /** Exponentially distributed: mostly short, now and then very long, as delays are. */
  exponential(mean: number): number;
  /** In any order. The list itself stays as it is. */
  shuffled<T>(items: readonly T[]): readonly T[];
  /** A UUID of version 4 in form, and unique within the run. */
  uuid(): string;
  /**
   * A stream of its own, a function of the seed and the name alone: what is drawn from one changes nothing in the others,
   * so that one more fault does not move every id and every delay of the run.
   */
  fork(name: string): SeededRandom;
}

/** splitmix32 (Steele, Lea, Flood): spreads seeds that lie side by side over the whole state. */
const splitmix32 = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
};

/** sfc32 (Doty-Humphrey, PractRand): 128 bits of state, a period of about 2^127, passes PractRand and BigCrush. */
const sfc32 = (seed: () => number): (() => number) => {
  let [a, b, c, counter] = [seed() | 0, seed() | 0, seed() | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
};

/** FNV-1a. */
const hashOf = (text: string, start: number): number => {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(8, '0').slice(0, digits);

/** @param seed any safe integer from 0; those below 2^53 all make different runs. */
export const seededRandom = (seed: number): SeededRandom => {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`not a seed: ${seed}`);
  return forked(seed % 2 ** 32, Math.floor(seed / 2 ** 32), '');
};

const forked = (low: number, high: number, path: string): SeededRandom => {
  const mix = splitmix32(hashOf(path, (low ^ Math.imul(high, 0x85ebca6b) ^ 0x811c9dc5) >>> 0));
  const spread = splitmix32(low);
  const bits = sfc32(() => mix() ^ spread() ^ high);
  const random: Random = () => bits() / 2 ** 32;
  const integer = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  return {
    random,
    integer,
    chance: (probability) => random() < probability,
    pick: (choices) => {
      const index = integer(0, choices.length - 1);
      if (!(index in choices)) throw new RangeError('nothing to pick from');
      return choices[index] as (typeof choices)[number];
    },
    exponential: (mean) => -Math.log(1 - random()) * mean,
    shuffled: (items) => {
      const rest = [...items];
      return items.flatMap(() => rest.splice(integer(0, rest.length - 1), 1));
    },
    uuid: () => {
      const [first, second, third, fourth] = [bits(), bits(), bits(), bits()];
      const variant = 8 + (third >>> 30);
      return `${hex(first, 8)}-${hex(second, 4)}-4${hex(second << 16, 3)}-${variant.toString(16)}${hex(third << 2, 3)}-${hex(third << 14, 4)}${hex(fourth, 8)}`;
    },
    fork: (name) => forked(low, high, `${path}/${name}`),
  };
};
