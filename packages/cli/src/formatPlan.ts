import { formatPartition, type Plan } from "@partitune/schema";
import { formatPercent, formatSecondsEstimate, significant } from "./formatNumbers.ts";
import { formatTable } from "./printTable.ts";

/** A plan as text: how good it is, what runs where, and what it promises. */
export function formatPlan(plan: Plan): string {
  return `${headline(plan)}\n\n${placements(plan)}\n${formatPromises(plan)}`;
}

function headline({ optimality, powerMode, synthetic, device }: Plan): string {
  const { method, status, objective, value, gap } = optimality;
  const proof =
    status === "optimal"
      ? "proved optimal"
      : gap === null
        ? "no bound known"
        : `at most ${formatPercent(gap)} from the optimum`;
  return `${device.name}, power mode ${powerMode}${synthetic ? ", synthetic" : ""}: ${objective.name} ${significant(value)} ${objective.unit}, ${proof} (${method})`;
}

function placements(plan: Plan): string {
  return formatTable(plan.placements, [
    { header: "placement", text: (row) => row.id },
    { header: "partition", text: (row) => formatPartition(row.config.partition) },
    { header: "largest batch", text: (row) => String(row.config.batch), right: true },
    { header: "threads", text: (row) => String(row.threads), right: true },
    { header: "rate/s", text: (row) => significant(rateOf(plan, row.config.workload)), right: true },
  ]);
}

function rateOf(plan: Plan, workload: string): number {
  return plan.demands
    .filter((demand) => demand.workload === workload)
    .reduce((sum, demand) => sum + demand.ratePerSecond, 0);
}

function formatPromises(plan: Plan): string {
  return formatTable(plan.promises, [
    { header: "promise", text: (row) => row.id },
    { header: "", text: (row) => (row.relation === "at-most" ? "≤" : "≥") },
    { header: "target", text: (row) => formatQuantity(row.metric, row.target), right: true },
    {
      header: "predicted",
      text: (row) =>
        row.predicted === null
          ? "–"
          : row.metric === "response_s"
            ? formatSecondsEstimate(row.predicted)
            : formatQuantity(row.metric, row.predicted.value),
      right: true,
    },
  ]);
}

/** A number of a promise, in the unit its metric is named with. */
export function formatQuantity(metric: string, value: number): string {
  if (metric.endsWith("_per_s")) return `${significant(value)}/s`;
  if (metric.endsWith("_s")) return `${significant(value * 1000)} ms`;
  if (metric.endsWith("_bytes")) return `${significant(value / 2 ** 20)} MiB`;
  return metric.endsWith("_fraction") ? formatPercent(value) : significant(value);
}
