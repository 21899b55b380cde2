import type { SharingComparison } from "@partitune/schema";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatDuration } from "./formatDuration.ts";
import { formatSeconds } from "./formatQuantity.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";
import { sharingRows } from "./sharingRows.ts";

/** Ways of sharing side by side: latency over time, and the numbers phase by phase. */
export function comparisonSection(comparison: SharingComparison, i: number, all: readonly SharingComparison[]): Markup {
  return html`<section id="comparison-${i + 1}"><h2>${numbered("Ways of sharing", i, all.length)}</h2>
<p class="headline">${comparisonHeadline(comparison)}</p>
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

/** A comparison in one sentence: how long it was, and what the slowest service waits in the last phase. */
export function comparisonHeadline({ services, lanes, source, durationSeconds }: SharingComparison): string {
  const played = `${services.length} services under ${lanes.length} ways of sharing, ${source} for ${formatDuration(durationSeconds)}.`;
  const longest = lanes.flatMap((lane) => {
    const p99s = lane.streams.flatMap(({ phases }) => phases.at(-1)?.p99?.value ?? []);
    return p99s.length === 0 ? [] : [`${formatSeconds(Math.max(...p99s))} by ${lane.name}`];
  });
  return longest.length === 0
    ? played
    : `${played} The longest p99 of a service in the last phase: ${longest.join(", ")}.`;
}
