import type { FleetPlan, Made, PerSecond } from "@partitune/schema";
import type { FleetPacking } from "./fleetPacking.ts";
import { toFleetPlan } from "./toFleetPlan.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** What a judge says of a fleet plan: that it holds, or whose promises break, and why. */
export type FleetJudgement = true | { readonly reject: readonly string[]; readonly reason: string };

/** Judges a fleet plan, for instance by simulating it. */
export type AcceptFleet = (plan: FleetPlan) => FleetJudgement | Promise<FleetJudgement>;

/** A capacity that was asked for because a judge rejected what there was. */
export interface RaisedCapacity {
  readonly service: string;
  /** Requests per second that the rejected plan could answer. */
  readonly from: PerSecond;
  /** Requests per second that were asked for instead. */
  readonly to: PerSecond;
  readonly reason: string;
}

/** A packing that a judge has seen. */
export type VerifiedPacking =
  | {
      readonly status: "packed";
      readonly plan: FleetPlan;
      /** False when the search was given up and the judge's last word stands in `reason`. */
      readonly accepted: boolean;
      readonly reason: string | null;
      /** In the order in which they were asked for. */
      readonly raised: readonly RaisedCapacity[];
    }
  | Exclude<FleetPacking, { status: "packed" }>;

export interface VerifyOptions {
  readonly accept: AcceptFleet;
  readonly made: Made;
  /** Plans that may be rejected before the search is given up, by default 5. */
  readonly rounds?: number;
}

/** Part by which a rejected service's capacity is raised: lowers its load by a fifth. */
const raise = 1.25;
const usualRounds = 5;

/**
 * Packs services until a judge accepts the plan: a lazy constraint. Whoever breaks a promise must be given a quarter more capacity than it had,
 * which cuts the rejected plan off, and everything is packed again. Given up after a number of rounds, the last plan is returned as not accepted.
 *
 * The bound stays that of the first packing, which asks for nothing that the judge added.
 *
 * @param fleets  the problem, once per power mode that may be used
 * @param pack  packs fleets that ask for more
 * @example packVerified([fleet], ([only]) => fewestGpus(only), { accept: (plan) => acceptFleet(plan), made })
 */
export async function packVerified(
  fleets: readonly FleetProblem[],
  pack: (fleets: readonly FleetProblem[]) => Promise<FleetPacking>,
  { accept, made, rounds = usualRounds }: VerifyOptions,
): Promise<VerifiedPacking> {
  let current = fleets;
  let bound: number | null | undefined;
  const raised: RaisedCapacity[] = [];
  for (let round = 0; ; round += 1) {
    const packing = await pack(current);
    if (packing.status !== "packed") return packing;
    bound = bound === undefined ? packing.optimality.bound : bound;
    const plan = toFleetPlan({ ...packing, optimality: against(packing.optimality, bound), made });
    const judgement = await accept(plan);
    if (judgement === true) return { status: "packed", plan, accepted: true, reason: null, raised };
    const { reject, reason } = judgement;
    const known = plan.services.filter(({ name }) => reject.includes(name));
    if (round === rounds || known.length === 0) return { status: "packed", plan, accepted: false, reason, raised };
    const capacity = capacities(plan);
    for (const { name } of known) {
      const from = capacity.get(name) ?? 0;
      raised.push({ service: name, from, to: raise * from, reason });
    }
    current = current.map((fleet) => withCapacities(fleet, raised));
  }
}

function withCapacities(fleet: FleetProblem, raised: readonly RaisedCapacity[]): FleetProblem {
  const least = new Map(raised.map(({ service, to }) => [service, to]));
  const services = fleet.problem.services.map((service) => {
    const leastCapacity = least.get(service.name);
    return leastCapacity === undefined ? service : { ...service, leastCapacity };
  });
  return { ...fleet, problem: { ...fleet.problem, services } };
}

function capacities({ gpus }: FleetPlan): ReadonlyMap<string, PerSecond> {
  const sums = new Map<string, PerSecond>();
  for (const { service, capacityPerSecond } of gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants)))
    sums.set(service, (sums.get(service) ?? 0) + capacityPerSecond);
  return sums;
}

/** How good a plan is against the bound of what was asked for at first. */
function against(optimality: FleetPlan["optimality"], bound: number | null): FleetPlan["optimality"] {
  if (bound === optimality.bound || bound === null) return { ...optimality, bound };
  const gap = Math.abs(optimality.value - bound) / Math.max(Math.abs(optimality.value), Number.MIN_VALUE);
  return { ...optimality, bound, gap, status: gap === 0 ? "optimal" : "feasible" };
}
