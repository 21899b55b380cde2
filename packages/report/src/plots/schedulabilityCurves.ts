import { areaY, dot, line } from "@observablehq/plot";
import type { Schedulability } from "@partitune/schema";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** How many random task sets each analysis accepts along an axis, with intervals. */
export function schedulabilityCurves({ axis, setsPerPoint, generator, curves }: Schedulability): Display {
  const label = axis.unit === "" || axis.unit === "fraction" ? axis.name : `${axis.name} (${axis.unit})`;
  const settings = Object.entries(generator).map(([name, value]) => `${inSmallWords(name)} ${value}`);
  return display({
    title: `Task sets that are schedulable, by ${axis.name}`,
    caption: [
      `Synthetic: ${setsPerPoint} random task sets a point; bands: intervals of the part that is accepted`,
      `Of the task sets, the axis apart: ${settings.join(", ")}`,
    ].join(". "),
    picture: panels(
      [{ name: "", svg: drawCurves(curves, label), width: 640 }],
      legend(
        curves.map(({ analysis }, i) => {
          const { colour, symbol } = seriesStyle(i);
          return { label: analysis, colour, mark: symbol };
        }),
      ),
    ),
    text: textTable(
      [label, ...curves.map(({ analysis }) => analysis)],
      (curves[0]?.points ?? []).map(({ x }) => [
        significant(x),
        ...curves.map(({ points }) => acceptedText(points.find((point) => point.x === x))),
      ]),
    ),
  });
}

type Point = Schedulability["curves"][number]["points"][number];

function acceptedText(point: Point | undefined): string {
  if (point === undefined) return "–";
  const { accepted, low, high } = point;
  const [value, ...ends] = [accepted, low, high].map((part) => Number((100 * part).toFixed(1)));
  return `${value} % [${ends.join(", ")}]`;
}

function drawCurves(curves: Schedulability["curves"], label: string): string {
  return drawPlot(`part of random task sets that each analysis accepts, by ${label}`, {
    width: 640,
    height: 360,
    marginLeft: 52,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 44,
    x: { label, tickFormat: significant, ticks: 8 },
    y: { label: "accepted (%)", domain: [0, 100], grid: true, ticks: 5 },
    marks: curves.flatMap(({ points }, i) => {
      const { colour, symbol } = seriesStyle(i);
      return [
        areaY(points, {
          x: "x",
          y1: ({ low }) => 100 * low,
          y2: ({ high }) => 100 * high,
          fill: colour,
          fillOpacity: 0.1,
        }),
        line(points, { x: "x", y: ({ accepted }) => 100 * accepted, stroke: colour }),
        dot(points, { x: "x", y: ({ accepted }) => 100 * accepted, fill: colour, symbol, r: 3.5 }),
      ];
    }),
  });
}

/** A setting's name in words: `tasksPerCore` as `tasks per core`. */
function inSmallWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
