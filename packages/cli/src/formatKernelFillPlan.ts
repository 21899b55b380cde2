import type { KernelFillPlan } from "@partitune/schema";
import { formatNanoseconds } from "./formatNanoseconds.ts";
import { formatPercent, formatPercentile } from "./formatNumbers.ts";
import { formatPromises } from "./formatPlan.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** A fill plan: its tasks, its settings, what held-out steps made of it, its promises and when it is void. */
export function formatKernelFillPlan(plan: KernelFillPlan): string {
  const { deviceName, synthetic } = plan;
  const title = `filling gaps on ${deviceName ?? "an unknown device"}${synthetic ? ", synthetic" : ""}`;
  const parts = [printable(title), "", tasks(plan), printable(settings(plan)), printable(expected(plan))];
  const promised = plan.promises.length === 0 ? [] : ["", formatPromises(plan.promises).trimEnd()];
  return `${[...parts, ...voidWhen(plan), ...promised].join("\n")}\n`;
}

function tasks({ tasks }: KernelFillPlan): string {
  return formatTable(tasks, [
    { header: "task", text: (row) => row.name },
    { header: "priority", text: (row) => String(row.priority), right: true },
    { header: "its gaps", text: (row) => (row.role === "high" ? "are filled" : "not used; it fills") },
    { header: "stream priority", text: (row) => String(row.streamPriority), right: true },
    { header: "at once", text: (row) => String(row.maxInFlight), right: true },
    { header: "identities", text: (row) => String(row.identities.length), right: true },
    { header: "entries", text: (row) => String(row.table.length), right: true },
  ]);
}

function settings(plan: KernelFillPlan): string {
  const by = plan.key === "occurrence" ? "identity and occurrence" : "identity alone";
  const predicted =
    plan.estimator === "mean"
      ? "means of both times"
      : `${formatPercentile(plan.executionQuantile)} of execution times, ${formatPercentile(plan.idleQuantile)} of idle times`;
  const limit =
    plan.maxOverrun === null
      ? "no limit of delay"
      : `filling stops once a job is ${formatNanoseconds(plan.maxOverrun)} late`;
  return `looked up by ${by}; ${predicted}; gaps from ${formatNanoseconds(plan.minGap)}; ${formatNanoseconds(plan.dispatch)} to hand over; ${limit}${plan.feedback ? "; learns from gaps that were shorter" : ""}`;
}

function expected({ expected: { steps, delay, filled }, disableBelowGain }: KernelFillPlan): string {
  return `on ${steps} held-out steps: delay ${formatNanoseconds(delay.mean)} a step, at most ${formatNanoseconds(delay.longest)}; work of others ${formatNanoseconds(filled.mean)} a step, at least ${formatNanoseconds(filled.least)}; off where gaps hold less than ${formatPercent(disableBelowGain)} of a step`;
}

function voidWhen({ voidWhen }: KernelFillPlan): readonly string[] {
  return voidWhen.length === 0 ? [] : [printable(`to be measured again after a change of: ${voidWhen.join("; ")}`)];
}
