import type { FleetReport, Report } from "@partitune/schema";
import { formatEstimate, unitOf } from "./formatNumbers.ts";
import { promiseName, targetText } from "./formatPlan.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** Promise by promise: predicted, simulated, measured, verdict; then why. */
export function formatReport(report: Pick<Report | FleetReport, "checks" | "synthetic">): string {
  const table = formatTable(report.checks, [
    { header: "promise", text: ({ promise }) => promiseName(promise) },
    { header: "target", text: ({ promise }) => targetText(promise), right: true },
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
    { header: "verdict", text: (check) => check.verdict },
  ]);
  const reasons = report.checks.map(({ promise, verdict, why }) => printable(`${promise.id}: ${verdict}, ${why}`));
  return `${report.synthetic ? "synthetic\n" : ""}${table}\n${reasons.join("\n")}\n`;
}
