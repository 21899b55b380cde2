import { type FleetSchedule, loadJson } from "@partitune/schema";
import { loadPlan, type ServingPlan } from "./loadPlan.ts";
import { statedKind } from "./statedKind.ts";

/** What makes promises about requests, which load can put to the test. */
export type Verifiable = ServingPlan | FleetSchedule;

/**
 * A file of something that makes promises about requests: a plan that answers them, or a fleet schedule, which is deployed period by period.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadVerifiable(path: string): Verifiable {
  return statedKind(path) === "fleet-schedule" ? loadJson(path, "fleet-schedule") : loadPlan(path);
}
