import { rectY, ruleX } from "@observablehq/plot";
import type { KernelTrace } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { formatNanoseconds } from "../formatNanoseconds.ts";
import { displayUnit, formatPercent, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { labelledBase } from "../logScale.ts";
import { limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { sumOf } from "../sumOf.ts";
import { textTable } from "../textTable.ts";

/** Whether a gap can be filled. */
const classes = ["fillable", "short", "waiting"] as const;
type GapClass = (typeof classes)[number];
const classWords: Readonly<Record<GapClass, string>> = {
  fillable: "nothing launched, worth filling",
  short: "nothing launched, too short",
  waiting: "launched, but waiting",
};
const classStyles: Readonly<Record<GapClass, { readonly colour: string; readonly opacity: number }>> = {
  fillable: { colour: seriesStyle(2).colour, opacity: 1 },
  short: { colour: seriesStyle(2).colour, opacity: 0.3 },
  waiting: { colour: mutedColour, opacity: 0.5 },
};

/** Bins of a factor of ten. */
const perDecade = 4;

/**
 * How long the gaps between kernels are, and how much idle time gaps of each length hold: many short gaps may hold less than a few long ones.
 *
 * @param minGap  gaps at least as long are worth filling, ns
 */
export function kernelGaps(trace: KernelTrace, minGap = 25_000): Display {
  const bins = binGaps(trace, minGap);
  const total = sumOf(bins.map(({ time }) => time));
  const fillable = sumOf(bins.filter(({ of }) => of === "fillable").map(({ time }) => time));
  return display({
    title: `Gaps of ${trace.task} by their length`,
    caption: [
      `Means over ${trace.steps.length} steps; gaps within steps only. Of ${formatNanoseconds(total)} idle time in a step, gaps of ${formatNanoseconds(minGap)} and more with nothing launched hold ${formatNanoseconds(fillable)}${total > 0 ? ` (${formatPercent(fillable / total)})` : ""}`,
      ...(trace.gapsKnown ? [] : ["The format has execution times only: gaps are not known"]),
      ...syntheticNote(trace.synthetic),
    ].join(". "),
    picture: panels(
      [
        { name: "idle time in a step", svg: drawBins(bins, minGap, "time") },
        { name: "gaps in a step", svg: drawBins(bins, minGap, "count") },
      ],
      legend([
        ...classes.map((of) => ({
          label: classWords[of],
          colour: classStyles[of].colour,
          mark: "bar" as const,
          hollow: classStyles[of].opacity < 1,
        })),
        { label: `worth filling from ${formatNanoseconds(minGap)} on`, colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: textTable(
      ["gap", "why", "in a step", "idle time in a step"],
      bins.map(({ from, to, of, count, time }) => [
        `${formatNanoseconds(from)} to ${formatNanoseconds(to)}`,
        classWords[of],
        significant(count),
        formatNanoseconds(time),
      ]),
    ),
  });
}

interface Bin {
  /** ns */
  readonly from: number;
  readonly to: number;
  readonly of: GapClass;
  /** In a step, mean. */
  readonly count: number;
  /** In a step, mean, ns. */
  readonly time: number;
}

/** Bins that hold something, by length and then by class. */
function binGaps({ steps }: KernelTrace, minGap: number): readonly Bin[] {
  const bins = new Map<string, Bin>();
  for (const { idles, idleKinds } of steps)
    for (const [row, idle] of idles.entries()) {
      if (idle === 0) continue;
      const of = idleKinds[row] === 2 ? "waiting" : idle >= minGap ? "fillable" : "short";
      const bin = binOf(idle);
      const old = bins.get(`${bin}/${of}`);
      bins.set(`${bin}/${of}`, {
        from: 10 ** (bin / perDecade),
        to: 10 ** ((bin + 1) / perDecade),
        of,
        count: (old?.count ?? 0) + 1 / steps.length,
        time: (old?.time ?? 0) + idle / steps.length,
      });
    }
  return [...bins.values()].sort((a, b) => a.from - b.from || classes.indexOf(a.of) - classes.indexOf(b.of));
}

function binOf(idle: number): number {
  return Math.floor(perDecade * Math.log10(idle) + 1e-9);
}

function drawBins(bins: readonly Bin[], minGap: number, measure: "time" | "count"): string {
  const largest = [...Map.groupBy(bins, ({ from }) => from).values()].map((own) =>
    sumOf(own.map((bin) => bin[measure])),
  );
  const most = largest.reduce((a, b) => Math.max(a, b), 0);
  const unit = measure === "time" ? displayUnit("s", most * 1e-9) : { factor: 1e9, name: "" };
  const factor = unit.factor * 1e-9;
  const ends = bins.flatMap(({ from, to }) => [from, to]);
  const domain = [Math.min(minGap, ...ends) / 1e3, Math.max(minGap, ...ends) / 1e3] as const;
  const stacked = stack(bins, measure);
  return drawPlot(measure === "time" ? "idle time that gaps hold, by their length" : "gaps by their length", {
    height: 240,
    marginLeft: 52,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 44,
    x: {
      type: "log",
      base: labelledBase,
      domain: [...domain],
      ticks: decades(domain),
      tickFormat: significant,
      label: "length of the gap (µs)",
    },
    y: {
      label: measure === "time" ? `idle time (${unit.name})` : "gaps",
      grid: true,
      ticks: 5,
      tickFormat: significant,
    },
    marks: [
      ...classes.map((of) =>
        rectY(
          stacked.filter((bin) => bin.of === of),
          {
            x1: ({ from }) => from / 1e3,
            x2: ({ to }) => to / 1e3,
            y1: ({ low }) => low * factor,
            y2: ({ high }) => high * factor,
            fill: classStyles[of].colour,
            fillOpacity: classStyles[of].opacity,
            insetLeft: 0.5,
            insetRight: 0.5,
          },
        ),
      ),
      ruleX([minGap / 1e3], { stroke: limitColour, strokeDasharray: "5 3" }),
    ],
  });
}

/** Classes stand on each other. */
function stack(bins: readonly Bin[], measure: "time" | "count") {
  const reached = new Map<number, number>();
  return bins.map((bin) => {
    const low = reached.get(bin.from) ?? 0;
    reached.set(bin.from, low + bin[measure]);
    return { ...bin, low, high: low + bin[measure] };
  });
}

function decades([least, most]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(least) - 1e-9);
  const last = Math.floor(Math.log10(most) + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
}
