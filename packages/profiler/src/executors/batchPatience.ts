import type { Seconds } from "@partitune/schema";

/** Later batches may take so many times the longest so far, and this on top. */
const factor = 20;
const least: Seconds = 10;

/** How long a batch may take before its worker counts as hung, by what batches of its size took so far. */
export class BatchPatience {
  readonly #first: Seconds;
  readonly #longest = new Map<number, Seconds>();

  /** @param first  for a batch of which nothing is known yet: engines may build their kernels for it */
  constructor(first: Seconds) {
    this.#first = first;
  }

  of(batch: number): Seconds {
    const longest = this.#longest.get(batch);
    return longest === undefined ? this.#first : least + factor * longest;
  }

  learn(batch: number, took: Seconds): void {
    this.#longest.set(batch, Math.max(took, this.#longest.get(batch) ?? 0));
  }
}
