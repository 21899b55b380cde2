import { areaY, barX, lineY, type Markish, ruleX, text } from "@observablehq/plot";
import type { Samples, Telemetry } from "@partitune/schema";
import { drawPlot } from "./drawPlot.ts";
import { type DisplayUnit, displayUnit, significant } from "./formatQuantity.ts";
import { limitColour, paperColour, seriesStyle } from "./palette.ts";

/** Left margin that latencies and strips share, so that their times stand above each other, px. */
export const stripMargin = 52;

/** One quantity over time. */
interface Line {
  readonly label: string;
  readonly unit: string;
  readonly values: readonly (number | null)[];
  readonly isDashed?: boolean;
}

/** Quantities that share an axis. */
interface Strip {
  readonly label: string;
  readonly lines: readonly Line[];
  /** Whether the axis begins at 0; a temperature's does not. */
  readonly isFromZero: boolean;
}

/** Longer readings are drawn by the extremes of stretches. */
const mostPoints = 700;
const stripHeight = 96;

/**
 * What the device reported during a measurement, a strip below the other for power, clocks, temperature, use and the reasons for lower clocks, over the time
 * since the first batch.
 *
 * @param name  what was measured, for those who cannot see it
 * @param end  end of the time axis, s
 * @returns SVG elements as text; empty when the device reported nothing
 */
export function deviceStrips(name: string, samples: Samples, end: number): string {
  const { telemetry } = samples;
  if (telemetry === undefined) return "";
  const cut = samples.start_s[samples.warmup];
  const told = stripsOf(telemetry).filter(({ lines }) =>
    lines.some(({ values }) => values.some((value) => value !== null)),
  );
  const frame = { end, cut: cut === undefined ? [] : [cut] };
  return [
    ...told.map((strip) => drawStrip(name, strip, telemetry, frame)),
    ...drawReasons(name, telemetry, frame),
  ].join("");
}

interface Frame {
  readonly end: number;
  readonly cut: readonly number[];
}

function stripsOf(telemetry: Telemetry): readonly Strip[] {
  const line = (label: string, unit: string, values: readonly (number | null)[], isDashed = false): Line => ({
    label,
    unit,
    values,
    isDashed,
  });
  return [
    { label: "power", isFromZero: true, lines: [line("power", "w", telemetry.power_w)] },
    {
      label: "clocks",
      isFromZero: true,
      lines: [
        line("multiprocessors' clock", "hz", telemetry.gpu_clock_hz),
        line("memory's clock", "hz", telemetry.memory_clock_hz, true),
      ],
    },
    { label: "temperature", isFromZero: false, lines: [line("temperature", "c", telemetry.temperature_c)] },
    { label: "busy", isFromZero: true, lines: [line("busy", "fraction", telemetry.busy_fraction)] },
  ];
}

function drawStrip(name: string, strip: Strip, { time_s }: Telemetry, frame: Frame): string {
  const { lines, isFromZero, label } = strip;
  const values = lines.flatMap((line) => line.values).filter((value) => value !== null);
  const unit = displayUnit(lines[0]!.unit, largest(values));
  return drawPlot(`${name}: ${label} of the device over time`, {
    height: stripHeight,
    marginLeft: stripMargin,
    marginBottom: 20,
    marginTop: 24,
    x: { label: null, ticks: 5, domain: [0, frame.end], tickFormat: significant },
    y: {
      label: `${label} (${unit.name})`,
      grid: true,
      zero: isFromZero,
      nice: true,
      ticks: 3,
      tickFormat: significant,
    },
    marks: [...cutMarks(frame), ...lines.flatMap((line, i) => lineMarks(line, i, time_s, unit, frame, isFromZero))],
  });
}

