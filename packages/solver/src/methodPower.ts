import { InputError } from "@partitune/schema";
import { type FewestGpusOptions, fewestGpus } from "./fewestGpus.ts";
import type { FleetPacking } from "./fleetPacking.ts";
import { leastPowerFleet, powerObjective, wattsOf } from "./leastPowerFleet.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/**
 * What a method that saves GPUs comes to in watts, against the bound of the plan of least power.
 *
 * @param fleet  the problem in the power mode that the method is to use
 * @param fleets  the problem in every power mode that a plan of least power may use
 * @throws InputError when the power of the idle card or of a tenant is not known
 */
export async function methodPower(
  fleet: FleetProblem,
  fleets: readonly FleetProblem[],
  options: FewestGpusOptions,
): Promise<FleetPacking> {
  const { mostGpus, timeLimitSeconds } = options;
  const packing = await fewestGpus(fleet, { ...options, least: 0 });
  if (packing.status !== "packed") return packing;
  const watts = wattsOf(packing.layouts);
  if (watts === null)
    throw new InputError({
      what: `power mode "${fleet.powerMode}"`,
      problem: "has no power for something that runs, or for the idle card",
      advice: "measure both, or plan for fewest GPUs",
    });
  const best = await leastPowerFleet(fleets, {
    ...(mostGpus === undefined ? {} : { mostGpus }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
  });
  const bound = best.status === "packed" ? best.optimality.bound : null;
  const gap = bound === null ? null : Math.max(0, (watts - bound) / watts);
  return {
    ...packing,
    optimality: { ...packing.optimality, objective: powerObjective, status: "feasible", value: watts, bound, gap },
  };
}
