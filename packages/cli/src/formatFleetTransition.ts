import { type FleetStep, type FleetTransition, formatPartition } from "@partitune/schema";
import { formatQuantity, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";
import { formatDuration } from "./progress.ts";

/** A transition as text: what changes, step by step, and where capacity is missing on the way. */
export function formatFleetTransition(transition: FleetTransition): string {
  const { before, after, changed, steps, seconds, criticalSeconds, spares, synthetic } = transition;
  const title = [
    `${counted(before.length, "card")} before, ${after.length} after${synthetic ? ", synthetic" : ""}`,
    `${counted(steps.length, "step")} in ${formatDuration(seconds)}, or ${formatDuration(criticalSeconds)} when those run at once that can`,
    ...(spares.length === 0 ? [] : [`on the way also ${spares.join(", ")}`]),
    `${counted(changed.pieces, "piece")} and ${counted(changed.tenants, "tenant")} change, ${counted(changed.kept, "tenant")} run on as they are`,
  ].join("; ");
  return `${printable(title)}\n\n${stepTable(steps)}\n${dips(transition)}`;
}

function stepTable(steps: readonly FleetStep[]): string {
  return formatTable(
    steps.map((step, i) => ({ step, number: i + 1 })),
    [
      { header: "step", text: (row) => String(row.number), right: true },
      { header: "action", text: ({ step }) => step.action },
      { header: "card", text: ({ step }) => step.gpu },
      { header: "piece", text: ({ step }) => ("piece" in step ? step.piece : "") },
      { header: "what", text: ({ step }) => subjectOf(step) },
      { header: "takes", text: ({ step }) => `${significant(step.seconds)} s`, right: true },
      { header: "only if", text: ({ step }) => step.check },
      { header: "undone by", text: ({ step }) => step.rollback },
    ],
  );
}

function subjectOf(step: FleetStep): string {
  switch (step.action) {
    case "create":
    case "destroy":
      return formatPartition(step.partition);
    case "start":
    case "adjust": {
      const { id, service, batch, processes, ratePerSecond } = step.tenant;
      return `${id}: ${service}, batch ${batch} × ${processes}, ${formatQuantity(ratePerSecond, "per_s")}`;
    }
    case "drain":
    case "stop":
      return step.tenant;
    case "set-power-mode":
      return `${step.from} → ${step.to}`;
  }
}

function dips({ dips }: FleetTransition): string {
  if (dips.length === 0) return "every service keeps its capacity throughout\n";
  return formatTable(dips, [
    { header: "dip", text: (row) => row.service },
    { header: "from step", text: (row) => String(row.from + 1), right: true },
    { header: "to step", text: (row) => String(row.to + 1), right: true },
    { header: "missing", text: (row) => formatQuantity(row.missingPerSecond, "per_s"), right: true },
    { header: "lasts", text: (row) => `${significant(row.seconds)} s`, right: true },
  ]);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
