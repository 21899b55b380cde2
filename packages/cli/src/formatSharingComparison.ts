import type { SharingComparison } from "@partitune/schema";
import { formatAttainment } from "./formatFleetTrace.ts";
import { formatChosenPercent, formatEstimate, formatQuantity, formatSeconds } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** Ways of sharing side by side: the phases, then latencies of every service in every phase, one line per way. */
export function formatSharingComparison(comparison: SharingComparison): string {
  const { source, synthetic, durationSeconds, confidence } = comparison;
  const title = `${source}${synthetic ? ", synthetic" : ""}, ${formatSeconds(durationSeconds)}, intervals at ${formatChosenPercent(confidence)}`;
  return `${title}\n\n${services(comparison)}\n${phases(comparison)}`;
}

function services({ services }: SharingComparison): string {
  return formatTable(services, [
    { header: "service", text: (row) => row.service },
    { header: "rate", text: (row) => formatQuantity(row.ratePerSecond, "per_s"), right: true },
    { header: "begins at", text: (row) => formatSeconds(row.startSeconds), right: true },
    { header: "deadline", text: (row) => formatSeconds(row.deadlineSeconds), right: true },
  ]);
}

function phases({ phases, lanes }: SharingComparison): string {
  const tables = phases.map(({ startSeconds, endSeconds, active }, i) => {
    const rows = active.flatMap((service) =>
      lanes.flatMap((lane) => {
        const phase = lane.streams.find((stream) => stream.service === service)?.phases[i];
        return phase === undefined ? [] : [{ service, lane: lane.title, ...phase }];
      }),
    );
    const title = `${formatSeconds(startSeconds)} to ${formatSeconds(endSeconds)}: ${active.join(", ")}`;
    return `${printable(title)}\n${formatTable(rows, [
      { header: "service", text: (row) => row.service },
      { header: "sharing", text: (row) => row.lane },
      { header: "requests", text: (row) => String(row.requests), right: true },
      { header: "failed", text: (row) => String(row.failed), right: true },
      { header: "p50", text: (row) => formatEstimate(row.p50, "s"), right: true },
      { header: "p99", text: (row) => formatEstimate(row.p99, "s"), right: true },
      { header: "deviation", text: (row) => orNone(row.deviationSeconds, formatSeconds), right: true },
      { header: "in time", text: (row) => orNone(row.attainment, formatAttainment), right: true },
    ])}`;
  });
  return tables.join("\n");
}

function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}
