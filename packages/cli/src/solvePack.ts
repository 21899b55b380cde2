import type { PackingName } from "@partitune/solver";
import {
  type FleetPacking,
  type FleetProblem,
  fewestGpus,
  leastPowerFleet,
  methodPower,
  roomiestFleet,
} from "@partitune/solver";
import type { PackRequest } from "./packOptions.ts";

/**
 * Packs what is asked for, in the way that the objective asks for.
 *
 * @param fleets  the request's own, or the same asking for more
 */
export function solvePack(request: PackRequest, fleets: readonly FleetProblem[]): Promise<FleetPacking> {
  const { objective, gpus, timeLimit } = request;
  const fleet = fleets[request.fleets.indexOf(request.fleet)]!;
  const method = request.method === "all" ? null : request.method;
  const limits = { ...timeLimit, ...(gpus === null ? {} : { mostGpus: gpus }) };
  switch (objective) {
    case "gpus":
      return fewestGpus(fleet, { ...limits, ...named(method) });
    case "power":
      return method === null || method === "milp"
        ? leastPowerFleet(fleets, limits)
        : methodPower(fleet, fleets, { ...limits, method });
    case "headroom":
    case "load":
      return roomiestFleet(fleet, objective, gpus!, timeLimit);
  }
}

function named(method: PackingName | null): { readonly method?: PackingName } {
  return method === null ? {} : { method };
}
