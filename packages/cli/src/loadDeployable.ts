import { readFileSync } from "node:fs";
import type { DeployablePlan } from "@partitune/emitter";
import { loadJson } from "@partitune/schema";

/**
 * A file of something that can be deployed: a plan, a fleet plan, a mode plan or a mode schedule.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadDeployable(path: string): DeployablePlan {
  const kind = kindOf(path);
  return kind === "fleet-plan" || kind === "mode-plan" || kind === "mode-schedule"
    ? loadJson(path, kind)
    : loadJson(path, "plan");
}

/** What the file says it is; undefined where it says nothing, so that the check of a plan names what is wrong. */
function kindOf(path: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof content === "object" && content !== null && "kind" in content ? content.kind : undefined;
  } catch {
    return undefined;
  }
}
