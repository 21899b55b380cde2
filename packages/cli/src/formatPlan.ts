import { formatPartition, type Plan, type PlanPromise } from "@partitune/schema";
import {
  formatEstimate,
  formatPercent,
  formatPercentile,
  formatQuantity,
  significant,
  unitOf,
} from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** A plan as text: how good it is, what runs where, and what it promises. */
export function formatPlan(plan: Plan): string {
  return `${printable(headline(plan))}\n\n${placements(plan)}\n${formatPromises(plan.promises)}`;
}

function headline({ optimality, powerMode, device }: Plan): string {
  const { method, status, objective, value, gap } = optimality;
  const proof =
    status === "optimal"
      ? "proved optimal"
      : gap === null
        ? "no bound known"
        : `at most ${formatPercent(gap)} from the optimum`;
  return `${nameDevice(device)}, power mode ${powerMode}: ${objective.name} ${inUnit(value, objective.unit)}, ${proof} (${method})`;
}

/** Objectives name their unit in words. */
function inUnit(value: number, unit: string): string {
  if (unit === "fraction") return formatPercent(value);
  return unit === "ratio" ? significant(value) : `${significant(value)} ${unit}`;
}

function placements(plan: Plan): string {
  return formatTable(plan.placements, [
    { header: "placement", text: (row) => row.id },
    { header: "partition", text: (row) => formatPartition(row.config.partition) },
    { header: "largest batch", text: (row) => String(row.config.batch), right: true },
    { header: "threads", text: (row) => String(row.threads), right: true },
    { header: "rate", text: (row) => formatQuantity(rateOf(plan, row.config.workload), "per_s"), right: true },
  ]);
}

function rateOf(plan: Plan, workload: string): number {
  return plan.demands
    .filter((demand) => demand.workload === workload)
    .reduce((sum, demand) => sum + demand.ratePerSecond, 0);
}

/** Promises with their targets, and what was expected when they were made. */
export function formatPromises(promises: readonly PlanPromise[]): string {
  return formatTable(promises, [
    { header: "promise", text: promiseName },
    { header: "target", text: targetText, right: true },
    { header: "predicted", text: (row) => formatEstimate(row.predicted, unitOf(row.metric)), right: true },
  ]);
}

/** A promise with the percentile it holds for: `net response p95`. */
export function promiseName({ id, percentile }: PlanPromise): string {
  return percentile === null ? id : `${id} ${formatPercentile(percentile)}`;
}

/** What a promise allows: `≤ 300 ms`. */
export function targetText({ relation, target, metric }: PlanPromise): string {
  return `${relation === "at-most" ? "≤" : "≥"} ${formatQuantity(target, unitOf(metric))}`;
}
