import { dot, ruleY, text } from "@observablehq/plot";
import {
  type Device,
  type Fit,
  type Metric,
  metricDefinitions,
  parsePartition,
  partitionFraction,
  type Surrogate,
} from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot, panelSize } from "../drawPlot.ts";
import { formatPercent, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { legibleTicks, logAxis } from "../logAxis.ts";
import { limitColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/**
 * How far measurements of held-out configurations lie from their predictions, against the share of the device.
 *
 * The residual is measured/predicted − 1, so above zero means slower than promised for a latency. Dashed lines are the
 * conformal interval of the fit. Batch sizes have their own symbol, so that a pattern over share or batch shows.
 */
export function residuals(surrogate: Surrogate, metric: Metric = "latency_p50_s"): Display {
  const fits = surrogate.fits.filter((fit) => fit.metric === metric && fit.residuals.length > 0);
  const { device } = surrogate;
  const batches = [...new Set(fits.flatMap((fit) => fit.residuals.map(({ batch }) => batch)))].sort((a, b) => a - b);
  return display({
    title: `Residuals: ${metricDefinitions[metric].label}`,
    caption: [
      `Measured over predicted, minus one, of ${fits.reduce((n, fit) => n + fit.residuals.length, 0)} held-out configurations; dashed: the fit's ${formatPercent(surrogate.confidence)} interval`,
      ...syntheticNote(surrogate.device.synthetic),
    ].join(". "),
    picture: panels(
      fits.map((fit) => ({ name: `${fit.workload} (${fit.model})`, svg: drawPanel(fit, batches, device) })),
      legend([
        ...batches.map((batch, i) => {
          const { colour, symbol } = seriesStyle(i);
          return { label: `batch ${batch}`, colour, mark: symbol };
        }),
        { label: "predicted interval", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: textTable(
      ["workload", "partition", "batch", "measured/predicted − 1"],
      fits.flatMap((fit) =>
        fit.residuals.map((row) => [fit.workload, row.partition, String(row.batch), formatPercent(residualOf(row))]),
      ),
    ),
  });
}

function drawPanel(fit: Fit, batches: readonly number[], device: Device): string {
  const points = fit.residuals.map((row) => ({
    share: partitionFraction(parsePartition(row.partition), device),
    batch: row.batch,
    residual: 100 * residualOf(row),
  }));
  const ratio = fit.intervalRatio;
  const ends = ratio === null ? [] : [100 * ratio, 100 * (1 / (1 + ratio) - 1)];
  const largest = 1.15 * Math.max(1, ...points.map(({ residual }) => Math.abs(residual)), ...ends.map(Math.abs));
  const x = logAxis(
    points.map(({ share }) => share),
    [52, panelSize.width - 20],
  );
  return drawPlot(`${fit.workload}: relative residuals of held-out configurations against share of the device`, {
    height: 240,
    marginLeft: 52,
    marginBottom: 44,
    marginTop: 28,
    x: {
      type: "log",
      domain: [...x.domain],
      ticks: legibleTicks(
        points.map(({ share }) => share),
        x,
        38,
      ),
      tickFormat: formatPercent,
      label: "share of the device",
    },
    y: { domain: [-largest, largest], grid: true, label: "residual (%)", tickFormat: significant, ticks: 5 },
    marks: [
      ruleY([0], { strokeOpacity: 0.6 }),
      ruleY(ends, { stroke: limitColour, strokeDasharray: "5 3" }),
      ...batches.map((batch, i) => {
        const { colour, symbol } = seriesStyle(i);
        const own = points.filter((point) => point.batch === batch);
        return dot(own, { x: "share", y: "residual", symbol, fill: colour, r: 4 });
      }),
      text(ratio === null ? ["too few rows to calibrate an interval"] : [], {
        frameAnchor: "top-right",
        text: (words: string) => words,
        dy: 4,
      }),
    ],
  });
}

function residualOf({ measured, predicted }: Fit["residuals"][number]): number {
  return measured / predicted.value - 1;
}
