import type { Optimality } from "@partitune/schema";
import { wholeCards } from "./packing/gpuBounds.ts";
import { type PackingName, packings } from "./packing/index.ts";
import type { Unservable } from "./packing/layout.ts";
import { leastGpus } from "./packing/leastGpus.ts";
import type { PackingProblem } from "./packing/packingProblem.ts";
import type { FleetLayout } from "./toFleetPlan.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** An answer to where services should run, on any number of cards of any kinds. */
export type FleetPacking =
  | { readonly status: "packed"; readonly layouts: readonly FleetLayout[]; readonly optimality: Optimality }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] }
  /** No layout does it; `reason` says what stands in the way. */
  | { readonly status: "infeasible"; readonly reason: string }
  /** None was found, and none is ruled out. */
  | { readonly status: "unknown"; readonly reason: string };

/** How cards are saved. */
export interface FewestGpusOptions {
  /** By default `column-generation`. */
  readonly method?: PackingName;
  /** A number of cards that is known to be needed, as {@link leastGpus} tells, so that it is not computed again; null when it is not known. */
  readonly least?: number | null;
}

/**
 * Packs services on as few cards as a method manages, and says how few it could be: methods without a bound of their own get that of the cover
 * relaxation.
 */
export async function fewestGpus(fleet: FleetProblem, options: FewestGpusOptions = {}): Promise<FleetPacking> {
  const { method = "column-generation", least } = options;
  const run: (problem: PackingProblem) => ReturnType<(typeof packings)[PackingName]> = packings[method];
  const packing = await run(fleet.problem);
  if (packing.status === "unservable") return packing;
  const own = "bound" in packing ? packing.bound : 0;
  const bound = Math.max(own, least ?? ("bound" in packing ? 0 : ((await leastGpus(fleet.problem)) ?? 0)));
  return {
    status: "packed",
    layouts: [{ fleet, layout: packing.layout }],
    optimality: gpuOptimality(method, packing.layout.gpus.length, bound),
  };
}

/** How good a number of cards is against a bound that is not rounded. */
export function gpuOptimality(method: string, gpus: number, bound: number): Optimality {
  const least = Math.min(gpus, wholeCards(bound));
  return {
    method,
    status: gpus <= least ? "optimal" : "feasible",
    objective: { name: "GPUs", unit: "" },
    value: gpus,
    bound: least,
    gap: gpus === 0 ? 0 : (gpus - least) / gpus,
  };
}
