import type { Hertz } from "@partitune/schema";

/** Clocks of a card that can be combined freely. */
export interface ClockLevels {
  /** Rising. */
  readonly gpuHertz: readonly Hertz[];
  /** Memory clocks with which all of these go, rising. */
  readonly memoryHertz: readonly Hertz[];
  /** The other memory clocks, rising. */
  readonly leftOut: readonly Hertz[];
}

/**
 * The levels of a card: the clocks of the multiprocessors that go with its highest memory clock, and the memory clocks with which all of them go.
 *
 * @param clocks  memory clock → clocks of the multiprocessors, at least one of each
 */
export function clockLevels(clocks: ReadonlyMap<Hertz, Iterable<Hertz>>): ClockLevels {
  const memories = [...clocks.keys()].sort((a, b) => a - b);
  const gpuHertz = [...clocks.get(memories.at(-1)!)!].sort((a, b) => a - b);
  const own = new Map(memories.map((memory) => [memory, new Set(clocks.get(memory)!)]));
  const fits = (memory: Hertz) => gpuHertz.every((clock) => own.get(memory)!.has(clock));
  return {
    gpuHertz,
    memoryHertz: memories.filter(fits),
    leftOut: memories.filter((memory) => !fits(memory)),
  };
}
