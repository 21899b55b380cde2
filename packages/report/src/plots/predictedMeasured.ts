import { dot, line, ruleX, text } from "@observablehq/plot";
import { type Fit, type Metric, metricDefinitions, type Surrogate } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatEstimate, formatPercent, formatQuantity } from "../formatQuantity.ts";
import { logAxis } from "../logAxis.ts";
import { logScale } from "../logScale.ts";
import { paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/**
 * Predicted against measured values of configurations that the model had not seen, one panel per workload.
 *
 * A point on the diagonal is a perfect prediction; its vertical line is the predicted interval, and it is hollow where the
 * interval misses the measurement.
 */
export function predictedMeasured(surrogate: Surrogate, metric: Metric = "latency_p50_s"): Display {
  const fits = surrogate.fits.filter((fit) => fit.metric === metric && fit.residuals.length > 0);
  const { label, unit } = metricDefinitions[metric];
  return display({
    title: `Predicted against measured: ${label}`,
    caption: [
      `Held-out configurations only, ${formatPercent(surrogate.confidence)} intervals; hollow: the interval misses the measurement`,
      ...fits.map(describeScores),
      ...syntheticNote(surrogate.device.synthetic),
    ].join(". "),
    picture: panels(fits.map((fit) => ({ name: `${fit.workload} (${fit.model})`, svg: drawPanel(fit) }))),
    text: textTable(
      ["workload", "partition", "batch", "measured", "predicted"],
      fits.flatMap((fit) =>
        fit.residuals.map(({ partition, batch, measured, predicted }) => [
          fit.workload,
          partition,
          String(batch),
          formatQuantity(measured, unit),
          formatEstimate(predicted, unit),
        ]),
      ),
    ),
  });
}

/** The scores of a fit as one sentence. */
export function describeScores({ workload, model, scores }: Fit): string {
  const { heldOut, medianError, coverage } = scores;
  const error = medianError === null ? "error unknown" : `median error ${formatPercent(medianError)}`;
  const inside =
    coverage === null ? "coverage unknown" : `coverage ${formatEstimate(coverage, "fraction")} (95 % interval)`;
  return `${workload} by ${model}: n = ${heldOut}, ${error}, ${inside}`;
}

function drawPanel({ workload, metric, residuals }: Fit): string {
  const { label, unit: si } = metricDefinitions[metric];
  const all = residuals.flatMap(({ measured, predicted }) => [measured, ...endsOf(predicted)]);
  const unit = displayUnit(si, Math.max(...all));
  const scale = logAxis(
    all.map((value) => value * unit.factor),
    [0, 1],
  );
  const points = residuals.map(({ measured, predicted, batch }) => {
    const [low, high] = endsOf(predicted);
    return {
      measured: measured * unit.factor,
      predicted: predicted.value * unit.factor,
      low: low * unit.factor,
      high: high * unit.factor,
      covered: measured >= low && measured <= high,
      batch,
    };
  });
  const { colour } = seriesStyle(0);
  const axis = { ...logScale(scale), grid: true } as const;
  return drawPlot(`${workload}: predicted against measured ${label} of held-out configurations`, {
    marginLeft: 52,
    marginBottom: 44,
    marginTop: 28,
    x: { ...axis, label: `measured ${label} (${unit.name})` },
    y: { ...axis, label: `predicted (${unit.name})` },
    marks: [
      line(
        scale.domain.map((value) => [value, value]),
        { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "5 3" },
      ),
      ruleX(points, { x: "measured", y1: "low", y2: "high", stroke: colour, strokeOpacity: 0.7 }),
      dot(
        points.filter(({ covered }) => covered),
        { x: "measured", y: "predicted", r: 3.5, fill: colour },
      ),
      dot(
        points.filter(({ covered }) => !covered),
        { x: "measured", y: "predicted", r: 4, stroke: colour, fill: paperColour },
      ),
      text([scale.domain[1]], {
        x: (value: number) => value,
        y: (value: number) => value,
        text: () => "perfect",
        textAnchor: "end",
        dx: -14,
        dy: -2,
        fillOpacity: 0.7,
      }),
    ],
  });
}

function endsOf(predicted: Fit["residuals"][number]["predicted"]): [number, number] {
  return [predicted.low ?? predicted.value, predicted.high ?? predicted.value];
}
