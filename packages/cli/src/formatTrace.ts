import type { Trace } from "@partitune/schema";
import {
  formatChosenPercent,
  formatEstimate,
  formatPercent,
  formatQuantity,
  formatSeconds,
  significant,
} from "./formatNumbers.ts";
import { formatTable } from "./printTable.ts";

/** What happened, one line per placement. */
export function formatTrace(trace: Trace): string {
  const title = `${trace.source}${trace.synthetic ? ", synthetic" : ""}, ${formatSeconds(trace.durationSeconds)}, intervals at ${formatChosenPercent(trace.confidence)}\n`;
  return (
    title +
    formatTable(trace.streams, [
      { header: "placement", text: (row) => row.placement },
      { header: "requests", text: (row) => String(row.requests), right: true },
      { header: "failed", text: (row) => String(row.failed), right: true },
      { header: "offered", text: (row) => formatQuantity(row.offeredPerSecond, "per_s"), right: true },
      { header: "completed", text: (row) => formatQuantity(row.completedPerSecond, "per_s"), right: true },
      { header: "p50", text: (row) => formatEstimate(row.response.p50, "s"), right: true },
      { header: "p90", text: (row) => formatEstimate(row.response.p90, "s"), right: true },
      { header: "p99", text: (row) => formatEstimate(row.response.p99, "s"), right: true },
      { header: "busy", text: (row) => formatPercent(row.busyFraction), right: true },
      { header: "mean batch", text: (row) => significant(meanBatch(row.batchCounts)), right: true },
      { header: "", text: (row) => (row.saturated ? "saturated" : "") },
    ])
  );
}

function meanBatch(counts: readonly number[]): number {
  const batches = counts.reduce((sum, count) => sum + count, 0);
  return batches === 0 ? 0 : counts.reduce((sum, count, i) => sum + count * (i + 1), 0) / batches;
}
