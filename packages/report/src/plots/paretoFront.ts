import { dot, line, text } from "@observablehq/plot";
import type { FrontPoint, ParetoFront } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatQuantity, inWords, significant, unitOf } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { mutedColour, paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";
import { thin } from "../thin.ts";

/** Most marks of a kind that are drawn, and rows of text: of more, evenly taken ones, and the caption says so. */
const mostMarks = { front: 2000, others: 1000, rows: 100 } as const;

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
  const layers = toLayers(points, picked);
  return display({
    title: `Pareto front: ${objectives.map(({ name }) => inWords(name)).join(", ")}`,
    caption: [
      `${points.length} alternatives: ${describeLayer(layers.front, "on the front")}, ${describeLayer(layers.dominated, "dominated")}, ${describeLayer(layers.infeasible, "infeasible")}`,
      ...describeHypervolume(front),
      ...syntheticNote(front.synthetic),
    ].join(". "),
    picture: panels(
      pairs(objectives.length).map(([i, j]) => ({ name: "", svg: drawPair(front, layers, i, j) })),
      legend([
        { label: "on the front", colour: blue, mark: "circle" },
        { label: "dominated", colour: mutedColour, mark: "square" },
        { label: "infeasible", colour: mutedColour, mark: "diamond", hollow: true },
        ...(layers.picked.length > 0 ? [{ label: "picked", colour: orange, mark: "star" } as const] : []),
      ]),
    ),
    text: frontAsText(front, layers),
  });
}

/** Points of one kind, thinned to what is drawn. */
interface Layer {
  readonly total: number;
  readonly step: number;
  readonly points: readonly FrontPoint[];
}

interface Layers {
  readonly front: Layer;
  readonly dominated: Layer;
  readonly infeasible: Layer;
  readonly picked: readonly FrontPoint[];
}

function toLayers(points: readonly FrontPoint[], picked: string | null): Layers {
  const onFront = points.filter((point) => point.onFront).sort((a, b) => a.values[0]! - b.values[0]!);
  const layer = (all: readonly FrontPoint[], most: number): Layer => {
    const { kept, step } = thin(all, most);
    return { total: all.length, step, points: kept };
  };
  return {
    front: layer(onFront, mostMarks.front),
    dominated: layer(
      points.filter((point) => !point.onFront && point.violations.length === 0),
      mostMarks.others,
    ),
    infeasible: layer(
      points.filter(({ violations }) => violations.length > 0),
      mostMarks.others,
    ),
    picked: points.filter(({ id }) => id === picked),
  };
}

function describeLayer({ total, step }: Layer, kind: string): string {
  return `${total} ${kind}${step > 1 ? ` (one in ${step} drawn)` : ""}`;
}

function describeHypervolume({ hypervolume, reference }: ParetoFront): string[] {
  return hypervolume === null || reference === null
    ? []
    : [
        `Hypervolume ${significant(hypervolume)} up to the reference point (${reference.map(significant).join(", ")}), in SI units`,
      ];
}

function frontAsText({ objectives }: ParetoFront, { front, picked }: Layers): string {
  const others = front.points.filter((point) => !picked.includes(point));
  const rows = [...picked, ...others]
    .slice(0, mostMarks.rows)
    .map((point) => [
      point.id,
      ...point.values.map((value, i) => formatQuantity(value, unitOf(objectives[i]!.name))),
      picked.includes(point) ? "picked" : "front",
    ]);
  const more = front.total - rows.length;
  const table = textTable(["alternative", ...objectives.map(({ name }) => name), "state"], rows);
  return more > 0 ? `${table}\n… and ${more} more on the front` : table;
}

function drawPair(front: ParetoFront, layers: Layers, i: number, j: number): string {
  const [horizontal, vertical] = [front.objectives[i]!, front.objectives[j]!];
  const units = [unitFor(front, i), unitFor(front, j)] as const;
  const marks = (points: readonly FrontPoint[]) =>
    points.map(({ values }) => ({ x: values[i]! * units[0].factor, y: values[j]! * units[1].factor }));
  const [blue, orange] = [seriesStyle(0).colour, seriesStyle(1).colour];
  const onFront = marks(layers.front.points);
  // The step that keeps to the dominated side depends on the horizontal objective alone.
  const curve = horizontal.better === "lower" ? "step-after" : "step-before";
  const place = { x: "x", y: "y" } as const;
  return drawPlot(`Pareto front of ${inWords(horizontal.name)} and ${inWords(vertical.name)}`, {
    width: 480,
    height: 340,
    marginLeft: 58,
    marginBottom: 44,
    marginTop: 28,
    inset: 10,
    x: {
      ...axis(horizontal, units[0].name),
      ...ticksOf(front, i),
      labelArrow: horizontal.better === "lower" ? "left" : "right",
    },
    y: {
      ...axis(vertical, units[1].name),
      ...ticksOf(front, j),
      labelArrow: vertical.better === "lower" ? "down" : "up",
    },
    marks: [
      dot(marks(layers.dominated.points), { ...place, symbol: "square", r: 3, fill: mutedColour, fillOpacity: 0.7 }),
      dot(marks(layers.infeasible.points), {
        ...place,
        symbol: "diamond",
        r: 3.5,
        stroke: mutedColour,
        fill: paperColour,
      }),
      line(front.objectives.length === 2 ? onFront : [], { ...place, curve, stroke: blue, strokeOpacity: 0.5 }),
      dot(onFront, { ...place, r: 4, fill: blue }),
      dot(marks(layers.picked), { ...place, r: 8, symbol: "star", fill: orange, stroke: paperColour }),
      text(marks(layers.picked), { ...place, text: () => "picked", dy: -14, fontWeight: 600 }),
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

/** Numbers of things have no ticks between them. */
function ticksOf({ points, objectives }: ParetoFront, k: number): { readonly ticks?: readonly number[] } {
  const values = points.map(({ values: own }) => own[k]!);
  if (unitOf(objectives[k]!.name) !== "" || values.length === 0 || !values.every(Number.isInteger)) return {};
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const step = Math.max(1, Math.ceil((most - least) / 6));
  return { ticks: Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, i) => least + i * step) };
}

function unitFor(front: ParetoFront, i: number) {
  const largest = front.points.reduce((most, { values }) => Math.max(most, Math.abs(values[i]!)), 0);
  return displayUnit(unitOf(front.objectives[i]!.name), largest);
}

function pairs(n: number): [number, number][] {
  return Array.from({ length: n }, (_, i) => i).flatMap((i) =>
    Array.from({ length: n - i - 1 }, (_, k): [number, number] => [i, i + 1 + k]),
  );
}
