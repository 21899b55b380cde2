import { dot, ruleX, ruleY, text } from "@observablehq/plot";
import { type Demand, formatPartition, type Metric, metricDefinitions, type Profile } from "@partitune/schema";
import { captionOf } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import {
  axisLabel,
  displayUnit,
  formatEstimate,
  formatPercentile,
  formatSeconds,
  significant,
} from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { logAxis } from "../logAxis.ts";
import { logScale } from "../logScale.ts";
import { cellEstimate, type MeasuredCell, measuredCells } from "../measuredCells.ts";
import { limitColour, paperColour, seriesStyle } from "../palette.ts";
import { panelGroups } from "../panelGroups.ts";
import { textTable } from "../textTable.ts";

/**
 * Throughput against latency, one point per configuration, one panel per workload and power mode.
 *
 * Latency is the 99th percentile where every configuration of the panel has one, else the median; the axis says which. With
 * demands, the deadline is a line, and configurations that cannot keep it (latency above it, or throughput below the rate
 * that is asked) are hollow.
 */
export function throughputLatency(profile: Profile, demands: readonly Demand[] = []): Display {
  const groups = panelGroups(measuredCells(profile), profile).map((group) => ({
    ...group,
    metric: latencyMetric(group.cells),
    demand: demands.find(({ workload }) => workload === group.cells[0]!.config.workload),
  }));
  return display({
    title: "Throughput against batch latency",
    caption: captionOf(
      profile,
      "One point per configuration (middle round), batch size beside it; hollow: alone it already breaks the demand",
    ),
    picture: panels(
      groups.map((group) => ({ name: group.name, svg: drawPanel(group) })),
      legend([
        { label: "configuration", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "cannot meet the demand", colour: seriesStyle(0).colour, mark: "circle", hollow: true },
        { label: "default configuration", colour: seriesStyle(1).colour, mark: "star" },
        { label: "deadline of the response, rate asked", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: textTable(
      ["workload", "partition", "batch", "throughput", "latency", "meets demand"],
      groups.flatMap((group) =>
        toMarks(group).map(({ cell, latency, throughput, meets }) => [
          group.name,
          formatPartition(cell.config.partition),
          String(cell.config.batch),
          `${significant(throughput)} /s`,
          `${formatPercentile(group.metric === "latency_p99_s" ? 0.99 : 0.5)} ${formatEstimate(latency, "s")}`,
          group.demand === undefined ? "no demand" : meets ? "alone, yes" : "no",
        ]),
      ),
    ),
  });
}

interface Group {
  readonly name: string;
  readonly cells: readonly MeasuredCell[];
  readonly metric: Metric;
  readonly demand: Demand | undefined;
}

function drawPanel(group: Group): string {
  const { name, metric, demand } = group;
  const marks = toMarks(group);
  const deadline = demand === undefined ? [] : [demand.deadlineSeconds];
  const ends = marks.flatMap(({ latency }) => [
    latency.value,
    latency.low ?? latency.value,
    latency.high ?? latency.value,
  ]);
  const unit = displayUnit("s", Math.max(...ends, ...deadline));
  const inUnit = (seconds: number) => seconds * unit.factor;
  const x = logAxis(
    [...marks.map(({ throughput }) => throughput), ...(demand === undefined ? [] : [demand.ratePerSecond])],
    [0, 1],
  );
  const y = logAxis([...ends, ...deadline].map(inUnit), [0, 1]);
  const place = { x: "throughput", y: ({ latency }: Mark) => inUnit(latency.value) } as const;
  const [colour, defaultColour] = [seriesStyle(0).colour, seriesStyle(1).colour];
  return drawPlot(`${name}: throughput against ${metricDefinitions[metric].label}`, {
    marginLeft: 52,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 44,
    x: {
      ...logScale(x),
      label: axisLabel("throughput_per_s", { factor: 1, name: "/s" }),
    },
    y: {
      ...logScale(y),
      label: axisLabel(metric, unit),
      grid: true,
    },
    marks: [
      ruleY(deadline.map(inUnit), { stroke: limitColour, strokeDasharray: "5 3" }),
      text(deadline.map(inUnit), {
        y: (value: number) => value,
        frameAnchor: "right",
        text: () => `deadline ${formatSeconds(deadline[0]!)}`,
        fill: limitColour,
        stroke: paperColour,
        strokeWidth: 4,
        dy: -8,
        textAnchor: "end",
      }),
      ruleX(demand === undefined ? [] : [demand.ratePerSecond], { stroke: limitColour, strokeDasharray: "5 3" }),
      ruleX(marks, {
        x: "throughput",
        y1: ({ latency }) => inUnit(latency.low ?? latency.value),
        y2: ({ latency }) => inUnit(latency.high ?? latency.value),
        stroke: colour,
      }),
      dot(
        marks.filter(({ cell, meets }) => meets && !cell.baseline),
        { ...place, r: 4, fill: colour },
      ),
      dot(
        marks.filter(({ cell, meets }) => !meets && !cell.baseline),
        { ...place, r: 4, stroke: colour, fill: paperColour },
      ),
      dot(
        marks.filter(({ cell }) => cell.baseline),
        { ...place, r: 6, symbol: "star", fill: defaultColour },
      ),
      text(marks, {
        ...place,
        text: ({ cell }: Mark) => String(cell.config.batch),
        dx: 7,
        dy: -6,
        fontSize: 10,
        fillOpacity: 0.8,
      }),
    ],
  });
}

interface Mark {
  readonly cell: MeasuredCell;
  readonly throughput: number;
  readonly latency: { readonly value: number; readonly low: number | null; readonly high: number | null };
  readonly meets: boolean;
}

function toMarks({ cells, metric, demand }: Group): Mark[] {
  return cells.flatMap((cell) => {
    const latency = cellEstimate(cell, metric);
    const throughput = cellEstimate(cell, "throughput_per_s")?.value;
    if (latency === null || throughput === undefined || throughput <= 0) return [];
    const meets =
      demand === undefined || (latency.value <= demand.deadlineSeconds && throughput >= demand.ratePerSecond);
    return [{ cell, throughput, latency, meets }];
  });
}

function latencyMetric(cells: readonly MeasuredCell[]): Metric {
  const measured = cells.filter(({ rounds }) => rounds.length > 0);
  return measured.every((cell) => cellEstimate(cell, "latency_p99_s") !== null) ? "latency_p99_s" : "latency_p50_s";
}
