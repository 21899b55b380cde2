import { type Demand, InputError, loadJson } from "@partitune/schema";
import { parseDemand } from "./parseDemand.ts";

/** Where demands of a fleet come from. */
export interface FleetDemandOptions {
  readonly demand?: readonly string[];
  readonly demands?: string;
}

/**
 * Demands of a fleet, typed and filed. What is typed may name its service before the workload: "photos:resnet50 400/s 60ms p99".
 *
 * @param workloads  names that are known, so that a colon within one is not taken for a service's
 * @throws InputError when there is none, or one cannot be read
 */
export function readFleetDemands(options: FleetDemandOptions, workloads: readonly string[]): readonly Demand[] {
  const typed = (options.demand ?? []).map((text) => splitService(parseDemand(text), workloads));
  const filed = options.demands === undefined ? [] : loadJson(options.demands, "demands").demands;
  if (typed.length + filed.length > 0) return [...typed, ...filed];
  throw new InputError({
    what: "the command line",
    problem: "names no demand",
    advice: 'add --demand "NAME 20/s 200ms p99" or --demands FILE',
  });
}

function splitService(demand: Demand, workloads: readonly string[]): Demand {
  const { workload } = demand;
  if (workloads.includes(workload)) return demand;
  const colons = [...workload].flatMap((character, at) => (character === ":" ? [at] : []));
  const at = colons.find((each) => workloads.includes(workload.slice(each + 1))) ?? colons[0];
  if (at === undefined || at === 0) return demand;
  return { ...demand, service: workload.slice(0, at), workload: workload.slice(at + 1) };
}
