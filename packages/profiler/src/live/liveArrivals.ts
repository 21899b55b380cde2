import { type Arrivals, arrivals as arrivalsSchema, InputError, type Placement, type Plan } from "@partitune/schema";

/**
 * How the requests of each placement arrive, in the plan's order: as given for its id or its workload, else as a Poisson stream
 * at the rate that its workload demands.
 *
 * @param given  placement id or workload name → arrivals
 * @throws InputError when arrivals name nothing of the plan, cannot be followed, or are missing
 */
export function liveArrivals(plan: Plan, given: Readonly<Record<string, Arrivals>>): readonly Arrivals[] {
  const known = new Set(plan.placements.flatMap(({ id, config }) => [id, config.workload]));
  const stranger = Object.keys(given).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw bad(
      `arrivals "${stranger}"`,
      "name neither a placement nor a workload of the plan",
      `use one of ${[...known].map((name) => `"${name}"`).join(", ")}`,
    );
  return plan.placements.map((placement) => checked(placement.id, arrivalsOf(plan, placement, given)));
}

function arrivalsOf(plan: Plan, { id, config }: Placement, given: Readonly<Record<string, Arrivals>>): Arrivals {
  const { workload } = config;
  const own = given[id];
  if (own !== undefined) return own;
  if (plan.placements.filter((each) => each.config.workload === workload).length > 1)
    throw bad(
      `workload "${workload}"`,
      "has several placements, so its arrivals must be divided",
      "give arrivals for each placement by its id",
    );
  const demand = plan.demands.find((each) => each.workload === workload);
  const asked = given[workload] ?? (demand && { kind: "poisson", ratePerSecond: demand.ratePerSecond });
  if (asked !== undefined) return asked;
  throw bad(
    `workload "${workload}"`,
    "has neither arrivals nor a demand",
    "give its arrivals, e.g. Poisson at 20 requests/s",
  );
}

function checked(id: string, arrivals: Arrivals): Arrivals {
  const parsed = arrivalsSchema.safeParse(arrivals);
  if (!parsed.success)
    throw bad(`arrivals of "${id}"`, `cannot be read (${parsed.error.issues[0]!.message})`, "see the arrivals schema");
  if (arrivals.kind !== "recorded") return arrivals;
  const { times, repeat } = arrivals;
  if (times.some((time, i) => i > 0 && time < times[i - 1]!))
    throw bad(`arrivals of "${id}"`, "go back in time", "sort the recorded times");
  if (repeat && times[0] === times.at(-1))
    throw bad(
      `arrivals of "${id}"`,
      "repeat a recording of no length",
      "record two different times or do not repeat it",
    );
  return arrivals;
}

function bad(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}
