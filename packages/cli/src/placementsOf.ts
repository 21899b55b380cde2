import { type FleetPlan, InputError, type Plan, toPlacements } from "@partitune/schema";

/**
 * A fleet plan of this machine's processor as the plan that is deployed here.
 *
 * @throws InputError when it is none, with the first reason
 */
export function placementsOf(plan: FleetPlan): Plan {
  const placements = toPlacements(plan);
  if (placements.status === "placed") return placements.plan;
  const { where, cause, advice } = placements.refusals[0]!;
  throw new InputError({
    what: `${where} of the fleet plan`,
    problem: `${cause}, so it cannot run on a processor`,
    advice,
  });
}
