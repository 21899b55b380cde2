import type { DeployablePlan } from "@partitune/emitter";
import { loadJson } from "@partitune/schema";
import { statedKind } from "./statedKind.ts";

/**
 * A file of something that can be deployed: a plan, a fleet plan, a mode plan or a mode schedule.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadDeployable(path: string): DeployablePlan {
  const kind = statedKind(path);
  return kind === "fleet-plan" || kind === "mode-plan" || kind === "mode-schedule"
    ? loadJson(path, kind)
    : loadJson(path, "plan");
}
