import type { ResponseTimes, Schedulability } from "@partitune/schema";
import { boundText } from "./boundText.ts";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatPercent, formatSeconds } from "./formatQuantity.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";

/** Whether every deadline is proved to be met, analysis by analysis. */
export function responseTimesSection(analyses: readonly ResponseTimes[]): Markup {
  return html`<section id="response-times"><h2>Worst-case response times</h2>
<p class="headline">${responseTimesHeadline(analyses)}</p>
<ul class="facts">${analyses.map(({ analysis, why }) => html`<li>${analysis}: ${why}</li>`)}</ul>
${figure(plots.responseTimeBars(analyses))}
${foldedTable(
  "Bounds",
  ["task", "analysis", "response at most", "deadline", "priority on the accelerator"],
  analyses.flatMap((own) =>
    own.tasks.map((task) => [
      task.task,
      own.analysis,
      boundText(task),
      task.verdict === "best-effort" ? "none" : formatSeconds(task.deadlineSeconds),
      task.gpuPriority === null ? "–" : String(task.gpuPriority),
    ]),
  ),
)}
</section>`;
}

/** Analyses in one sentence: those under which all deadlines are met. */
export function responseTimesHeadline(analyses: readonly ResponseTimes[]): string {
  const accepting = analyses.filter(({ schedulable }) => schedulable).map(({ analysis }) => analysis);
  return accepting.length === 0
    ? "No analysis shows that all deadlines are met."
    : `All deadlines are met under ${accepting.join(", ")}.`;
}

/** How many random task sets each analysis accepts. */
export function schedulabilitySection(content: Schedulability, i: number, all: readonly Schedulability[]): Markup {
  return html`<section id="schedulability-${i + 1}"><h2>${numbered("Schedulability", i, all.length)}</h2>
<p class="headline">${schedulabilityHeadline(content)}</p>
${figure(plots.schedulabilityCurves(content))}
</section>`;
}

/** Curves in one sentence: which analysis accepts most task sets over all points. */
export function schedulabilityHeadline({ axis, curves, setsPerPoint }: Schedulability): string {
  const means = curves
    .filter(({ points }) => points.length > 0)
    .map(({ analysis, points }) => ({
      analysis,
      mean: points.reduce((sum, { accepted }) => sum + accepted, 0) / points.length,
    }))
    .sort((a, b) => b.mean - a.mean);
  const [best] = means;
  const most = best === undefined ? "" : `; ${best.analysis} accepts most, ${formatPercent(best.mean)} over all points`;
  return `${curves.length} analyses of ${setsPerPoint} random task sets a point by ${axis.name}${most}.`;
}
