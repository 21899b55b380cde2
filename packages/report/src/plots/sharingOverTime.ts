import { areaY, line, ruleX, ruleY, text } from "@observablehq/plot";
import type { SharingComparison, SharingLane } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText, textWidth } from "../fitText.ts";
import { type DisplayUnit, displayUnit, formatSeconds, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { logAxis } from "../logAxis.ts";
import { logScale } from "../logScale.ts";
import { colourCount, limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { sharingRows } from "../sharingRows.ts";
import { textTable } from "../textTable.ts";

/** Latencies further apart than this are drawn on a logarithmic axis: on a linear one the fast services would lie on the ground line. */
const linearUpTo = 25;
const mostPoints = 400;

/** One interval of one service; without latencies where no request came, so that lines break there. */
interface Point {
  readonly seconds: number;
  readonly service: string;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Latency over time under several ways of sharing, one panel each on the same scale: per service the median of every interval as a line, and a band
 * up to its 99th percentile. Vertical lines are where a service begins.
 */
export function sharingOverTime(comparison: SharingComparison): Display {
  const { services, lanes, source, durationSeconds, intervalSeconds, synthetic } = comparison;
  const drawn = services.slice(0, colourCount).map(({ service }) => service);
  const styles = new Map(drawn.map((service, i) => [service, seriesStyle(i).colour]));
  const stride = Math.max(1, Math.ceil(durationSeconds / intervalSeconds / mostPoints));
  const points = lanes.map((lane) => pointsOf(lane, drawn, intervalSeconds, stride));
  const scale = scaleOf(
    points.flat(),
    services.map(({ deadlineSeconds }) => deadlineSeconds),
  );
  return display({
    title: "Latency over time, by way of sharing",
    caption: [
      `${source === "simulated" ? "Simulated" : "Measured"}, ${formatSeconds(durationSeconds)} in intervals of ${significant(intervalSeconds)} s: lines are medians, bands reach up to the 99th percentile of each interval`,
      `All panels have the same ${scale.isLog ? "logarithmic" : "linear"} scale. Dashed: a service begins`,
      ...(stride > 1 ? [`Of every ${stride} intervals the one with the highest p99 is drawn`] : []),
      ...(drawn.length < services.length ? [`The first ${drawn.length} of ${services.length} services are drawn`] : []),
      ...syntheticNote(synthetic),
    ].join(". "),
    picture: panels(
      lanes.map((lane, i) => ({
        name: fitText(`${lane.title} (${lane.name})`, width, 16),
        width,
        svg: drawLane(lane, points[i]!, comparison, scale, styles),
      })),
      legend([
        ...drawn.map((service) => ({ label: service, colour: styles.get(service)!, mark: "line" as const })),
        { label: "median", colour: mutedColour, mark: "line" },
        { label: "up to the p99", colour: mutedColour, mark: "bar", hollow: true },
        ...(scale.deadlines.length > 0 ? [{ label: "deadline", colour: limitColour, mark: "dotted" } as const] : []),
      ]),
    ),
    text: asText(comparison),
  });
}

interface Scale {
  readonly unit: DisplayUnit;
  readonly isLog: boolean;
  /** The deadlines that are drawn, s. */
  readonly deadlines: readonly number[];
  /** Ends of the axis, s. */
  readonly domain: readonly [number, number];
}

/** One scale for all panels. Deadlines far beyond what happened are not drawn: they would squeeze the latencies together. */
function scaleOf(points: readonly Point[], allDeadlines: readonly number[]): Scale {
  const values = points.flatMap(({ p50, p99 }) => [p50, p99]).filter((value) => value > 0);
  const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  const isLog = values.length > 0 && most / least > linearUpTo;
  const deadlines = [...new Set(allDeadlines)].filter((deadline) => deadline <= most * (isLog ? 3 : 1.3));
  const top = Math.max(most, ...deadlines);
  const { domain } = logAxis([least, top], [0, 1]);
  return {
    unit: displayUnit("s", values.length === 0 ? 1 : most),
    isLog,
    deadlines,
    domain: isLog ? domain : [0, values.length === 0 ? 1 : 1.08 * top],
  };
}

function axisOf({ unit: { factor, name }, isLog, domain: [low, high] }: Scale) {
  const domain = [low * factor, high * factor] as const;
  const label = `response time (${name}${isLog ? ", log" : ""})`;
  return isLog
    ? { ...logScale({ domain }), label, grid: true }
    : { domain: [...domain], label, grid: true, ticks: 5, tickFormat: significant };
}

/** Points in the order of time, with an empty one wherever intervals are left out. */
function pointsOf(lane: SharingLane, drawn: readonly string[], interval: number, stride: number): Point[] {
  return lane.streams
    .filter(({ service }) => drawn.includes(service))
    .flatMap(({ service, timeline }) => {
      const kept = Array.from({ length: Math.ceil(timeline.length / stride) }, (_, i) =>
        timeline.slice(i * stride, (i + 1) * stride).reduce((a, b) => (b.p99 > a.p99 ? b : a)),
      );
      return kept.flatMap(({ seconds, p50, p99 }, i): Point[] => {
        const gap = i > 0 && seconds - kept[i - 1]!.seconds > (2 * stride - 0.5) * interval;
        const hole = { seconds: seconds - interval, service, p50: Number.NaN, p99: Number.NaN };
        const point = { seconds: seconds + interval / 2, service, p50, p99 };
        return gap ? [hole, point] : [point];
      });
    });
}

const width = 572;

function drawLane(
  { name, title }: SharingLane,
  points: readonly Point[],
  comparison: SharingComparison,
  scale: Scale,
  styles: ReadonlyMap<string, string>,
): string {
  const { factor } = scale.unit;
  const rows = points.map((point) => ({
    ...point,
    p50: point.p50 * factor,
    p99: point.p99 * factor,
  }));
  const colour = ({ service }: Point) => styles.get(service)!;
  const deadlines = scale.deadlines.map((deadline) => deadline * factor);
  const starts = startsOf(comparison);
  return drawPlot(`${name}, ${title}: response times over ${formatSeconds(comparison.durationSeconds)}`, {
    width,
    height: 260 + labelHeight * Math.max(1, ...starts.map(({ row }) => row + 1)),
    marginLeft: 54,
    marginTop: 28 + labelHeight * Math.max(1, ...starts.map(({ row }) => row + 1)),
    marginBottom: 40,
    x: { domain: [0, comparison.durationSeconds], label: "time (s)", tickFormat: significant, ticks: 6 },
    y: axisOf(scale),
    marks: [
      areaY(rows, { x: "seconds", y1: "p50", y2: "p99", z: "service", fill: colour, fillOpacity: 0.14 }),
      line(rows, { x: "seconds", y: "p99", z: "service", stroke: colour, strokeWidth: 1 }),
      line(rows, { x: "seconds", y: "p50", z: "service", stroke: colour, strokeWidth: 2 }),
      ruleY(deadlines, { stroke: limitColour, strokeDasharray: "1.5 3" }),
      ruleX(starts, { x: "seconds", stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "4 3" }),
      ...starts.map(({ seconds, label, row }) =>
        text([label], {
          x: () => seconds,
          frameAnchor: "top",
          text: (words: string) => words,
          textAnchor: "start",
          dx: 3,
          dy: -8 - labelHeight * row,
          fontSize: 11,
        }),
      ),
    ],
  });
}

/** Where services begin, with their names in as many rows as keep them apart. */
function startsOf({ services, durationSeconds }: SharingComparison) {
  const groups = [...Map.groupBy(services, ({ startSeconds }) => startSeconds)].sort(([a], [b]) => a - b);
  const pixelsPerSecond = (width - 74) / durationSeconds;
  const ends: number[] = [];
  return groups.map(([seconds, own]) => {
    const x = seconds * pixelsPerSecond;
    const room = Math.min(mostLabelWidth, width - 80 - x);
    const label = fitText(`+ ${own.map(({ service }) => service).join(", ")}`, room, 11);
    const free = ends.findIndex((end) => end < x);
    const row = free === -1 ? Math.min(ends.length, mostLabelRows - 1) : free;
    ends[row] = x + textWidth(label, 11) + 8;
    return { seconds, label, row };
  });
}

const labelHeight = 13;
const mostLabelWidth = 200;
const mostLabelRows = 12;

function asText(comparison: SharingComparison): string {
  return textTable(
    ["phase", "service", "sharing", "requests", "p50", "p99", "deviation", "in time"],
    sharingRows(comparison).map((row) => [
      row.phase,
      row.service,
      row.lane,
      row.requests,
      row.p50,
      row.p99,
      row.deviation,
      row.attainment,
    ]),
  );
}
