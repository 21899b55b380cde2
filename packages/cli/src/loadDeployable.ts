import type { DeployablePlan } from "@partitune/emitter";
import { InputError, loadAny } from "@partitune/schema";

/**
 * A file of something that can be deployed: a plan, a mode plan or a mode schedule.
 *
 * @throws InputError when it cannot be read, or is another of partitune's files
 */
export function loadDeployable(path: string): DeployablePlan {
  const content = loadAny(path);
  if (content.kind === "plan" || content.kind === "mode-plan" || content.kind === "mode-schedule") return content;
  throw new InputError({
    what: `file "${path}"`,
    problem: `is a ${content.kind}, and a plan was expected`,
    advice: "give what solve or search wrote as a plan",
  });
}
