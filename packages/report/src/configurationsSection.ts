import { formatPartition, type Profile } from "@partitune/schema";
import { formatEstimate, formatQuantity, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { cellEstimate, type MeasuredCell, measuredCells } from "./measuredCells.ts";

const rowsPerWorkload = 5;

/** The configurations that give most throughput for their share of the device, each beside the default configuration. */
export function configurationsSection(profile: Profile): Markup {
  const cells = measuredCells(profile).filter(({ rounds }) => rounds.length > 0);
  const workloads = [...Map.groupBy(cells, ({ config }) => config.workload)];
  return html`<section id="configurations"><h2>Best configurations</h2>
<p>Ordered by throughput per share of the device: what makes room for neighbours; against the default configuration with the range over all rounds. Latency is that of one batch, without queueing.</p>
${workloads.map(([name, own]) => workloadTable(name, own))}</section>`;
}

function workloadTable(name: string, cells: readonly MeasuredCell[]): Markup {
  const baseline = cells.find((cell) => cell.baseline);
  const best = cells.toSorted((a, b) => efficiency(b) - efficiency(a)).slice(0, rowsPerWorkload);
  const shown = baseline === undefined || best.includes(baseline) ? best : [...best, baseline];
  return htmlTable(
    `${name}: the best ${best.length} of ${cells.length} measured configurations`,
    ["partition", "power mode", "batch", "median", "p99", "throughput", "per whole device", "against the default"],
    shown.map((cell) => [
      `${formatPartition(cell.config.partition)}${cell.baseline ? " (default)" : ""}`,
      cell.config.powerMode,
      String(cell.config.batch),
      formatEstimate(cellEstimate(cell, "latency_p50_s"), "s"),
      formatEstimate(cellEstimate(cell, "latency_p99_s"), "s"),
      formatQuantity(cellEstimate(cell, "throughput_per_s")?.value ?? 0, "per_s"),
      formatQuantity(efficiency(cell), "per_s"),
      baseline === undefined ? "not measured" : ratioTo(baseline, cell),
    ]),
  );
}

/** Requests per second that a whole device of such partitions would answer. */
function efficiency(cell: MeasuredCell): number {
  return (cellEstimate(cell, "throughput_per_s")?.value ?? 0) / cell.fraction;
}

/** Ratio of efficiencies, with its least and its most over all pairs of rounds. */
function ratioTo(baseline: MeasuredCell, cell: MeasuredCell): string {
  const ratio = significant(efficiency(cell) / efficiency(baseline));
  if (cell === baseline) return `× ${ratio}`;
  const [own, base] = [cell, baseline].map(({ rounds, fraction }) =>
    rounds.map(({ throughputPerSecond }) => throughputPerSecond / fraction),
  );
  const least = Math.min(...own!) / Math.max(...base!);
  const most = Math.max(...own!) / Math.min(...base!);
  return `× ${ratio} [${significant(least)}, ${significant(most)}]`;
}
