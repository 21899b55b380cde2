import type { DeployablePlan } from "@partitune/emitter";
import { type FleetSchedule, loadJson } from "@partitune/schema";
import { loadDeployable } from "./loadDeployable.ts";
import { statedKind } from "./statedKind.ts";

/**
 * A file of something that makes promises: what can be deployed, or a fleet schedule, which is deployed period by period.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadVerifiable(path: string): DeployablePlan | FleetSchedule {
  return statedKind(path) === "fleet-schedule" ? loadJson(path, "fleet-schedule") : loadDeployable(path);
}
