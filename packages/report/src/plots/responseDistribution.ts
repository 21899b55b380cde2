import { dot, line, ruleX, ruleY, text } from "@observablehq/plot";
import type { Demand, Estimate, StreamTrace, Trace } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatEstimate, formatPercent, formatPercentile, formatSeconds } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { logAxis } from "../logAxis.ts";
import { logScale } from "../logScale.ts";
import { limitColour, paperColour, seriesStyle } from "../palette.ts";
import { countRequests, type StreamGroup, streamGroups } from "../streamGroups.ts";
import { textTable } from "../textTable.ts";

const sources = {
  simulated: { style: 0, mark: "line", dash: "none" },
  measured: { style: 1, mark: "dashed", dash: "6 3" },
} as const;

/**
 * Distribution of the response time, simulated and measured, one panel per placement; one curve per seed.
 *
 * The vertical axis is the part of the requests answered, stretched so that the tail shows: p90, p99 and p99.9 are equally far
 * apart. A curve ends at the highest percentile that its number of requests can bound; the deadline is a line. Marks are p50 and
 * p99 with the interval of the run, or, over several seeds, the middle seed within the least and the most.
 */
export function responseDistribution(traces: readonly Trace[], demands: readonly Demand[] = []): Display {
  const groups = streamGroups(traces);
  return display({
    title: `Response times: ${[...new Set(groups.map(({ source }) => source))].join(" and ")}`,
    caption: [
      "From the intended arrival to the completion, queueing included",
      ...groups.map(describe),
      ...syntheticNote(traces.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      [...Map.groupBy(groups, ({ placement }) => placement)].map(([name, own]) => ({
        name,
        svg: drawPanel(
          name,
          own,
          demands.find(({ workload }) => workload === own[0]!.workload),
        ),
      })),
      legend([
        ...[...new Set(groups.map(({ source }) => source))].map((source) => ({
          label: source,
          colour: seriesStyle(sources[source].style).colour,
          mark: sources[source].mark,
        })),
        { label: "p50 and p99 with interval", colour: "currentColor", mark: "circle" },
        { label: "deadline", colour: limitColour, mark: "dotted" },
      ]),
    ),
    text: textTable(
      ["placement", "source", "runs", "n", "failed", "p50", "p99"],
      groups.map((group) => [
        group.placement,
        group.source,
        String(group.streams.length),
        String(countRequests(group)),
        String(countFailed(group)),
        formatEstimate(
          overRuns(group, ({ response }) => response.p50),
          "s",
        ),
        formatEstimate(
          overRuns(group, ({ response }) => response.p99),
          "s",
        ),
      ]),
    ),
  });
}

function drawPanel(placement: string, groups: readonly StreamGroup[], demand: Demand | undefined): string {
  const curves = groups.map((group) => ({ group, lines: group.streams.map((s) => boundedPart(s, group.confidence)) }));
  const points = curves.flatMap(({ lines }) => lines.flat());
  const seconds = [
    ...points.map((point) => point.seconds),
    ...groups.flatMap((group) => marksOf(group).flatMap(({ low, high }) => [low, high])),
    ...(demand === undefined ? [] : [demand.deadlineSeconds]),
  ];
  const unit = displayUnit("s", Math.max(...seconds));
  const x = logAxis(
    seconds.map((value) => value * unit.factor),
    [0, 1],
  );
  const highest = points.reduce((most, { probability }) => Math.max(most, probability), 0.99);
  const deadline = demand === undefined ? [] : [demand.deadlineSeconds * unit.factor];
  return drawPlot(`${placement}: distribution of the response time`, {
    marginLeft: 56,
    marginBottom: 44,
    marginTop: 28,
    marginRight: 20,
    x: { ...logScale(x), label: `response time (${unit.name}, lower is better)` },
    y: {
      domain: [0, tail(highest) * 1.04],
      ticks: [0.5, 0.9, 0.99, 0.999, 0.9999].filter((p) => p <= highest + 1e-12).map(tail),
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
      ...curves.flatMap(({ group, lines }) => lines.map((curve) => curveMark(curve, group, unit.factor))),
      ...groups.flatMap((group) => quantileMarks(group, unit.factor)),
    ],
  });
}

type Curve = StreamTrace["distribution"];

function curveMark(curve: Curve, { source, streams }: StreamGroup, factor: number) {
  const { style, dash } = sources[source];
  return line(curve, {
    x: ({ seconds }) => seconds * factor,
    y: ({ probability }) => tail(probability),
    stroke: seriesStyle(style).colour,
    strokeDasharray: dash,
    strokeWidth: streams.length === 1 ? 2 : 1,
    strokeOpacity: streams.length === 1 ? 1 : 0.5,
  });
}

function quantileMarks(group: StreamGroup, factor: number) {
  const { colour, symbol } = seriesStyle(sources[group.source].style);
  const marks = marksOf(group);
  const y = ({ probability }: { probability: number }) => tail(probability);
  return [
    ruleY(marks, {
      y,
      x1: ({ low }) => low * factor,
      x2: ({ high }) => high * factor,
      stroke: colour,
      strokeWidth: 3,
      strokeOpacity: 0.5,
    }),
    dot(marks, { y, x: ({ value }) => value * factor, fill: colour, stroke: paperColour, r: 4, symbol }),
  ];
}

/** Where a part of the requests stands on the stretched axis: −log10 of the part that takes longer. */
function tail(probability: number): number {
  return -Math.log10(1 - probability);
}

/** The quantiles below the highest that n samples bound from above: (α/2)^(1/n), see `leastSamples`. */
function boundedPart({ distribution, requests }: StreamTrace, confidence: number): Curve {
  const highest = requests === 0 ? 0 : ((1 - confidence) / 2) ** (1 / requests);
  return distribution.filter(({ probability }) => probability < 1 && probability <= highest);
}

function marksOf(group: StreamGroup) {
  return [
    { probability: 0.5, estimate: overRuns(group, ({ response }) => response.p50) },
    { probability: 0.99, estimate: overRuns(group, ({ response }) => response.p99) },
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

/** A quantile over the runs: the run's own interval, or, of several, the middle run within the least and the most. */
function overRuns({ streams }: StreamGroup, read: (stream: StreamTrace) => Estimate | null): Estimate | null {
  const estimates = streams.map(read).filter((estimate) => estimate !== null);
  if (estimates.length <= 1) return estimates[0] ?? null;
  const values = estimates.map(({ value }) => value).sort((a, b) => a - b);
  return { value: values[Math.floor((values.length - 1) / 2)]!, low: values[0]!, high: values.at(-1)! };
}

function countFailed({ streams }: StreamGroup): number {
  return streams.reduce((sum, { failed }) => sum + failed, 0);
}

function describe(group: StreamGroup): string {
  const { placement, source, streams, confidence } = group;
  const failed = countFailed(group);
  const spread =
    streams.length === 1 ? `${formatPercent(confidence)} intervals` : `${streams.length} seeds, marks span all of them`;
  const notes = [
    ...(failed > 0 ? [`${failed} failed or timed out and lie beyond the right edge`] : []),
    ...(streams.some(({ saturated }) => saturated) ? ["saturated: the backlog was still growing"] : []),
  ];
  return [`${placement} ${source}: n = ${countRequests(group)} requests`, spread, ...notes].join(", ");
}