function lineMarks(
  line: Line,
  i: number,
  times: readonly number[],
  unit: DisplayUnit,
  { end }: Frame,
  isFromZero: boolean,
): Markish[] {
  const { colour } = seriesStyle(i);
  const shown = extremes(times.map((time, at) => ({ time, value: line.values[at] ?? null }))).filter(
    ({ time }) => time >= 0 && time <= end,
  );
  const points = shown.map(({ time, value }) => ({ time, value: value === null ? Number.NaN : value * unit.factor }));
  const shade =
    isFromZero && i === 0 ? [areaY(points, { x: "time", y: "value", fill: colour, fillOpacity: 0.12 })] : [];
  return [
    ...shade,
    lineY(points, {
      x: "time",
      y: "value",
      stroke: colour,
      strokeWidth: 1.4,
      ...(line.isDashed === true ? { strokeDasharray: "5 3" } : {}),
    }),
  ];
}

function cutMarks({ cut }: Frame): Markish[] {
  return [ruleX(cut, { stroke: limitColour, strokeDasharray: "5 3" })];
}

/** A bar for each stretch of time in which a reason held, a row for each reason. */
function drawReasons(name: string, telemetry: Telemetry, frame: Frame): string[] {
  const stretches = stretchesOf(telemetry).filter(({ from }) => from < frame.end);
  const reasons = [...new Set(stretches.map(({ reason }) => reason))].sort();
  if (reasons.length === 0) return [];
  const bars = stretches.map(({ reason, from, to }) => ({
    reason,
    from: Math.max(0, from),
    to: Math.min(frame.end, to),
  }));
  return [
    drawPlot(`${name}: reasons for lower clocks over time`, {
      height: 46 + 18 * reasons.length,
      marginLeft: stripMargin,
      marginBottom: 20,
      marginTop: 24,
      x: { label: null, ticks: 5, domain: [0, frame.end], tickFormat: significant },
      y: { domain: reasons, axis: null, padding: 0.3 },
      marks: [
        ...cutMarks(frame),
        barX(bars, { x1: "from", x2: "to", y: "reason", fill: seriesStyle(1).colour, fillOpacity: 0.35 }),
        text(["clocks lowered for"], { frameAnchor: "top-left", dx: 4 - stripMargin, dy: -18 }),
        text(reasons, {
          ...{ x: 0, y: (reason: string) => reason, text: (reason: string) => reason, textAnchor: "start", dx: 4 },
          ...{ stroke: paperColour, strokeWidth: 4, fill: "currentColor" },
        }),
      ],
    }),
  ];
}

interface Stretch {
  readonly reason: string;
  readonly from: number;
  readonly to: number;
}

/** Readings in a row that name a reason are one stretch; the last holds as long as the one before it. */
function stretchesOf({ time_s, clock_reasons }: Telemetry): readonly Stretch[] {
  const open = new Map<string, number>();
  const stretches: Stretch[] = [];
  const step = time_s.length < 2 ? 0 : time_s.at(-1)! - time_s.at(-2)!;
  for (const [i, time] of [...time_s, (time_s.at(-1) ?? 0) + step].entries()) {
    const held = i < time_s.length ? (clock_reasons[i] ?? "").split("+").filter((reason) => reason !== "") : [];
    for (const [reason, from] of [...open]) {
      if (held.includes(reason)) continue;
      stretches.push({ reason, from, to: time });
      open.delete(reason);
    }
    for (const reason of held) if (!open.has(reason)) open.set(reason, time);
  }
  return stretches;
}

interface Point {
  readonly time: number;
  readonly value: number | null;
}

/** All points, or of every so many in a row the lowest and the highest in their order, and a gap where there is one. */
function extremes(points: readonly Point[]): readonly Point[] {
  const stride = Math.ceil((2 * points.length) / mostPoints);
  if (points.length <= mostPoints) return points;
  return Array.from({ length: Math.ceil(points.length / stride) }, (_, bucket) => {
    const row = points.slice(bucket * stride, (bucket + 1) * stride);
    const known = row.filter((point) => point.value !== null);
    if (known.length === 0) return row.slice(0, 1);
    const lowest = known.reduce((a, b) => (b.value! < a.value! ? b : a));
    const highest = known.reduce((a, b) => (b.value! > a.value! ? b : a));
    return row.filter((point) => point === lowest || point === highest);
  }).flat();
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
