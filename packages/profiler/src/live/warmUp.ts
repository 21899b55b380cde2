import type { Seconds } from "@partitune/schema";
import type { BatchEngine } from "./batcher.ts";

/** Enough for every batch size of most plans; large networks on small shares meet their rarest sizes while serving. */
const longestWarmUp: Seconds = 5;

/**
 * Runs each batch size once, since engines allocate memory and make input data when they first see one: the largest, then one,
 * two and so on, until all are done or five seconds have passed.
 */
export async function warmUp(engine: BatchEngine, largest: number, now: () => Seconds): Promise<void> {
  const start = now();
  const sizes = [largest, ...Array.from({ length: largest - 1 }, (_, i) => i + 1)];
  for (const size of sizes) {
    await engine.run(size);
    if (now() - start > longestWarmUp) return;
  }
}
