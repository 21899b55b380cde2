import type { ResponseTimes, Schedulability } from "@partitune/schema";
import { boundText } from "./boundText.ts";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatPercent, formatSeconds } from "./formatQuantity.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";

/** Whether every deadline is proved to be met, task set by task set and analysis by analysis. */
export function responseTimesSections(all: readonly ResponseTimes[]): Markup[] {
  const sets = [...Map.groupBy(all, setOf).values()];
  return sets.map(
    (
      analyses,
      i,
    ) => html`<section id="response-times-${i + 1}"><h2>${numbered("Worst-case response times", i, sets.length)}</h2>
<p class="headline">${headlineOf(analyses)}</p>
<ul class="facts">${analyses.map(({ analysis, why }) => html`<li>${analysis}: ${why}</li>`)}</ul>
${figure(plots.responseTimeBars(analyses))}
${boundTable(analyses)}
</section>`,
  );
}

function boundTable(analyses: readonly ResponseTimes[]): Markup {
  return foldedTable(
    "Bounds",
    ["task", "deadline", ...analyses.map(({ analysis }) => analysis)],
    analyses[0]!.tasks.map(({ task, verdict, deadlineSeconds }) => [
      task,
      verdict === "best-effort" ? "none" : formatSeconds(deadlineSeconds),
      ...analyses.map(({ tasks }) => boundText(tasks.find((row) => row.task === task)!)),
    ]),
  );
}

/** What tells task sets apart: the file they were read from. */
function setOf({ made, tasks }: ResponseTimes): string {
  return JSON.stringify([made.inputs.map(({ sha256 }) => sha256), tasks.map(({ task }) => task)]);
}

/** Task sets in a sentence each. */
export function responseTimesHeadline(all: readonly ResponseTimes[]): string {
  return [...Map.groupBy(all, setOf).values()].map(headlineOf).join(" ");
}

/** Analyses of one task set in one sentence: those under which all deadlines are met. */
function headlineOf(analyses: readonly ResponseTimes[]): string {
  const source = analyses[0]!.made.inputs[0]?.name ?? "this task set";
  const accepting = analyses.filter(({ schedulable }) => schedulable).map(({ analysis }) => analysis);
  return accepting.length === 0
    ? `No analysis shows that all deadlines of ${source} are met.`
    : `All deadlines of ${source} are met under ${accepting.join(", ")}.`;
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
