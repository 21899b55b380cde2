import type { FleetChange, FleetSchedule } from "@partitune/schema";
import { counted } from "./counted.ts";
import { figure } from "./figure.ts";
import { formatDuration } from "./formatDuration.ts";
import { formatPercent, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { optimalityWords } from "./optimalityWords.ts";
import { plots } from "./plots/index.ts";

/** Fleets in time: cards in use, period by period, and what each change takes. */
export function scheduleSection(schedule: FleetSchedule, i: number, all: readonly FleetSchedule[]): Markup {
  return html`<section id="schedule-${i + 1}"><h2>${numbered("Schedule", i, all.length)}</h2>
<p class="headline">${scheduleHeadline(schedule)}</p>
${figure(plots.scheduleOverTime(schedule))}
${htmlTable(
  "Period by period",
  ["period", "lasts", "cards", "how good", "requests", "change before it", "takes", "missing meanwhile"],
  schedule.periods.map(({ name, seconds, gpus, services, optimality, change }) => [
    name,
    `${significant(seconds / 3600)} h`,
    String(gpus.length),
    `${optimalityWords(optimality)}, by ${optimality.method}`,
    `${significant(services.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0))} /s`,
    ...changeCells(change),
  ]),
)}
</section>`;
}

/** A schedule in one sentence. */
export function scheduleHeadline({ periods, gpuSeconds, peakGpuSeconds }: FleetSchedule): string {
  const counts = periods.map(({ gpus }) => gpus.length);
  const saved =
    peakGpuSeconds > 0
      ? `, ${formatPercent(1 - gpuSeconds / peakGpuSeconds)} less than for the highest rates throughout`
      : "";
  return `${Math.min(...counts)} to ${Math.max(...counts)} cards over ${periods.length} periods: ${significant(gpuSeconds / 3600)} card-hours${saved}.`;
}

function changeCells(change: FleetChange | null): string[] {
  if (change === null) return ["–", "–", "–"];
  const { pieces, tenants, kept, steps, criticalSeconds, missing } = change;
  return [
    `${counted(pieces, "piece")}, ${counted(tenants, "tenant")}; ${counted(kept, "tenant")} unchanged`,
    `${counted(steps, "step")}, ${formatDuration(criticalSeconds)}`,
    missing.length === 0
      ? "nothing"
      : missing
          .map((dip) => `${dip.service} ${significant(dip.perSecond)} /s for ${formatDuration(dip.seconds)}`)
          .join("; "),
  ];
}
