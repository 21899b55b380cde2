import { dot, line, ruleX, text } from "@observablehq/plot";
import type { ModeProbe, ModeSearch } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatQuantity, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { logTicks } from "../logAxis.ts";
import { labelledBase } from "../logScale.ts";
import { limitColour, mutedColour, paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** A probe that gave numbers, with its place in the search. */
interface Mark {
  readonly order: number;
  readonly label: string;
  readonly watts: number;
  readonly seconds: number;
  readonly chosen: boolean;
}

/**
 * What a search measured: time of a minibatch over power, a panel per workload, numbered in the order asked, with the budget
 * as a line.
 */
export function searchProbes(search: ModeSearch): Display {
  const measured = toMarks(search);
  const failed = search.probes.filter(({ outcome }) => outcome.kind === "failed").length;
  return display({
    title: `Search by ${search.strategy}`,
    caption: [
      `${search.probes.length} measurements in ${search.modesMeasured} power modes, numbered in the order asked where there is room${failed > 0 ? `; ${failed} failed` : ""}`,
      ...syntheticNote(search.synthetic),
    ].join(". "),
    picture: panels(
      [...measured].map(([workload, marks]) => ({ name: workload, svg: drawWorkload(search, workload, marks) })),
      legend([
        { label: "measured", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "chosen", colour: seriesStyle(1).colour, mark: "star" },
        { label: "power budget", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: probesAsText(search.probes),
  });
}

function toMarks({ probes, choice }: ModeSearch): ReadonlyMap<string, readonly Mark[]> {
  const marks = new Map<string, Mark[]>();
  for (const [i, { powerMode, workload, batch, outcome }] of probes.entries()) {
    if (outcome.kind !== "measured" || workload === null) continue;
    const fitting = batch === null || choice?.batches[workload] === undefined || choice.batches[workload] === batch;
    const mark: Mark = {
      order: i + 1,
      label: batch === null ? powerMode : `${powerMode}, batch ${batch}`,
      watts: outcome.watts,
      seconds: outcome.seconds,
      chosen: choice?.powerMode === powerMode && fitting,
    };
    marks.set(workload, [...(marks.get(workload) ?? []), mark]);
  }
  return marks;
}

function budgetOf({ problem }: ModeSearch): number | undefined {
  return problem.kind === "training" ? problem.budgetWatts : problem.budget?.watts;
}

function drawWorkload(search: ModeSearch, workload: string, marks: readonly Mark[]): string {
  const unit = displayUnit("s", Math.max(...marks.map(({ seconds }) => seconds)));
  const points = marks.map((mark) => ({ ...mark, time: mark.seconds * unit.factor }));
  const place = { x: "watts", y: "time" } as const;
  const budget = budgetOf(search);
  return drawPlot(`Time and power of ${workload} in the order measured`, {
    width: 480,
    height: 340,
    marginLeft: 58,
    marginBottom: 44,
    marginTop: 28,
    inset: 12,
    x: { label: "power (W)", grid: true, ticks: 5, labelArrow: "left" },
    y: {
      label: `time of a minibatch (${unit.name})`,
      type: "log",
      base: labelledBase,
      grid: true,
      ticks: ticksOf(points),
      tickFormat: significant,
    },
    marks: [
      ruleX(budget === undefined ? [] : [budget], { stroke: limitColour, strokeDasharray: "5 3" }),
      line(points, { ...place, stroke: mutedColour, strokeOpacity: 0.35 }),
      dot(points, { ...place, r: 4, fill: seriesStyle(0).colour }),
      dot(
        points.filter(({ chosen }) => chosen),
        { ...place, r: 8, symbol: "star", fill: seriesStyle(1).colour, stroke: paperColour },
      ),
      text(legible(points), { ...place, text: (mark: Mark) => String(mark.order), dy: -9, fontSize: 10 }),
    ],
  });
}

/** Part of the plot's width and height that a number takes. */
const numberSize = { width: 0.045, height: 0.045 };

/** The marks whose numbers do not cover each other: the chosen first, then in the order asked. */
function legible<M extends Mark>(marks: readonly M[]): readonly M[] {
  const across = placeIn(marks.map(({ watts }) => watts));
  const up = placeIn(marks.map(({ seconds }) => Math.log(seconds)));
  const kept: M[] = [];
  for (const mark of [...marks.filter(({ chosen }) => chosen), ...marks]) {
    const isFree = kept.every(
      (other) =>
        Math.abs(across(mark.watts) - across(other.watts)) >= numberSize.width ||
        Math.abs(up(Math.log(mark.seconds)) - up(Math.log(other.seconds))) >= numberSize.height,
    );
    if (isFree) kept.push(mark);
  }
  return kept;
}

/** Where a value stands between the least, 0, and the highest, 1. */
function placeIn(values: readonly number[]): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return (value) => (most > least ? (value - least) / (most - least) : 0);
}

function ticksOf(points: readonly { readonly time: number }[]): number[] {
  const times = points.map(({ time }) => time);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return most > least ? logTicks([least, most]) : [least];
}

function probesAsText(probes: readonly ModeProbe[]): string {
  return textTable(
    ["why", "probe", "power mode", "workload", "batch", "time", "power"],
    probes.map(({ powerMode, workload, batch, reason, outcome }, i) => [
      reason,
      String(i + 1),
      powerMode,
      workload ?? "idle",
      batch === null ? "" : String(batch),
      outcome.kind === "measured" ? formatQuantity(outcome.seconds, "s") : "",
      outcome.kind === "failed" ? outcome.reason : formatQuantity(outcome.watts, "w"),
    ]),
  );
}
