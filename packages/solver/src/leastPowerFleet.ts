import { InputError, type Watts } from "@partitune/schema";
import type { FleetPacking } from "./fleetPacking.ts";
import { layoutValue } from "./packing/layoutValue.ts";
import { type CardKind, type LeastPowerOptions, leastPower, type PowerPacking } from "./packing/leastPower.ts";
import type { FleetLayout } from "./toFleetPlan.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

export interface PowerFleetOptions extends LeastPowerOptions {
  /** GPUs at most, by default as many as wanted. */
  readonly mostGpus?: number;
}

/**
 * Packs services such that cards draw least: which power mode each card runs in, how it is cut and what it runs, and which requests go where.
 *
 * @param fleets  the same services on the same kind of card, one problem per power mode that may be used, or per kind of card
 * @throws InputError when the idle power of a mode is not known, or nothing of a mode has a power
 */
export async function leastPowerFleet(
  fleets: readonly FleetProblem[],
  { mostGpus, ...options }: PowerFleetOptions = {},
): Promise<FleetPacking> {
  const kinds = fleets.map(toKind);
  const { services, rule, headroom } = fleets[0]!.problem;
  const limit = mostGpus === undefined ? {} : { mostGpus };
  const packing = await leastPower(
    { kinds, services, rule, ...(headroom === undefined ? {} : { headroom }), ...limit },
    options,
  );
  if (packing.status !== "packed") return notPacked(packing, mostGpus);
  const { layouts, watts, boundWatts } = packing;
  const gap = watts === 0 ? 0 : Math.max(0, (watts - boundWatts) / watts);
  return {
    status: "packed",
    layouts:
      layouts.length === 0
        ? [emptyLayout(fleets[0]!)]
        : layouts.map(({ kind, layout }) => ({
            fleet: fleets[kinds.findIndex(({ name }) => name === kind)]!,
            layout,
          })),
    optimality: {
      method: "milp",
      status: gap <= optimalGap ? "optimal" : "feasible",
      objective: powerObjective,
      value: watts,
      bound: Math.min(watts, boundWatts),
      gap,
    },
  };
}

/** What a plan of least power is judged by. */
export const powerObjective = { name: "power", unit: "w" };

/** Gap below which only rounding is left. */
const optimalGap = 1e-6;

/**
 * Power that cards draw on average under the stated rates, W: their idle power and what each tenant adds while it works.
 *
 * @returns null when the power of the idle card or of a tenant is not known
 */
export function wattsOf(layouts: readonly FleetLayout[]): Watts | null {
  return layouts.reduce<Watts | null>((sum, { fleet, layout }) => {
    const { gpus, addedWatts } = layoutValue(fleet.problem, layout);
    if (sum === null || addedWatts === null || fleet.idleWatts === null) return null;
    return sum + addedWatts + gpus * fleet.idleWatts;
  }, 0);
}

function toKind({ powerMode, device, idleWatts, problem: { card, rows } }: FleetProblem): CardKind {
  const what = `power mode "${powerMode}" of "${device.name}"`;
  if (idleWatts === null)
    throw new InputError({
      what,
      problem: "has no idle power",
      advice: 'measure a workload of task "idle" in it, or state it with --idle-watts',
    });
  const powered = rows.filter(({ powerWatts }) => powerWatts !== null);
  if (powered.length === 0)
    throw new InputError({
      what,
      problem: "has no measurement with a power",
      advice: "measure power, or plan for fewest GPUs",
    });
  return { name: `${device.name}, ${powerMode}`, card, rows: powered, idleWatts };
}

function emptyLayout(fleet: FleetProblem): FleetLayout {
  return { fleet, layout: { card: fleet.problem.card.name, gpus: [] } };
}

function notPacked(packing: Exclude<PowerPacking, { status: "packed" }>, mostGpus: number | undefined): FleetPacking {
  if (packing.status === "unservable") return packing;
  if (packing.status === "infeasible")
    return { status: "infeasible", reason: `no plan without turns has only ${mostGpus} GPUs` };
  return { status: "unknown", reason: "no plan was found in time; allow more with --time-limit" };
}
