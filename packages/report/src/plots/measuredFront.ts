import { dot, line, ruleX, text } from "@observablehq/plot";
import type { ModeChoice, ModeSearch } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { formatQuantity, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { limitColour, mutedColour, paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** What a search found for every power: the measured choices that no other beats in value and power. */
export function measuredFront(search: ModeSearch): Display {
  const { objective, front } = search;
  return display({
    title: `${objective.name} against power, as measured`,
    caption: [
      `${front.length} choices of ${search.modesMeasured} measured modes that no other beats in both; ${objective.better} is better`,
      ...syntheticNote(search.synthetic),
    ].join(". "),
    picture: panels(
      [{ name: "", svg: drawFront(search) }],
      legend([
        { label: "measured front", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "chosen", colour: seriesStyle(1).colour, mark: "star" },
        { label: "default mode", colour: mutedColour, mark: "square" },
        { label: "power budget", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: textTable(
      ["power mode", objective.name, "power"],
      front.map((choice) => [
        nameOf(choice),
        `${significant(choice.value)} ${objective.unit}`,
        formatQuantity(choice.watts, "w"),
      ]),
    ),
  });
}

function nameOf({ powerMode, batches }: ModeChoice): string {
  return [powerMode, ...Object.entries(batches).map(([workload, batch]) => `${workload} batch ${batch}`)].join(", ");
}

function drawFront({ objective, front, choice, baseline, problem }: ModeSearch): string {
  const place = { x: "watts", y: "value" } as const;
  const budget = problem.kind === "training" ? problem.budgetWatts : problem.budget?.watts;
  const points = front.toSorted((a, b) => a.watts - b.watts);
  const marked = [...(choice === null ? [] : [choice])];
  return drawPlot(`${objective.name} against power`, {
    width: 480,
    height: 340,
    marginLeft: 64,
    marginBottom: 44,
    marginTop: 28,
    inset: 12,
    x: { label: "power (W, lower is better)", grid: true, ticks: 5, labelArrow: "left" },
    y: {
      label: `${objective.name} (${objective.unit}, ${objective.better} is better)`,
      grid: true,
      ticks: 5,
      tickFormat: significant,
      labelArrow: objective.better === "lower" ? "down" : "up",
    },
    marks: [
      ruleX(budget === undefined ? [] : [budget], { stroke: limitColour, strokeDasharray: "5 3" }),
      line(points, { ...place, curve: "step-after", stroke: seriesStyle(0).colour, strokeOpacity: 0.5 }),
      dot(points, { ...place, r: 4, fill: seriesStyle(0).colour }),
      dot(baseline === null ? [] : [baseline], { ...place, r: 6, symbol: "square", fill: mutedColour }),
      dot(marked, { ...place, r: 8, symbol: "star", fill: seriesStyle(1).colour, stroke: paperColour }),
      text(marked, { ...place, text: () => "chosen", dy: -14, fontWeight: 600 }),
    ],
  });
}
