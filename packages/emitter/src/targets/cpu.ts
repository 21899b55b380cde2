import { readFileSync } from "node:fs";
import { type FleetPlan, type Plan, toPlacements, type Warning } from "@partitune/schema";
import type { Emission, EmitOptions, EmittedFile, Target } from "../emission.ts";
import { cpuReadme } from "./cpu/cpuReadme.ts";
import { cpuRefusals } from "./cpu/cpuRefusals.ts";
import { writePlacements } from "./cpu/writePlacements.ts";

/** What an operator calls; the others are read by these. */
const operated = new Set(["check.sh", "start.sh", "stop.sh", "status.sh"]);

/** The scripts, the same for every plan: what differs stands in placements.sh, which holds nothing but quoted values. */
const scripts = [...operated, "common.sh", "cgroups.sh", "machine.sh"].map(
  (path): EmittedFile => ({
    path,
    content: readFileSync(new URL(`cpu/${path}`, import.meta.url), "utf8"),
    executable: operated.has(path),
  }),
);

/**
 * A Linux machine's processor: POSIX shell scripts that check the machine, start every placement under its share, show and
 * stop them. Shares are held by control groups (v2 or v1) where they can be made and by pauses of the worker elsewhere, core
 * sets by affinity.
 *
 * Refused: workloads that no process can run, training (nothing asks for its steps), other than the default power mode, shares
 * beyond the whole and cores given twice; of fleet plans what {@link toPlacements} refuses.
 */
export const cpu: Target<Plan | FleetPlan> = { kinds: ["plan", "fleet-plan"], write: writeAny };

/** A fleet plan of one processor is written as its placements. */
function writeAny(plan: Plan | FleetPlan, options: EmitOptions): Emission {
  if (plan.kind === "plan") return write(plan, options);
  const placements = toPlacements(plan);
  return placements.status === "placed" ? write(placements.plan, options) : placements;
}

function write(plan: Plan, options: EmitOptions): Emission {
  const refusals = cpuRefusals(plan, options);
  if (refusals.length > 0) return { status: "refused", refusals };
  const files = [
    ...scripts,
    { path: "placements.sh", content: writePlacements(plan, options), executable: false },
    { path: "plan.json", content: `${JSON.stringify(plan, null, 2)}\n`, executable: false },
    { path: "README.md", content: cpuReadme(plan, options), executable: false },
  ];
  return { status: "emitted", files, warnings: cpuWarnings(plan, options) };
}

function cpuWarnings(plan: Plan, options: EmitOptions): readonly Warning[] {
  if (!plan.synthetic) return [];
  return [
    {
      code: "synthetic",
      where: `plan "${options.name}"`,
      cause: "its promises rest on synthetic measurements, not on this machine",
      advice: "measure the workloads, solve again and emit that plan",
    },
  ];
}
