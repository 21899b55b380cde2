import { dot, line, link, type PlotOptions, ruleX, text } from "@observablehq/plot";
import { formatPartition, type Metric, metricDefinitions, type Profile } from "@partitune/schema";
import { captionOf } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot, panelSize } from "../drawPlot.ts";
import { axisLabel, type DisplayUnit, displayUnit, formatEstimate, formatPercent } from "../formatQuantity.ts";
import { type LogAxis, legibleTicks, logAxis } from "../logAxis.ts";
import { logScale } from "../logScale.ts";
import { cellEstimate, type MeasuredCell, measuredCells, metricEstimate } from "../measuredCells.ts";
import { seriesStyle } from "../palette.ts";
import { panelGroups } from "../panelGroups.ts";
import { spreadLabels } from "../spreadLabels.ts";
import { textTable } from "../textTable.ts";

const margin = { left: 52, right: 62, bottom: 44 } as const;

/**
 * Latency against the share of the device, one line per batch size, one panel per workload and power mode.
 *
 * Every round is a point with its interval; the line joins the middle rounds. Configurations without a valid measurement
 * are marked ✕ above the frame. Both axes are logarithmic.
 *
 * @param metric  what is drawn, by default the median batch latency
 */
export function latencyByShare(profile: Profile, metric: Metric = "latency_p50_s"): Display {
  const cells = measuredCells(profile);
  const groups = panelGroups(cells, profile);
  return display({
    title: `${capital(metricDefinitions[metric].label)} against share and batch`,
    caption: captionOf(
      profile,
      "One point per round with its interval; ✕ marks configurations without a valid measurement",
    ),
    picture: panels(groups.map(({ name, cells }) => ({ name, svg: drawPanel(name, cells, metric) }))),
    text: textTable(
      ["workload", "power mode", "partition", "batch", metric],
      cells.map((cell) => [
        cell.config.workload,
        cell.config.powerMode,
        formatPartition(cell.config.partition),
        String(cell.config.batch),
        cell.missing ?? formatEstimate(cellEstimate(cell, metric), metricDefinitions[metric].unit),
      ]),
    ),
  });
}

interface Mark {
  readonly share: number;
  readonly batch: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function drawPanel(name: string, cells: readonly MeasuredCell[], metric: Metric): string {
  const batches = [...new Set(cells.map(({ config }) => config.batch))].sort((a, b) => a - b);
  const rounds = cells.flatMap((cell) => roundMarks(cell, metric));
  const missing = cells.filter((cell) => cell.rounds.length === 0);
  const missingBatches = batches.filter((batch) => missing.some(({ config }) => config.batch === batch));
  const unit = displayUnit(metricDefinitions[metric].unit, Math.max(...rounds.map(({ high }) => high)));
  const marginTop = 26 + 13 * missingBatches.length;
  const height = panelSize.height + 13 * missingBatches.length;
  const x = logAxis(
    cells.map(({ fraction }) => fraction),
    [margin.left, panelSize.width - margin.right],
  );
  const y = logAxis(
    rounds.flatMap(({ low, high }) => [low, high]).map((value) => value * unit.factor),
    [height - margin.bottom, marginTop],
  );
  return drawPlot(`${name}: ${metricDefinitions[metric].label} against share of the device, one line per batch size`, {
    height,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginTop,
    x: { ...shareScale(x, cells), label: "share of the device" },
    y: {
      ...logScale(y),
      grid: true,
      label: axisLabel(metric, unit),
    },
    marks: [
      ...batches.flatMap((batch, i) =>
        seriesMarks(
          rounds.filter((mark) => mark.batch === batch),
          unit,
          i,
        ),
      ),
      endLabels(cells, batches, metric, unit, y, [marginTop, height - margin.bottom]),
      ...missingBatches.map((batch, row) =>
        text(
          missing.filter(({ config }) => config.batch === batch),
          {
            x: "fraction",
            frameAnchor: "top",
            dy: -8 - 13 * row,
            text: () => `✕${batch}`,
            fill: seriesStyle(batches.indexOf(batch)).colour,
          },
        ),
      ),
    ],
  });
}

function roundMarks(cell: MeasuredCell, metric: Metric): Mark[] {
  return cell.rounds.flatMap((results) => {
    const estimate = metricEstimate(results, metric);
    if (estimate === null) return [];
    const { value, low, high } = estimate;
    return [{ share: cell.fraction, batch: cell.config.batch, value, low: low ?? value, high: high ?? value }];
  });
}

function seriesMarks(rounds: readonly Mark[], { factor }: DisplayUnit, i: number): NonNullable<PlotOptions["marks"]> {
  const { colour, symbol } = seriesStyle(i);
  const middles = [...Map.groupBy(rounds, ({ share }) => share)].map(([share, marks]) => ({
    share,
    value: middle(marks),
  }));
  return [
    line(
      middles.sort((a, b) => a.share - b.share),
      { x: "share", y: ({ value }) => value * factor, stroke: colour, strokeOpacity: 0.6 },
    ),
    ruleX(rounds, {
      x: "share",
      y1: ({ low }) => low * factor,
      y2: ({ high }) => high * factor,
      stroke: colour,
      strokeWidth: 1.5,
    }),
    dot(rounds, { x: "share", y: ({ value }) => value * factor, stroke: colour, fill: colour, symbol, r: 2.8 }),
  ];
}

function middle(marks: readonly Mark[]): number {
  const values = marks.map(({ value }) => value).sort((a, b) => a - b);
  return values[Math.floor((values.length - 1) / 2)]!;
}

/** Names the lines at their right ends, moved apart where they come close. */
function endLabels(
  cells: readonly MeasuredCell[],
  batches: readonly number[],
  metric: Metric,
  unit: DisplayUnit,
  y: LogAxis,
  frame: readonly [number, number],
): NonNullable<PlotOptions["marks"]>[number] {
  const ends = batches.flatMap((batch, i) => {
    const last = cells
      .filter((cell) => cell.config.batch === batch && cellEstimate(cell, metric) !== null)
      .sort((a, b) => a.fraction - b.fraction)
      .at(-1);
    return last === undefined
      ? []
      : [{ share: last.fraction, value: cellEstimate(last, metric)!.value * unit.factor, batch, ...seriesStyle(i) }];
  });
  const places = spreadLabels(
    ends.map(({ value }) => y.toPixel(value)),
    14,
    frame,
  );
  const farthest = Math.max(...cells.map(({ fraction }) => fraction));
  const labels = ends.map((end, i) => ({ ...end, labelShare: farthest, labelValue: y.fromPixel(places[i]!) }));
  return [
    link(labels, {
      x1: "share",
      y1: "value",
      x2: "labelShare",
      y2: "labelValue",
      stroke: "colour",
      strokeOpacity: 0.25,
    }),
    text(labels, {
      x: "labelShare",
      y: "labelValue",
      text: ({ batch }) => `batch ${batch}`,
      fill: "colour",
      textAnchor: "start",
      dx: 8,
    }),
  ];
}

/** The x scale of shares: logarithmic, ticks at measured shares. */
function shareScale(axis: LogAxis, cells: readonly MeasuredCell[]): PlotOptions["x"] {
  return {
    type: "log",
    domain: [...axis.domain],
    ticks: legibleTicks(
      cells.map(({ fraction }) => fraction),
      axis,
      38,
    ),
    tickFormat: formatPercent,
  };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
