import { barX, ruleX, text } from "@observablehq/plot";
import type { ResponseTimes } from "@partitune/schema";
import { boundText } from "../boundText.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatSeconds, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { limitColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** Worst-case response times against deadlines, as parts of the deadline so that short and long ones compare; one panel per analysis. */
export function responseTimeBars(analyses: readonly ResponseTimes[]): Display {
  return display({
    title: "Worst-case response times against deadlines",
    caption: [
      "A bar is the bound of the response time over the deadline; one that passes the line may miss it, and was followed no further than that",
      ...(analyses.some(({ proof }) => proof === "simulated")
        ? ["Analyses named as simulated rest on simulation, not on a proof"]
        : []),
    ].join(". "),
    picture: panels(
      analyses.map((analysis) => ({ name: panelName(analysis), svg: drawAnalysis(analysis) })),
      legend([
        { label: "meets its deadline", colour: meetsColour, mark: "bar" },
        { label: "may miss it", colour: limitColour, mark: "bar" },
        { label: "deadline", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: textTable(
      ["task", "analysis", "response at most", "deadline", "verdict"],
      analyses.flatMap((analysis) =>
        analysis.tasks.map((task) => [
          task.task,
          analysis.analysis,
          boundText(task),
          formatSeconds(task.deadlineSeconds),
          task.verdict,
        ]),
      ),
    ),
  });
}

const meetsColour = seriesStyle(2).colour;

function panelName({ analysis, proof, schedulable }: ResponseTimes): string {
  return `${analysis}${proof === "simulated" ? " (simulated, not proved)" : ""}: ${schedulable ? "schedulable" : "not schedulable"}`;
}

function drawAnalysis({ analysis, tasks }: ResponseTimes): string {
  const rows = tasks.map((task, i) => ({
    ...task,
    row: `${i}`,
    part: task.verdict === "best-effort" || task.verdict === "unknown" ? 0 : task.reachedSeconds / task.deadlineSeconds,
  }));
  const end = rows.reduce((most, { part }) => Math.max(most, part), 1);
  return drawPlot(`${analysis}: worst-case response times over deadlines`, {
    height: 52 + 24 * rows.length,
    marginLeft: 110,
    marginRight: 76,
    marginTop: 6,
    marginBottom: 42,
    x: { domain: [0, end], label: "response over deadline (lower is better)", tickFormat: significant, ticks: 5 },
    y: {
      type: "band",
      label: null,
      tickSize: 0,
      domain: rows.map(({ row }) => row),
      tickFormat: (row: string) => fitText(tasks[Number(row)]!.task, 98, 12),
    },
    marks: [
      barX(rows, {
        y: "row",
        x1: 0,
        x2: "part",
        fill: ({ verdict }) => (verdict === "meets" ? meetsColour : limitColour),
        insetTop: 3,
        insetBottom: 3,
        title: "task",
      }),
      ruleX([0]),
      ruleX([1], { stroke: limitColour, strokeDasharray: "5 3" }),
      text(rows, { y: "row", x: "part", text: boundText, textAnchor: "start", dx: 4, fontSize: 11 }),
    ],
  });
}
