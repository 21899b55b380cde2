import type { DeployablePlan } from "@partitune/emitter";
import { loadJson } from "@partitune/schema";
import { loadPlan } from "./loadPlan.ts";
import { statedKind } from "./statedKind.ts";

/**
 * A file of something that can be deployed: a plan that answers requests, a kernel-fill plan, or a kernel trace.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadDeployable(path: string): DeployablePlan {
  const kind = statedKind(path);
  return kind === "kernel-fill-plan" || kind === "kernel-trace" ? loadJson(path, kind) : loadPlan(path);
}
