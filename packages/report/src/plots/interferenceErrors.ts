import { dot, ruleY, text } from "@observablehq/plot";
import type { Interference } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { formatPercent } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** How far each model of interference is from what was measured and left out of its fit: mean and 95th percentile of the relative error. */
export function interferenceErrors(interference: Interference): Display {
  const { candidates, chosen, samples, pairs, validation, why, synthetic } = interference;
  return display({
    title: "Errors of interference models",
    caption: [
      `${samples} measurements with neighbours, ${pairs} different pairs of workloads; compared by ${validation}; an error is |predicted − measured| / measured`,
      `Chosen: ${chosen.model} (${why})`,
      ...syntheticNote(synthetic),
    ].join(". "),
    picture: panels(
      [{ name: "", svg: drawErrors(interference) }],
      legend([
        { label: "mean error", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "95th percentile", colour: mutedColour, mark: "diamond" },
      ]),
    ),
    text: textTable(
      ["model", "mean error", "p95 error", "covered", ""],
      candidates.map(({ model, meanError, p95Error, coverage }) => [
        model,
        formatPercent(meanError),
        formatPercent(p95Error),
        coverage === null ? "–" : formatPercent(coverage),
        model === chosen.model ? "chosen" : "",
      ]),
    ),
  });
}

function drawErrors({ candidates, chosen }: Interference): string {
  const rows = candidates.map((candidate) => ({
    ...candidate,
    name: candidate.model === chosen.model ? `${candidate.model}, chosen` : candidate.model,
  }));
  return drawPlot(`Errors of ${candidates.map(({ model }) => model).join(", ")}`, {
    width: 572,
    height: 74 + 30 * rows.length,
    marginLeft: 150,
    marginRight: 60,
    marginBottom: 40,
    marginTop: 12,
    x: {
      label: "relative error (lower is better)",
      labelArrow: "left",
      zero: true,
      nice: true,
      grid: true,
      ticks: 5,
      tickFormat: formatPercent,
    },
    y: { label: null, type: "band", domain: rows.map(({ name }) => name), tickSize: 0 },
    marks: [
      ruleY(rows, { y: "name", x1: "meanError", x2: "p95Error", stroke: mutedColour, strokeOpacity: 0.5 }),
      dot(rows, { y: "name", x: "p95Error", symbol: "diamond", r: 4.5, fill: mutedColour }),
      dot(rows, { y: "name", x: "meanError", r: 5, fill: seriesStyle(0).colour }),
      text(rows, {
        y: "name",
        x: "p95Error",
        text: ({ p95Error }) => formatPercent(p95Error),
        textAnchor: "start",
        dx: 9,
        fontSize: 11,
      }),
      text(rows, {
        y: "name",
        x: "meanError",
        text: ({ meanError }) => formatPercent(meanError),
        dy: -11,
        fontSize: 11,
      }),
    ],
  });
}
