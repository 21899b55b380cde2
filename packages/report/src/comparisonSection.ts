import type { SharingComparison } from "@partitune/schema";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatDuration } from "./formatDuration.ts";
import { html, type Markup } from "./markup.ts";
import { plots } from "./plots/index.ts";
import { sharingRows } from "./sharingRows.ts";

/** Ways of sharing side by side: latency over time, and the numbers phase by phase. */
export function comparisonSection(comparison: SharingComparison, i: number): Markup {
  return html`<section id="comparison-${i + 1}"><h2>Ways of sharing</h2>
${figure(plots.sharingOverTime(comparison))}
${foldedTable(
  "Phase by phase: response times with their intervals, and the part of the requests in time",
  ["phase", "service", "sharing", "requests", "p50", "p99", "standard deviation", "in time"],
  sharingRows(comparison).map((row) => [
    row.phase,
    row.service,
    row.lane,
    row.requests,
    row.p50,
    row.p99,
    row.deviation,
    row.attainment,
  ]),
  36,
)}
</section>`;
}

/** A comparison in one sentence. */
export function comparisonHeadline({ services, lanes, source, durationSeconds }: SharingComparison): string {
  return `${services.length} services under ${lanes.length} ways of sharing, ${source} for ${formatDuration(durationSeconds)}.`;
}
