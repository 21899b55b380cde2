import type { Check, Report } from "@partitune/schema";
import { significant } from "./formatNumbers.ts";
import { formatQuantity } from "./formatPlan.ts";
import { formatTable } from "./printTable.ts";

/** Promise by promise: predicted, simulated, measured, verdict; then why. */
export function formatReport(report: Report): string {
  const table = formatTable(report.checks, [
    { header: "promise", text: ({ promise }) => promise.id },
    {
      header: "target",
      text: ({ promise }) =>
        `${promise.relation === "at-most" ? "≤" : "≥"} ${formatQuantity(promise.metric, promise.target)}`,
      right: true,
    },
    { header: "predicted", text: (check) => estimateText(check, check.promise.predicted), right: true },
    { header: "simulated", text: (check) => estimateText(check, check.simulated?.estimate ?? null), right: true },
    { header: "measured", text: (check) => estimateText(check, check.measured), right: true },
    { header: "verdict", text: (check) => check.verdict },
  ]);
  return `${report.synthetic ? "synthetic\n" : ""}${table}\n${report.checks.map((check) => `${check.promise.id}: ${check.verdict}, ${check.why}`).join("\n")}\n`;
}

function estimateText({ promise }: Check, value: Check["measured"]): string {
  if (value === null) return "–";
  const scale =
    promise.metric === "response_s"
      ? 1000
      : promise.metric === "memory_bytes"
        ? 2 ** -20
        : promise.metric === "share_fraction"
          ? 100
          : 1;
  const side = (bound: number | null) => (bound === null ? "?" : significant(bound * scale));
  const interval =
    value.low === value.value && value.high === value.value ? "" : ` [${side(value.low)}, ${side(value.high)}]`;
  return `${formatQuantity(promise.metric, value.value)}${interval}`;
}
