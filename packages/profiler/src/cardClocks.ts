import type { Device, Fraction, PowerMode, Watts } from "@partitune/schema";

/** Clocks of the synthetic card relative to the highest. */
export interface CardClocks {
  readonly multiprocessors: Fraction;
  readonly memory: Fraction;
}

/** Halvings after which the clock under a cap is known well enough. */
const steps = 20;

/**
 * The clocks that the synthetic card runs at: those of its mode, and under a power cap the highest clock of the multiprocessors that keeps it, the
 * lowest where none does.
 *
 * @param wattsAt  power of all that runs, at given clocks
 */
export function cardClocks(
  { gpuHertz, memoryHertz, powerCapWatts }: PowerMode,
  { powerLevels }: Pick<Device, "powerLevels">,
  wattsAt: (clocks: CardClocks) => Watts,
): CardClocks {
  const memory = relative(memoryHertz, powerLevels?.memoryHertz);
  const asked = relative(gpuHertz, powerLevels?.gpuHertz);
  const keeps = (multiprocessors: Fraction) => wattsAt({ multiprocessors, memory }) <= powerCapWatts!;
  if (powerCapWatts === undefined || keeps(asked)) return { multiprocessors: asked, memory };
  let low = Math.min(asked, relative(powerLevels?.gpuHertz?.[0], powerLevels?.gpuHertz));
  let high = asked;
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2;
    if (keeps(middle)) low = middle;
    else high = middle;
  }
  return { multiprocessors: low, memory };
}

/** @param levels  ascending; without them every clock is the highest */
function relative(hertz: number | undefined, levels: readonly number[] | undefined): Fraction {
  return hertz === undefined || levels === undefined ? 1 : Math.min(1, hertz / levels.at(-1)!);
}
