import type { SharingComparison } from "@partitune/schema";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatAttainment } from "./formatAttainment.ts";
import { formatDuration } from "./formatDuration.ts";
import { formatSeconds, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";
import { sharingRows } from "./sharingRows.ts";

/** Ways of sharing side by side: latency over time, and the numbers phase by phase. */
export function comparisonSection(comparison: SharingComparison, i: number, all: readonly SharingComparison[]): Markup {
  return html`<section id="comparison-${i + 1}"><h2>${numbered("Ways of sharing", i, all.length)}</h2>
<p class="headline">${comparisonHeadline(comparison)}</p>
${glanceTable(comparison)}
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

/** Of all services of the last phase, when all have begun, the worst numbers under every way of sharing. */
function glanceTable({ lanes, phases }: SharingComparison): Markup {
  const { startSeconds, endSeconds } = phases.at(-1)!;
  return htmlTable(
    `The last phase at a glance (${significant(startSeconds)}–${significant(endSeconds)} s): the worst of all services`,
    ["sharing", "longest p99", "largest standard deviation", "fewest in time", "not answered"],
    lanes.map(({ title, streams }) => {
      const last = streams.flatMap((stream) => stream.phases.at(-1) ?? []);
      const worst = (values: readonly (number | null | undefined)[], choose: (...values: number[]) => number) => {
        const known = values.filter((value) => value !== null && value !== undefined);
        return known.length === 0 ? null : choose(...known);
      };
      const p99 = worst(
        last.map((phase) => phase.p99?.value),
        Math.max,
      );
      const deviation = worst(
        last.map((phase) => phase.deviationSeconds),
        Math.max,
      );
      const attainment = worst(
        last.map((phase) => phase.attainment),
        Math.min,
      );
      return [
        title,
        p99 === null ? "–" : formatSeconds(p99),
        deviation === null ? "–" : formatSeconds(deviation),
        attainment === null ? "–" : formatAttainment(attainment),
        String(last.reduce((sum, { failed }) => sum + failed, 0)),
      ];
    }),
  );
}
