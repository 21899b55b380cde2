import { dot, line, ruleX, ruleY, text } from "@observablehq/plot";
import type { Demand, StreamTrace, Trace } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatEstimate, formatPercent, formatPercentile, formatSeconds } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { logAxis } from "../logAxis.ts";
import { logScale } from "../logScale.ts";
import { limitColour, paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

const sources = {
  simulated: { style: 0, mark: "line", dash: "none" },
  measured: { style: 1, mark: "dashed", dash: "6 3" },
} as const;

/**
 * Distribution of the response time, simulated and measured, one panel per placement.
 *
 * The vertical axis is the part of the requests answered, stretched so that the tail shows: p50, p90, p99 and p99.9 are
 * equally far apart per factor of ten. A curve ends at the highest percentile that its number of requests can bound;
 * the deadline is a line at the demand's percentile.
 */
export function responseDistribution(traces: readonly Trace[], demands: readonly Demand[] = []): Display {
  const placements = [...new Set(traces.flatMap(({ streams }) => streams.map(({ placement }) => placement)))];
  const streams = traces.flatMap((trace) => trace.streams.map((stream) => ({ trace, stream })));
  return display({
    title: "Response times: simulated and measured",
    caption: [
      "From the intended arrival to the completion, queueing included",
      ...streams.map(({ trace, stream }) => describe(trace, stream)),
      ...syntheticNote(traces.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      placements.map((placement) => ({ name: placement, svg: drawPanel(placement, traces, demands) })),
      legend([
        ...[...new Set(traces.map(({ source }) => source))].map((source) => ({
          label: source,
          colour: seriesStyle(sources[source].style).colour,
          mark: sources[source].mark,
        })),
        { label: "p50 and p99 with interval", colour: "currentColor", mark: "circle" },
        { label: "deadline", colour: limitColour, mark: "dotted" },
      ]),
    ),
    text: textTable(
      ["placement", "source", "n", "failed", "p50", "p99"],
      streams.map(({ trace, stream }) => [
        stream.placement,
        trace.source,
        String(stream.requests),
        String(stream.failed),
        formatEstimate(stream.response.p50, "s"),
        formatEstimate(stream.response.p99, "s"),
      ]),
    ),
  });
}

interface Curve {
  readonly source: Trace["source"];
  readonly stream: StreamTrace;
  readonly points: readonly { readonly probability: number; readonly seconds: number }[];
}

function drawPanel(placement: string, traces: readonly Trace[], demands: readonly Demand[]): string {
  const curves = traces.flatMap((trace) =>
    trace.streams
      .filter((stream) => stream.placement === placement)
      .map((stream): Curve => ({ source: trace.source, stream, points: boundedPart(stream, trace.confidence) })),
  );
  const demand = demands.find(({ workload }) => workload === curves[0]!.stream.workload);
  const seconds = [
    ...curves.flatMap(({ points }) => points.map((point) => point.seconds)),
    ...curves.flatMap(({ stream }) => marksOf(stream).flatMap(({ low, high }) => [low, high])),
    ...(demand === undefined ? [] : [demand.deadlineSeconds]),
  ];
  const unit = displayUnit("s", Math.max(...seconds));
  const x = logAxis(
    seconds.map((value) => value * unit.factor),
    [0, 1],
  );
  const highest = Math.max(0.99, ...curves.flatMap(({ points }) => points.map(({ probability }) => probability)));
  const ticks = [0.5, 0.9, 0.99, 0.999, 0.9999].filter((p) => p <= highest + 1e-12).map(tail);
  const deadline = demand === undefined ? [] : [demand.deadlineSeconds * unit.factor];
  return drawPlot(`${placement}: distribution of the response time`, {
    marginLeft: 56,
    marginBottom: 44,
    marginTop: 28,
    marginRight: 20,
    x: {
      ...logScale(x),
      label: `response time (${unit.name}, lower is better)`,
    },
    y: {
      domain: [0, tail(highest) * 1.04],
      ticks,
      tickFormat: (value: number) => formatPercentile(1 - 10 ** -value),
      label: "requests answered, log tail",
      grid: true,
    },
    marks: [
      ruleX(deadline, { stroke: limitColour, strokeDasharray: "1.5 3", strokeWidth: 2 }),
      text(deadline, {
        x: (value: number) => value,
        frameAnchor: "top",
        text: () => `deadline ${formatSeconds(demand!.deadlineSeconds)}, ${formatPercentile(demand!.percentile)}`,
        fill: limitColour,
        textAnchor: deadline.some((value) => x.toPixel(value) > 0.5) ? "end" : "start",
        dy: -12,
      }),
      ...curves.flatMap((curve) => curveMarks(curve, unit.factor)),
    ],
  });
}

function curveMarks({ source, stream, points }: Curve, factor: number) {
  const { style, dash } = sources[source];
  const { colour } = seriesStyle(style);
  const marks = marksOf(stream);
  return [
    line(points, {
      x: ({ seconds }) => seconds * factor,
      y: ({ probability }) => tail(probability),
      stroke: colour,
      strokeDasharray: dash,
      strokeWidth: 2,
    }),
    ruleY(marks, {
      y: ({ probability }) => tail(probability),
      x1: ({ low }) => low * factor,
      x2: ({ high }) => high * factor,
      stroke: colour,
      strokeWidth: 3,
      strokeOpacity: 0.5,
    }),
    dot(marks, {
      x: ({ value }) => value * factor,
      y: ({ probability }) => tail(probability),
      fill: colour,
      stroke: paperColour,
      r: 4,
      symbol: seriesStyle(style).symbol,
    }),
  ];
}

/** Where a part of the requests stands on the stretched axis: −log10 of the part that takes longer. */
function tail(probability: number): number {
  return -Math.log10(1 - probability);
}

/** The quantiles below the highest that n samples bound from above: (α/2)^(1/n), see `leastSamples`. */
function boundedPart({ distribution, requests }: StreamTrace, confidence: number): Curve["points"] {
  const highest = requests === 0 ? 0 : ((1 - confidence) / 2) ** (1 / requests);
  return distribution.filter(({ probability }) => probability < 1 && probability <= highest);
}

function marksOf({ response }: StreamTrace) {
  return [
    { probability: 0.5, estimate: response.p50 },
    { probability: 0.99, estimate: response.p99 },
  ].flatMap(({ probability, estimate }) =>
    estimate === null
      ? []
      : [
          {
            probability,
            value: estimate.value,
            low: estimate.low ?? estimate.value,
            high: estimate.high ?? estimate.value,
          },
        ],
  );
}

function describe(trace: Trace, { placement, requests, failed, saturated }: StreamTrace): string {
  const notes = [
    ...(failed > 0 ? [`${failed} failed or timed out and lie beyond the right edge`] : []),
    ...(saturated ? ["saturated: the backlog was still growing"] : []),
  ];
  return `${placement} ${trace.source}: n = ${requests} requests, ${formatPercent(trace.confidence)} intervals${notes.map((note) => `, ${note}`).join("")}`;
}
