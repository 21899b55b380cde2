import type { Evaluation } from "@partitune/schema";
import { figure } from "./figure.ts";
import { formatPercent, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { plots } from "./plots/index.ts";

/** Strategies compared: how far each stays from the optimum, what it takes, and how often a fresh measurement breaks a budget. */
export function evaluationSection(evaluation: Evaluation, i: number): Markup {
  const { device } = evaluation;
  return html`<section id="evaluation-${i + 1}"><h2>Search strategies on ${device.name}</h2>
<p>${describeGrid(evaluation)}</p>
${figure(plots.evaluationLosses(evaluation))}
${summaryTable(evaluation)}
</section>`;
}

function describeGrid({ grid, source }: Evaluation): string {
  const { trainings, inferences, budgetsWatts, latenciesSeconds, loads } = grid;
  const count = (names: readonly string[], what: string) =>
    names.length === 0 ? [] : [`${names.length} ${what}${names.length === 1 ? "" : "s"} (${names.join(", ")})`];
  const workloads = [...count(trainings, "training"), ...count(inferences, "inference")].join(" and ");
  const served = inferences.length === 0 ? "" : `, ${latenciesSeconds.length} latencies and ${loads.length} rates`;
  return `Answered by ${source}: ${workloads} under ${budgetsWatts.length} power budgets${served}.`;
}

function summaryTable({ summaries }: Evaluation): Markup {
  const percent = (value: number | null) => (value === null ? "–" : formatPercent(value));
  return htmlTable(
    "Losses are relative to the exact optimum of the same table",
    [
      "strategy",
      "probes",
      "problem",
      "solvable",
      "unsolved",
      "mean loss",
      "median",
      "p90",
      "highest",
      "within 5 %",
      "fresh measurement breaks a budget",
      "modes",
      "measurements",
    ],
    summaries.map((row) => [
      row.strategy,
      String(row.highestProbes),
      row.kind,
      `${row.solvable} of ${row.problems}`,
      String(row.unsolved),
      percent(row.meanLoss),
      percent(row.medianLoss),
      percent(row.p90Loss),
      percent(row.highestLoss),
      percent(row.within5Percent),
      percent(row.broken),
      significant(row.meanModes),
      significant(row.meanRuns),
    ]),
  );
}
