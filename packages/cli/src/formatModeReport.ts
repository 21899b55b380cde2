import type { ModeCheck, ModeReport } from "@partitune/schema";
import { formatEstimate, formatQuantity, unitOf } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** Promise by promise of a mode plan or schedule: what was demanded, seen and decided; then why. */
export function formatModeReport(report: ModeReport): string {
  const table = formatTable(report.checks, [
    { header: "promise", text: nameOf },
    { header: "of", text: ({ promise }) => promise.subject },
    { header: "target", text: targetOf, right: true },
    {
      header: "predicted",
      text: ({ promise }) => formatEstimate(promise.predicted, unitOf(promise.metric)),
      right: true,
    },
    {
      header: "simulated",
      text: ({ promise, simulated }) => formatEstimate(simulated?.estimate ?? null, unitOf(promise.metric)),
      right: true,
    },
    {
      header: "measured",
      text: ({ promise, measured }) => formatEstimate(measured, unitOf(promise.metric)),
      right: true,
    },
    { header: "verdict", text: ({ verdict }) => verdict },
  ]);
  const reasons = report.checks.map((check) => printable(`${nameOf(check)}: ${check.verdict}, ${check.why}`));
  return `${report.synthetic ? "synthetic\n" : ""}${table}\n${reasons.join("\n")}\n`;
}

function nameOf({ promise, period }: ModeCheck): string {
  return period === null ? promise.id : `${promise.id}, period ${period}`;
}

function targetOf({ promise }: ModeCheck): string {
  return `${promise.relation === "at-most" ? "≤" : "≥"} ${formatQuantity(promise.target, unitOf(promise.metric))}`;
}
