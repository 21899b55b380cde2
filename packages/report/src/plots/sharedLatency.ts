import { dot, ruleX, ruleY, tickX } from "@observablehq/plot";
import type { ModeStream, ModeTrace } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatQuantity, formatSeconds, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** Latencies of one inference workload under one way of sharing. */
interface Row {
  readonly name: string;
  readonly workload: string;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly worst: number | null;
}

const sharingWords = {
  managed: "taking turns",
  fair: "unmanaged, equal speed",
  slices: "unmanaged, time slices",
} as const satisfies Record<ModeTrace["sharing"], string>;

/**
 * Latencies of requests when workloads take turns by a plan, and when nobody manages them: median, 99th percentile and worst, a panel per
 * inference workload. Runs of the same kind are put together: the mean of their quantiles, the worst of all.
 *
 * @param promised  worst latency promised, by workload
 */
export function sharedLatency(traces: readonly ModeTrace[], promised: Readonly<Record<string, number>>): Display {
  const rows = toRows(traces);
  const workloads = [...Map.groupBy(rows, ({ workload }) => workload)];
  const requests = traces.flatMap(streamsOf).reduce((sum, stream) => sum + stream.requests, 0);
  return display({
    title: "Latency of requests by who shares the device, and how",
    caption: [
      `${traces.length} runs, ${requests} requests; latency from a request's arrival to the end of its minibatch`,
      ...syntheticNote(traces.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      workloads.map(([workload, own]) => ({ name: workload, svg: drawWorkload(workload, own, promised[workload]) })),
      legend([
        { label: "median", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "99th percentile", colour: seriesStyle(1).colour, mark: "line" },
        { label: "worst", colour: mutedColour, mark: "diamond" },
        { label: "promised", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: asText(rows, promised),
  });
}

function toRows(traces: readonly ModeTrace[]): readonly Row[] {
  const kinds = Map.groupBy(
    traces,
    ({ source, sharing, arrivals }) => `${sharingWords[sharing]}, ${source}, ${arrivals}`,
  );
  return [...kinds].flatMap(([name, runs]) =>
    [...Map.groupBy(runs.flatMap(streamsOf), ({ workload }) => workload)].map(([workload, streams]) => ({
      name,
      workload,
      p50: mean(streams.map(({ p50Seconds }) => p50Seconds)),
      p99: mean(streams.map(({ p99Seconds }) => p99Seconds)),
      worst: worstOf(streams),
    })),
  );
}

function streamsOf({ periods }: ModeTrace): readonly ModeStream[] {
  return periods.flatMap(({ inferences }) => inferences);
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function worstOf(streams: readonly ModeStream[]): number | null {
  const known = streams.flatMap(({ worstSeconds }) => (worstSeconds === null ? [] : [worstSeconds]));
  return known.length === 0 ? null : Math.max(...known);
}

function drawWorkload(workload: string, rows: readonly Row[], promised: number | undefined): string {
  const largest = Math.max(promised ?? 0, ...rows.map(({ worst }) => worst ?? 0));
  const unit = displayUnit("s", largest);
  const scaled = (value: number | null) => (value === null ? null : value * unit.factor);
  const marks = rows.map(({ name, p50, p99, worst }) => ({
    name,
    p50: scaled(p50),
    p99: scaled(p99),
    worst: scaled(worst),
  }));
  return drawPlot(`Latency of ${workload}`, {
    width: 560,
    height: 70 + 26 * rows.length,
    marginLeft: 230,
    marginBottom: 40,
    marginTop: 16,
    x: {
      label: `latency (${unit.name}, lower is better)`,
      grid: true,
      ticks: 5,
      zero: true,
      tickFormat: significant,
      labelArrow: "left",
    },
    y: { label: null, domain: marks.map(({ name }) => name) },
    marks: [
      ruleX(promised === undefined ? [] : [promised * unit.factor], { stroke: limitColour, strokeDasharray: "5 3" }),
      ruleY(marks, { y: "name", x1: "p50", x2: "worst", stroke: mutedColour, strokeOpacity: 0.5 }),
      dot(marks, { y: "name", x: "worst", symbol: "diamond", r: 4, fill: mutedColour }),
      tickX(marks, { y: "name", x: "p99", stroke: seriesStyle(1).colour, strokeWidth: 2, inset: 3 }),
      dot(marks, { y: "name", x: "p50", r: 4.5, fill: seriesStyle(0).colour }),
    ],
  });
}

function asText(rows: readonly Row[], promised: Readonly<Record<string, number>>): string {
  const cell = (value: number | null | undefined) => (value == null ? "–" : formatSeconds(value));
  return textTable(
    ["workload", "sharing", "median", "p99", "worst", "promised"],
    rows.map(({ workload, name, p50, p99, worst }) => [
      workload,
      name,
      cell(p50),
      cell(p99),
      cell(worst),
      promised[workload] === undefined ? "–" : formatQuantity(promised[workload], "s"),
    ]),
  );
}
