import { dot, line, text } from "@observablehq/plot";
import type { FrontPoint, ParetoFront } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatQuantity, significant, unitOf } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { mutedColour, paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/**
 * A Pareto front, one panel per pair of objectives.
 *
 * Dominated points stay in grey, infeasible ones hollow, the picked one is a star. With two objectives the front is joined
 * by steps: everything on the far side of the line is dominated.
 *
 * @param picked  id of the point that was chosen, where one was
 */
export function paretoFront(front: ParetoFront, picked: string | null = null): Display {
  const [blue, orange] = [seriesStyle(0).colour, seriesStyle(1).colour];
  const { points, objectives } = front;
  const count = (keep: (point: FrontPoint) => boolean) => points.filter(keep).length;
  return display({
    title: `Pareto front: ${objectives.map(({ name }) => inWords(name)).join(", ")}`,
    caption: [
      `${points.length} alternatives: ${count(({ onFront }) => onFront)} on the front, ${count(isDominated)} dominated, ${count(isInfeasible)} infeasible`,
      ...(front.hypervolume === null || front.reference === null
        ? []
        : [
            `Hypervolume ${significant(front.hypervolume)} up to the reference point (${front.reference.map(significant).join(", ")}), in SI units`,
          ]),
      ...syntheticNote(front.synthetic),
    ].join(". "),
    picture: panels(
      pairs(objectives.length).map(([i, j]) => ({ name: "", svg: drawPair(front, i, j, picked) })),
      legend([
        { label: "on the front", colour: blue, mark: "circle" },
        { label: "dominated", colour: mutedColour, mark: "square" },
        { label: "infeasible", colour: mutedColour, mark: "diamond", hollow: true },
        ...(points.some(({ id }) => id === picked) ? [{ label: "picked", colour: orange, mark: "star" } as const] : []),
      ]),
    ),
    text: textTable(
      ["alternative", ...objectives.map(({ name }) => name), "state"],
      points
        .filter(({ onFront, id }) => onFront || id === picked)
        .map((point) => [
          point.id,
          ...point.values.map((value, i) => formatQuantity(value, unitOf(objectives[i]!.name))),
          point.id === picked ? "picked" : "front",
        ]),
    ),
  });
}

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly point: FrontPoint;
}

function drawPair(front: ParetoFront, i: number, j: number, picked: string | null): string {
  const [horizontal, vertical] = [front.objectives[i]!, front.objectives[j]!];
  const units = [unitFor(front, i), unitFor(front, j)] as const;
  const marks: Mark[] = front.points.map((point) => ({
    x: point.values[i]! * units[0].factor,
    y: point.values[j]! * units[1].factor,
    point,
  }));
  const [blue, orange] = [seriesStyle(0).colour, seriesStyle(1).colour];
  const onFront = marks.filter(({ point }) => point.onFront).sort((a, b) => a.x - b.x);
  // The step that keeps to the dominated side depends on the horizontal objective alone.
  const curve = horizontal.better === "lower" ? "step-after" : "step-before";
  return drawPlot(`Pareto front of ${inWords(horizontal.name)} and ${inWords(vertical.name)}`, {
    width: 480,
    height: 340,
    marginLeft: 58,
    marginBottom: 44,
    marginTop: 28,
    inset: 10,
    x: { ...axis(horizontal, units[0].name), labelArrow: horizontal.better === "lower" ? "left" : "right" },
    y: { ...axis(vertical, units[1].name), labelArrow: vertical.better === "lower" ? "down" : "up" },
    marks: [
      dot(
        marks.filter(({ point }) => isDominated(point)),
        { x: "x", y: "y", symbol: "square", r: 3, fill: mutedColour, fillOpacity: 0.7 },
      ),
      dot(
        marks.filter(({ point }) => isInfeasible(point)),
        { x: "x", y: "y", symbol: "diamond", r: 3.5, stroke: mutedColour, fill: paperColour },
      ),
      ...(front.objectives.length === 2
        ? [line(onFront, { x: "x", y: "y", curve, stroke: blue, strokeOpacity: 0.5 })]
        : []),
      dot(onFront, { x: "x", y: "y", r: 4, fill: blue }),
      dot(
        marks.filter(({ point }) => point.id === picked),
        { x: "x", y: "y", r: 8, symbol: "star", fill: orange, stroke: paperColour },
      ),
      text(
        marks.filter(({ point }) => point.id === picked),
        { x: "x", y: "y", text: () => "picked", dy: -14, fontWeight: 600 },
      ),
    ],
  });
}

function axis({ name, better }: ParetoFront["objectives"][number], unit: string) {
  return {
    label: `${inWords(name)} (${[unit, `${better} is better`].filter((word) => word !== "").join(", ")})`,
    grid: true,
    ticks: 5,
    tickFormat: significant,
  };
}

function unitFor(front: ParetoFront, i: number) {
  const largest = front.points.reduce((most, { values }) => Math.max(most, Math.abs(values[i]!)), 0);
  return displayUnit(unitOf(front.objectives[i]!.name), largest);
}

/** `share_fraction` as `share`: the unit stands on the axis. */
function inWords(name: string): string {
  const unit = unitOf(name);
  return (unit === "" ? name : name.slice(0, -unit.length - 1)).replaceAll("_", " ");
}

function pairs(n: number): [number, number][] {
  return Array.from({ length: n }, (_, i) => i).flatMap((i) =>
    Array.from({ length: n - i - 1 }, (_, k): [number, number] => [i, i + 1 + k]),
  );
}

function isInfeasible({ violations }: FrontPoint): boolean {
  return violations.length > 0;
}

function isDominated({ onFront, violations }: FrontPoint): boolean {
  return !onFront && violations.length === 0;
}
