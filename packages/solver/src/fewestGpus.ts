import type { Optimality } from "@partitune/schema";
import type { FleetPacking } from "./fleetPacking.ts";
import { wholeCards } from "./packing/gpuBounds.ts";
import { type PackingName, packings } from "./packing/index.ts";
import { leastGpus } from "./packing/leastGpus.ts";
import type { PackingProblem } from "./packing/packingProblem.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** How cards are saved. */
export interface FewestGpusOptions {
  /** By default `column-generation`. */
  readonly method?: PackingName;
  /** A number of cards that is known to be needed, as {@link leastGpus} tells, so that it is not computed again; null when it is not known. */
  readonly least?: number | null;
  /** Seconds that each mixed-integer model of an exact method may take. */
  readonly timeLimitSeconds?: number;
  /** GPUs that there are, by default as many as wanted. */
  readonly mostGpus?: number;
}

/**
 * Packs services on as few cards as a method manages, and says how few it could be: methods without a bound of their own get that of the cover
 * relaxation.
 */
export async function fewestGpus(fleet: FleetProblem, options: FewestGpusOptions = {}): Promise<FleetPacking> {
  const { method = "column-generation", least, timeLimitSeconds, mostGpus = Number.POSITIVE_INFINITY } = options;
  const limit = timeLimitSeconds === undefined ? {} : { timeLimitSeconds };
  const packing = await (packings[method] as Pack)(fleet.problem, limit);
  if (packing.status === "unservable") return packing;
  const own = "bound" in packing ? packing.bound : 0;
  const bound = Math.max(own, least ?? ("bound" in packing ? 0 : ((await leastGpus(fleet.problem)) ?? 0)));
  if (packing.layout.gpus.length > mostGpus) return tooMany(mostGpus, packing.layout.gpus.length, wholeCards(bound));
  return {
    status: "packed",
    layouts: [{ fleet, layout: packing.layout }],
    optimality: gpuOptimality(method, packing.layout.gpus.length, bound),
  };
}

/** Methods without limits in time take no heed of them. */
type Pack = (
  problem: PackingProblem,
  options: { readonly timeLimitSeconds?: number },
) => ReturnType<(typeof packings)[PackingName]>;

function tooMany(most: number, found: number, least: number): FleetPacking {
  const proved = least > most;
  const reason = proved
    ? `no plan uses fewer than ${least} GPUs, and there are ${most}`
    : `the plan found uses ${found} GPUs, there are ${most}, and only ${least} are known to be needed; try another method`;
  return { status: proved ? "infeasible" : "unknown", reason };
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
