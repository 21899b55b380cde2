import type { Interference, InterferenceModel } from "@partitune/schema";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatPercent, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";

/** How workloads on pieces of one card slow each other down: the models, the chosen one, and its numbers. */
export function interferenceSection(interference: Interference, i: number, all: readonly Interference[]): Markup {
  const { candidates, chosen } = interference;
  return html`<section id="interference-${i + 1}"><h2>${numbered("Interference", i, all.length)}</h2>
${figure(plots.interferenceErrors(interference))}
${htmlTable(
  "Models compared on what was left out of their fit",
  ["model", "mean error", "p95 error", "covered at the quantile"],
  candidates.map(({ model, meanError, p95Error, coverage }) => [
    model === chosen.model ? html`<strong>${model}, chosen</strong>` : model,
    formatPercent(meanError),
    formatPercent(p95Error),
    coverage === null ? "–" : formatPercent(coverage),
  ]),
)}
${numbersOf(chosen)}
</section>`;
}

/** What was chosen, and why, in one sentence. */
export function interferenceHeadline({ chosen, why }: Interference): string {
  return `Interference is modelled as ${chosen.model}: ${why}.`;
}

function numbersOf(model: InterferenceModel): Markup | null {
  switch (model.model) {
    case "none":
      return null;
    case "constant":
      return html`<p>Slowdown assumed beside any neighbour: × ${significant(model.slowdown)}.</p>`;
    case "pairwise":
      return foldedTable(
        `Slowdown by pair; × ${significant(model.otherwise)} for all others`,
        ["workload", "beside", "slowdown", "known from"],
        model.pairs.map(({ subject, neighbour, slowdown, measured }) => [
          subject,
          neighbour,
          `× ${significant(slowdown)}`,
          measured ? "measurements of this pair" : "what both do beside others",
        ]),
      );
    case "linear":
      return htmlTable(
        `Coefficients per utilisation; constant term ${significant(model.intercept)}, never below × ${significant(model.least)}`,
        ["utilisation", "of the workload", "of its neighbours"],
        [...new Set([...Object.keys(model.ofSubject), ...Object.keys(model.ofNeighbours)])].map((name) => [
          name,
          coefficient(model.ofSubject[name]),
          coefficient(model.ofNeighbours[name]),
        ]),
      );
  }
}

function coefficient(value: number | undefined): string {
  return value === undefined ? "–" : significant(value);
}
