import { dot, rectX, ruleX, ruleY } from "@observablehq/plot";
import type { Samples } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { deviceStrips, stripMargin } from "../deviceStrips.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatQuantity, formatSeconds, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** The raw samples of one measurement. */
export interface SampleRun {
  /** What was measured, e.g. `resnet18 cpu-share:0.5 batch 4, round 0`. */
  readonly name: string;
  readonly samples: Samples;
  readonly synthetic: boolean;
}

/** Most points drawn per panel. */
const mostPoints = 1500;

/** Every batch of a measurement in the order it ran, with the cut between warm-up and measuring; one panel per measurement. */
export function runSequence(runs: readonly SampleRun[]): Display {
  return display({
    title: "Run sequence",
    caption: [
      "Service time of every batch in the order it ran; left of the cut: warm-up, kept and not counted",
      ...runs.map(describe),
      ...(reports(runs)
        ? ["Below: what the device reported of itself meanwhile, the whole device whatever the partition"]
        : []),
      ...syntheticNote(runs.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      runs.map((run) => ({
        name: run.name,
        svg: `${drawRun(run)}${deviceStrips(run.name, run.samples, lastTime(run))}`,
      })),
      legend([
        { label: "warm-up", colour: mutedColour, mark: "times" },
        { label: "measured", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "median of the measured", colour: seriesStyle(0).colour, mark: "line" },
        { label: "end of warm-up", colour: limitColour, mark: "dashed" },
        ...(runs.some(({ samples }) => samples.telemetry?.memory_clock_hz.some((clock) => clock !== null))
          ? [{ label: "clock of the memory", colour: seriesStyle(1).colour, mark: "dashed" as const }]
          : []),
      ]),
    ),
    text: [latencyTable(runs), ...(reports(runs) ? [deviceTable(runs)] : [])].join("\n"),
  });
}

function reports(runs: readonly SampleRun[]): boolean {
  return runs.some(({ samples }) => samples.telemetry !== undefined);
}

function latencyTable(runs: readonly SampleRun[]): string {
  return textTable(
    ["measurement", "warm-up", "measured", "least", "median", "most"],
    runs.map(({ name, samples }) => {
      const services = measuredOf(samples).toSorted((a, b) => a - b);
      const shown = [services[0], medianOf(services), services.at(-1)];
      return [
        name,
        String(samples.warmup),
        String(services.length),
        ...shown.map((value) => (value === undefined ? "–" : formatSeconds(value))),
      ];
    }),
  );
}

/** Ranges of the device's readings over the whole run. */
function deviceTable(runs: readonly SampleRun[]): string {
  return textTable(
    ["measurement", "readings", "power", "multiprocessors' clock", "memory's clock", "temperature", "busy"],
    runs.flatMap(({ name, samples: { telemetry } }) =>
      telemetry === undefined
        ? []
        : [
            [
              name,
              String(telemetry.time_s.length),
              rangeOf(telemetry.power_w, "w"),
              rangeOf(telemetry.gpu_clock_hz, "hz"),
              rangeOf(telemetry.memory_clock_hz, "hz"),
              rangeOf(telemetry.temperature_c, "c"),
              rangeOf(telemetry.busy_fraction, "fraction"),
            ],
          ],
    ),
  );
}

function rangeOf(values: readonly (number | null)[], unit: string): string {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return "–";
  const ends = [...new Set([sorted[0]!, sorted.at(-1)!])].map((value) => formatQuantity(value, unit));
  return [...new Set(ends)].join(" to ");
}

/** End of the time axis: the start of the last batch that is drawn. */
function lastTime({ samples }: Pick<SampleRun, "samples">): number {
  const origin = samples.start_s[0] ?? 0;
  return drawnOf(samples).reduce((last, i) => Math.max(last, samples.start_s[i]! - origin), 1e-6);
}

function drawRun({ name, samples }: SampleRun): string {
  const unit = displayUnit(
    "s",
    samples.service_s.reduce((most, service) => Math.max(most, service), 0),
  );
  const origin = samples.start_s[0] ?? 0;
  const points = drawnOf(samples).map((i) => ({
    time: samples.start_s[i]! - origin,
    value: samples.service_s[i]! * unit.factor,
    isWarmup: i < samples.warmup,
  }));
  const cut = samples.start_s.slice(samples.warmup, samples.warmup + 1).map((start) => start - origin);
  const middle = medianOf(measuredOf(samples).toSorted((a, b) => a - b));
  const { colour } = seriesStyle(0);
  return drawPlot(`${name}: service time of every batch in run order`, {
    height: 240,
    marginLeft: stripMargin,
    marginBottom: 44,
    marginTop: 28,
    x: {
      label: "time since the first batch (s)",
      ticks: 5,
      domain: [0, lastTime({ samples })],
      tickFormat: significant,
    },
    y: { label: `service time (${unit.name})`, grid: true, zero: true, tickFormat: significant, ticks: 5 },
    marks: [
      rectX(cut, { x1: 0, x2: (time: number) => time, fill: mutedColour, fillOpacity: 0.1 }),
      ruleX(cut, { stroke: limitColour, strokeDasharray: "5 3" }),
      ruleY(middle === undefined ? [] : [middle * unit.factor], { stroke: colour, strokeOpacity: 0.6 }),
      dot(
        points.filter(({ isWarmup }) => isWarmup),
        { x: "time", y: "value", symbol: "times", stroke: mutedColour, r: 2 },
      ),
      dot(
        points.filter(({ isWarmup }) => !isWarmup),
        { x: "time", y: "value", fill: colour, fillOpacity: 0.6, r: 1.6 },
      ),
    ],
  });
}

/** Numbers of the batches that are drawn: all, or of every so many in a row the shortest and the longest, so that no peak is lost. */
function drawnOf({ service_s }: Samples): number[] {
  const stride = strideOf(service_s.length);
  if (stride === 1) return service_s.map((_, i) => i);
  return Array.from({ length: Math.ceil(service_s.length / stride) }, (_, bucket) => {
    const row = service_s.slice(bucket * stride, (bucket + 1) * stride);
    const shortest = row.indexOf(row.reduce((a, b) => Math.min(a, b)));
    const longest = row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    return [...new Set([shortest, longest])].map((i) => bucket * stride + i);
  }).flat();
}

function strideOf(count: number): number {
  return count <= mostPoints ? 1 : Math.ceil((2 * count) / mostPoints);
}

function describe({ name, samples }: SampleRun): string {
  const stride = strideOf(samples.service_s.length);
  const drawn = stride > 1 ? `, the shortest and the longest of every ${stride} drawn` : "";
  return `${name}: n = ${measuredOf(samples).length} after ${samples.warmup} warm-up batches${drawn}`;
}

function measuredOf({ service_s, warmup }: Samples): readonly number[] {
  return service_s.slice(warmup);
}

function medianOf(ascending: readonly number[]): number | undefined {
  return ascending[Math.floor((ascending.length - 1) / 2)];
}
