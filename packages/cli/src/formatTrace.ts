import type { Trace } from "@partitune/schema";
import { formatPercent, formatSecondsEstimate, significant } from "./formatNumbers.ts";
import { formatTable } from "./printTable.ts";

/** What happened, one line per placement. */
export function formatTrace(trace: Trace): string {
  const percent = Math.round(trace.confidence * 100);
  const title = `${trace.source}${trace.synthetic ? ", synthetic" : ""}, ${significant(trace.durationSeconds)} s, intervals at ${percent} %\n`;
  return (
    title +
    formatTable(trace.streams, [
      { header: "placement", text: (row) => row.placement },
      { header: "requests", text: (row) => String(row.requests), right: true },
      { header: "offered/s", text: (row) => significant(row.offeredPerSecond), right: true },
      { header: "completed/s", text: (row) => significant(row.completedPerSecond), right: true },
      { header: "p50", text: (row) => formatSecondsEstimate(row.response.p50), right: true },
      { header: "p90", text: (row) => formatSecondsEstimate(row.response.p90), right: true },
      { header: "p99", text: (row) => formatSecondsEstimate(row.response.p99), right: true },
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
