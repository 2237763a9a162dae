/** Latencies in milliseconds. Exact up to a million samples; beyond that a uniform sample would do, but no run gets there. */
export class Latencies {
  readonly #samples: number[] = [];

  add(milliseconds: number): void {
    this.#samples.push(milliseconds);
  }
  get count(): number {
    return this.#samples.length;
  }
  /** 0 < q <= 1; NaN when nothing was measured. */
  quantiles(...qs: readonly number[]): readonly number[] {
    const sorted = Float64Array.from(this.#samples).sort();
    return qs.map((q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN);
  }
}
