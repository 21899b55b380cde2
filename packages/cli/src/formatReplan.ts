import type { FleetPlan } from "@partitune/schema";
import type { FleetReplan } from "@partitune/solver";
import { formatPercent } from "./formatNumbers.ts";

/** A re-plan in a few lines: how many GPUs against before, against a plan made afresh and against the bound, and what changes. */
export function formatReplan(
  running: Pick<FleetPlan, "gpus">,
  { plan, changes, proved, afreshGpus }: Extract<FleetReplan, { status: "packed" }>,
): string {
  const { kept, adjusted, replaced, destroyed, created, touched } = changes;
  const pieces = running.gpus.reduce((sum, gpu) => sum + gpu.pieces.length, 0);
  const bound = plan.optimality.bound;
  const afresh =
    afreshGpus === null
      ? "nothing was planned afresh"
      : `a plan made afresh uses ${afreshGpus}, and none fewer than ${bound ?? 0}`;
  const part = pieces === 0 ? "" : ` (${formatPercent(touched / pieces)} of ${pieces})`;
  const least = proved ? "; proved: no plan with so few GPUs changes less" : "";
  return [
    `${counted(plan.gpus.length, "GPU")}, ${running.gpus.length} before; ${afresh}`,
    `${counted(touched, "piece")} touched${part}: ${destroyed} given up, ${created} cut, ${replaced} for another service, ${adjusted} in another configuration; ${kept} kept${least}`,
    "",
  ].join("\n");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
