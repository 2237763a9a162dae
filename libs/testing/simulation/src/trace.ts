/** What happened in a run, line by line. Two runs of one seed have the same lines, and so the same hash. */
export interface Trace {
  add(line: string): void;
  /** Of all lines so far, in order; 16 hexadecimal digits. */
  hash(): string;
  /** Lines added so far. */
  count(): number;
  /** The last `lines` of them; what is older than {@link traceLinesMax} lines is forgotten. */
  tail(lines: number): readonly string[];
}

/** Kept for the tail. The hash covers everything. */
export const traceLinesMax = 4_096;

export const createTrace = (): Trace => {
  let kept: string[] = [];
  let count = 0;
  let [low, high] = [0x811c9dc5, 0x9dc5811c];
  /** FNV-1a twice, with two primes: enough to tell runs apart, and cheap. */
  const mix = (code: number): void => {
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
  };
  return {
    add: (line) => {
      for (let i = 0; i < line.length; i++) mix(line.charCodeAt(i));
      mix(10);
      count += 1;
      kept.push(line);
      if (kept.length >= 2 * traceLinesMax) kept = kept.slice(-traceLinesMax);
    },
    hash: () => [high, low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join(''),
    count: () => count,
    tail: (lines) => (lines <= 0 ? [] : kept.slice(-Math.min(lines, traceLinesMax))),
  };
};
