import { seededRandom } from "@partitune/numerics";
import { type Arrivals, InputError, type Placement, type Plan } from "@partitune/schema";
import { checkArrivals } from "./checkArrivals.ts";
import type { Station } from "./station.ts";

type Service = Plan["service"][number];

/**
 * Turns a plan into stations, checking everything the loops rely on.
 *
 * @param arrivals  placement id or workload name → how its requests arrive; a workload that is not named gets Poisson arrivals at the
 *   rate it demands
 * @param seed  each station draws from its own streams, fixed by this seed and its placement id
 * @throws InputError when the service table has gaps, arrivals are missing or name nothing, or times do not ascend
 */
export function toStations(
  plan: Plan,
  arrivals: Readonly<Record<string, Arrivals>>,
  seed: string | number,
): readonly Station[] {
  checkNames(plan, arrivals);
  const random = seededRandom(seed);
  return plan.placements.map((placement) => {
    const service = serviceOf(plan, placement);
    return {
      placement: placement.id,
      workload: placement.config.workload,
      maxBatch: placement.config.batch,
      maxDelay: placement.maxDelaySeconds,
      service: timesOf(service, placement, "serviceSeconds"),
      occupancy: timesOf(service, placement, "occupancySeconds"),
      ratios: ratiosOf(service),
      demand: Math.min(1, placement.threads / plan.device.cores),
      arrivals: arrivalsOf(plan, placement, arrivals),
      random: random.fork(placement.id),
    };
  });
}

function checkNames(plan: Plan, arrivals: Readonly<Record<string, Arrivals>>): void {
  const known = new Set(plan.placements.flatMap((placement) => [placement.id, placement.config.workload]));
  for (const name of Object.keys(arrivals)) {
    if (!known.has(name))
      throw new InputError({
        what: `arrivals "${name}"`,
        problem: "name neither a placement nor a workload of the plan",
        advice: `use one of ${[...known].map((each) => `"${each}"`).join(", ")}`,
      });
  }
}

function serviceOf(plan: Plan, placement: Placement): Service {
  const service = plan.service.find((each) => each.placement === placement.id);
  if (service !== undefined) return service;
  throw new InputError({
    what: `placement "${placement.id}"`,
    problem: "has no service times in the plan",
    advice: 'add an entry for it to "service", one line for every batch size it may form',
  });
}

function timesOf(service: Service, placement: Placement, field: "serviceSeconds" | "occupancySeconds"): Float64Array {
  const times = new Float64Array(placement.config.batch + 1);
  for (const row of service.batches) {
    if (row.occupancySeconds < row.serviceSeconds) throw shortOccupancy(placement, row.batch);
    if (row.batch < times.length) times[row.batch] = row[field];
  }
  const missing = times.indexOf(0, 1);
  if (missing === -1) return times;
  throw new InputError({
    what: `service of placement "${placement.id}"`,
    problem: `has no batch of ${missing}`,
    advice: `list every size from 1 to ${placement.config.batch}, since a worker takes what is waiting`,
  });
}

function shortOccupancy(placement: Placement, batch: number): InputError {
  return new InputError({
    what: `service of placement "${placement.id}"`,
    problem: `frees the worker before a batch of ${batch} is answered`,
    advice: "give an occupancy of at least the service time",
  });
}

/** One ratio that never varies is as good as many, and costs no random number. */
function ratiosOf(service: Service): Float64Array {
  const ratios = Float64Array.from(service.ratios).sort();
  return ratios[0] === ratios[ratios.length - 1] ? ratios.subarray(0, 1) : ratios;
}

function arrivalsOf(plan: Plan, placement: Placement, given: Readonly<Record<string, Arrivals>>): Arrivals {
  const { workload } = placement.config;
  if (Object.hasOwn(given, placement.id)) return checkArrivals(placement.id, given[placement.id]!);
  if (plan.placements.filter((each) => each.config.workload === workload).length > 1)
    throw new InputError({
      what: `workload "${workload}"`,
      problem: "has several placements, so its arrivals must be divided",
      advice: "give arrivals for each placement by its id",
    });
  if (Object.hasOwn(given, workload)) return checkArrivals(workload, given[workload]!);
  const demand = plan.demands.find((each) => each.workload === workload);
  if (demand !== undefined) return { kind: "poisson", ratePerSecond: demand.ratePerSecond };
  throw new InputError({
    what: `workload "${workload}"`,
    problem: "has neither arrivals nor a demand",
    advice: "give its arrivals, e.g. Poisson at 20 requests/s",
  });
}
