import { type FleetPlan, loadJson, type ModePlan, type ModeSchedule, type Plan } from "@partitune/schema";
import { statedKind } from "./statedKind.ts";

/** What answers requests: placements, a fleet, or power modes. */
export type ServingPlan = Plan | FleetPlan | ModePlan | ModeSchedule;

/**
 * A file of what answers requests: a plan, a fleet plan, a mode plan or a mode schedule.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadPlan(path: string): ServingPlan {
  const kind = statedKind(path);
  return kind === "fleet-plan" || kind === "mode-plan" || kind === "mode-schedule"
    ? loadJson(path, kind)
    : loadJson(path, "plan");
}
