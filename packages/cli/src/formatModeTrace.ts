import type { ModePeriodTrace, ModeTrace } from "@partitune/schema";
import { formatPercent, formatQuantity, formatSeconds } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

const sharingWords: Readonly<Record<ModeTrace["sharing"], string>> = {
  managed: "taking turns by the plan's rule",
  fair: "unmanaged, at equal speed",
  slices: "unmanaged, in time slices",
};

/** What happened when a mode plan or schedule met load: period by period, workload by workload. */
export function formatModeTrace(trace: ModeTrace): string {
  const changes =
    trace.modeChanges === 0 ? "" : `, ${trace.modeChanges} mode ${trace.modeChanges === 1 ? "change" : "changes"}`;
  const title = `${trace.source}${trace.synthetic ? ", synthetic" : ""}, ${sharingWords[trace.sharing]}, arrivals ${trace.arrivals}, ${formatSeconds(trace.seconds)}${changes}`;
  const several = trace.periods.length > 1;
  const bodies = trace.periods.map((period, i) => {
    const name = several ? `${printable(`period ${i + 1}, power mode ${period.powerMode}`)}\n` : "";
    return `${name}${formatPeriod(period)}`;
  });
  return `${title}\n\n${bodies.join("\n")}`;
}

function formatPeriod(period: ModePeriodTrace): string {
  const streams = formatTable(period.inferences, [
    { header: "inference", text: (row) => row.workload },
    { header: "requests", text: (row) => String(row.requests), right: true },
    { header: "offered", text: (row) => formatQuantity(row.offeredPerSecond, "per_s"), right: true },
    { header: "p50", text: (row) => secondsOrNone(row.p50Seconds), right: true },
    { header: "p99", text: (row) => secondsOrNone(row.p99Seconds), right: true },
    { header: "worst", text: (row) => secondsOrNone(row.worstSeconds), right: true },
    { header: "waiting", text: (row) => String(row.waiting), right: true },
    { header: "windows over", text: (row) => `${row.overflowed} of ${row.windows}`, right: true },
  ]);
  return `${period.inferences.length === 0 ? "" : streams}${powerLine(period)}\n`;
}

function powerLine({ background, busyFraction, meanWatts, peakWatts }: ModePeriodTrace): string {
  const rate =
    background === null
      ? []
      : [`${background.workload} ${formatQuantity(background.minibatchesPerSecond, "per_s")} minibatches`];
  const mean = meanWatts === null ? "unknown (no idle power)" : formatQuantity(meanWatts, "w");
  const peak = peakWatts === 0 ? "unknown" : formatQuantity(peakWatts, "w");
  return printable([...rate, `busy ${formatPercent(busyFraction)}`, `mean ${mean}`, `peak ${peak}`].join(", "));
}

function secondsOrNone(seconds: number | null): string {
  return seconds === null ? "–" : formatSeconds(seconds);
}
