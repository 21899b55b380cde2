import { dot, ruleY, tickX } from "@observablehq/plot";
import type { Evaluation, EvaluationSummary } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { formatPercent } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** Losses below this are drawn at it: a logarithmic axis has no zero. */
const leastDrawn = 1e-4;

/** How far from the optimum each strategy stays: mean, 90th percentile and highest loss, a panel per kind of problem. */
export function evaluationLosses(evaluation: Evaluation): Display {
  const { summaries, sampled, seeds, margin, synthetic } = evaluation;
  const kinds = [...Map.groupBy(summaries, ({ kind }) => kind)];
  return display({
    title: "Loss against the exact optimum",
    caption: [
      `${sampled === null ? "All problems of the grid" : `${sampled} problems drawn from the grid`}, ${seeds} ${seeds === 1 ? "seed" : "seeds"}, ${margin === null ? "the best that is likely to hold chosen" : `${formatPercent(margin)} of each budget left free`}. Solvable problems without an answer count as a loss of 100 % in the mean; losses below ${formatPercent(leastDrawn)} are drawn there`,
      ...syntheticNote(synthetic),
    ].join(". "),
    picture: panels(
      kinds.map(([kind, rows]) => ({ name: kind, svg: drawKind(kind, rows) })),
      legend([
        { label: "mean", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "90th percentile", colour: seriesStyle(1).colour, mark: "line" },
        { label: "highest", colour: mutedColour, mark: "diamond" },
      ]),
    ),
    text: asText(summaries),
  });
}

function drawKind(kind: string, rows: readonly EvaluationSummary[]): string {
  const marks = rows.map((row) => ({
    name: nameOf(row),
    mean: drawn(row.meanLossWithUnsolved),
    p90: drawn(row.p90Loss),
    highest: drawn(row.highestLoss),
  }));
  return drawPlot(`Losses of search strategies, ${kind}`, {
    width: 480,
    height: 70 + 24 * rows.length,
    marginLeft: 110,
    marginBottom: 40,
    marginTop: 16,
    x: {
      type: "log",
      domain: [leastDrawn, 1],
      label: "loss (lower is better)",
      grid: true,
      tickFormat: (value: number) => formatPercent(value),
      ticks: 5,
      labelArrow: "left",
    },
    y: { label: null, domain: marks.map(({ name }) => name) },
    marks: [
      ruleY(marks, { y: "name", x1: "mean", x2: "highest", stroke: mutedColour, strokeOpacity: 0.5 }),
      dot(marks, { y: "name", x: "highest", symbol: "diamond", r: 4, fill: mutedColour }),
      tickX(marks, { y: "name", x: "p90", stroke: seriesStyle(1).colour, strokeWidth: 2, inset: 3 }),
      dot(marks, { y: "name", x: "mean", r: 4.5, fill: seriesStyle(0).colour }),
    ],
  });
}

function drawn(loss: number | null): number | null {
  return loss === null ? null : Math.min(1, Math.max(leastDrawn, loss));
}

function nameOf({ strategy, highestProbes }: EvaluationSummary): string {
  return `${strategy} ${highestProbes}`;
}

function asText(summaries: readonly EvaluationSummary[]): string {
  const percent = (value: number | null) => (value === null ? "–" : formatPercent(value));
  return textTable(
    ["strategy and probes", "problem", "solvable", "unsolved", "mean", "median", "p90", "highest", "within 5 %"],
    summaries.map((row) => [
      nameOf(row),
      row.kind,
      String(row.solvable),
      String(row.unsolved),
      percent(row.meanLoss),
      percent(row.medianLoss),
      percent(row.p90Loss),
      percent(row.highestLoss),
      percent(row.within5Percent),
    ]),
  );
}
