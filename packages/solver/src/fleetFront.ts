import type { FrontPoint, Made, ParetoFront } from "@partitune/schema";
import { fewestGpus } from "./fewestGpus.ts";
import type { FleetPacking } from "./fleetPacking.ts";
import { leastPowerFleet } from "./leastPowerFleet.ts";
import type { ExactOptions } from "./packing/columnGeneration.ts";
import { roomiestFleet } from "./roomiestFleet.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** What a number of GPUs is traded for. */
export const frontAxes = {
  power: { name: "power_w", better: "lower" },
  load: { name: "load_factor", better: "higher" },
} as const;

export type FrontAxis = keyof typeof frontAxes;

export interface FleetFrontOptions extends ExactOptions {
  readonly made: Made;
  /** The most GPUs that are looked at; by default as many as pay for power, and four more than needed for load. */
  readonly mostGpus?: number;
}

/** Numbers of GPUs that are looked at, at most. */
const mostPoints = 12;
/** GPUs beyond the fewest that are looked at for load. */
const usuallyMore = 4;

/**
 * Numbers of GPUs against the least power that services can then be served with, or against the factor by which all rates may grow; a point per
 * number of GPUs.
 *
 * @param fleets  one per power mode for `power`; the first alone for `load`
 * @returns the front, or why nobody can be served
 */
export async function fleetFront(
  fleets: readonly FleetProblem[],
  axis: FrontAxis,
  { made, mostGpus, ...options }: FleetFrontOptions,
): Promise<ParetoFront | Exclude<FleetPacking, { status: "packed" }>> {
  const fewest = await fewestOf(fleets, options);
  if (fewest.status !== "packed") return fewest;
  const least = Math.max(1, fewest.optimality.value);
  const most = mostGpus ?? (axis === "load" ? least + usuallyMore : await gpusOfLeastPower(fleets, least, options));
  const points: FrontPoint[] = [];
  for (const gpus of thin(least, Math.max(least, most))) {
    const packing = await packOn(fleets, axis, gpus, options);
    if (packing.status !== "packed") continue;
    const used = packing.layouts.reduce((sum, { layout }) => sum + layout.gpus.length, 0);
    points.push({ id: `${used} GPUs`, values: [used, packing.optimality.value], onFront: true, violations: [] });
  }
  const distinct = [...new Map(points.map((point) => [point.id, point])).values()];
  return {
    kind: "pareto-front",
    version: 1,
    made,
    objectives: [{ name: "GPUs", better: "lower" }, frontAxes[axis]],
    points: distinct.map((point) => ({ ...point, onFront: !distinct.some((other) => beats(other, point, axis)) })),
    reference: null,
    hypervolume: null,
    synthetic: fleets.some(({ synthetic }) => synthetic),
  };
}

/** The packing with fewest GPUs in any of the modes. */
async function fewestOf(fleets: readonly FleetProblem[], options: ExactOptions): Promise<FleetPacking> {
  const packings: FleetPacking[] = [];
  for (const fleet of fleets) packings.push(await fewestGpus(fleet, options));
  const packed = packings.filter((packing) => packing.status === "packed");
  return packed.toSorted((a, b) => a.optimality.value - b.optimality.value)[0] ?? packings[0]!;
}

async function gpusOfLeastPower(
  fleets: readonly FleetProblem[],
  least: number,
  options: ExactOptions,
): Promise<number> {
  const packing = await leastPowerFleet(fleets, options);
  if (packing.status !== "packed") return least;
  return packing.layouts.reduce((sum, { layout }) => sum + layout.gpus.length, 0);
}

function packOn(
  fleets: readonly FleetProblem[],
  axis: FrontAxis,
  gpus: number,
  options: ExactOptions,
): Promise<FleetPacking> {
  return axis === "power"
    ? leastPowerFleet(fleets, { ...options, mostGpus: gpus })
    : roomiestFleet(fleets[0]!, "load", gpus, options);
}

/** Whole numbers from `least` to `most`, evenly thinned, both ends kept. */
function thin(least: number, most: number): readonly number[] {
  const count = Math.min(mostPoints, most - least + 1);
  const step = count === 1 ? 0 : (most - least) / (count - 1);
  return [...new Set(Array.from({ length: count }, (_, i) => Math.round(least + i * step)))];
}

function beats(a: FrontPoint, b: FrontPoint, axis: FrontAxis): boolean {
  const sign = frontAxes[axis].better === "lower" ? 1 : -1;
  const [fewer, better] = [a.values[0]! - b.values[0]!, sign * (a.values[1]! - b.values[1]!)];
  return fewer <= 0 && better <= 0 && (fewer < 0 || better < 0);
}
