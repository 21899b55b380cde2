import { dot, ruleX, tickX } from "@observablehq/plot";
import type { FleetReport, FleetTrace, PlanPromise } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { counted } from "../counted.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatAttainment } from "../formatAttainment.ts";
import { formatPercent } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** Parts of late requests below this are drawn at it: a logarithmic axis has no zero. */
const leastDrawn = 1e-5;
const mostServices = 40;

/** What became of the requests of one service in all runs. */
interface Row {
  readonly service: string;
  readonly requests: number;
  /** Part of the requests that were late, run by run. */
  readonly late: readonly number[];
  readonly mean: number;
  /** The part that may be late; null where nothing is promised. */
  readonly allowed: number | null;
}

/**
 * The part of requests that kept their deadline, per service: every run and the mean of all, against what was promised; the services nearest to
 * breaking their promise, or beyond, first.
 */
export function deadlineAttainment(traces: readonly FleetTrace[], checks: FleetReport["checks"] = []): Display {
  const rows = toRows(
    traces,
    checks.map(({ promise }) => promise),
  );
  const drawn = rows.slice(0, mostServices);
  const runs = Math.max(0, ...rows.map(({ late }) => late.length));
  const short = rows.filter(isShort).length;
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  return display({
    title: "Requests that kept their deadline",
    caption: [
      `${requests} requests of ${counted(rows.length, "service")} in ${counted(runs, "simulated run")} each; ${short === 0 ? "none falls" : short === 1 ? "1 falls" : `${short} fall`} short of the promise in the mean`,
      ...(drawn.length < rows.length
        ? [`The ${drawn.length} services nearest to their promise, or beyond, are drawn`]
        : []),
      `The scale is logarithmic in the late requests; parts below ${formatPercent(leastDrawn)} are drawn there`,
      ...syntheticNote(traces.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      [{ name: "", svg: drawRows(drawn) }],
      legend([
        { label: "mean of all runs", colour: seriesStyle(0).colour, mark: "circle" },
        { label: "mean that falls short", colour: limitColour, mark: "times" },
        { label: "one run", colour: mutedColour, mark: "circle", hollow: true },
        { label: "promised", colour: limitColour, mark: "line" },
      ]),
    ),
    text: textTable(
      ["service", "requests", "in time", "worst run", "promised"],
      drawn.map(({ service, requests, mean, late, allowed }) => [
        service,
        String(requests),
        formatAttainment(1 - mean),
        formatAttainment(1 - Math.max(...late)),
        allowed === null ? "–" : formatAttainment(1 - allowed),
      ]),
    ),
  });
}

function toRows(traces: readonly FleetTrace[], promises: readonly PlanPromise[]): Row[] {
  const allowed = new Map(
    promises.flatMap(({ subject, metric, percentile }) =>
      metric === "response_s" && percentile !== null ? [[subject, 1 - percentile] as const] : [],
    ),
  );
  const streams = Map.groupBy(
    traces.flatMap(({ services }) => services).filter(({ requests }) => requests > 0),
    ({ service }) => service,
  );
  return [...streams]
    .map(([service, runs]): Row => {
      const late = runs.map(({ attainment }) => 1 - attainment);
      const requests = runs.reduce((sum, run) => sum + run.requests, 0);
      const mean = runs.reduce((sum, run) => sum + (1 - run.attainment) * run.requests, 0) / requests;
      return { service, requests, late, mean, allowed: allowed.get(service) ?? null };
    })
    .sort((a, b) => b.mean / (b.allowed ?? 1) - a.mean / (a.allowed ?? 1));
}

function isShort({ mean, allowed }: Row): boolean {
  return allowed !== null && mean > allowed;
}

const labelWidth = 170;

function drawRows(rows: readonly Row[]): string {
  const at = (value: number) => Math.max(leastDrawn, value);
  const marks = rows.map((row, i) => ({ row: String(i), at: at(row.mean), short: isShort(row), name: row.service }));
  const runs = rows.flatMap(({ late }, i) => late.map((value) => ({ row: String(i), at: at(value) })));
  const promised = rows.flatMap(({ allowed }, i) => (allowed === null ? [] : [{ row: String(i), at: at(allowed) }]));
  const ticks = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5];
  const place = { x: "at", y: "row" } as const;
  return drawPlot(`Requests that kept their deadline, ${rows.length} services`, {
    width: 572,
    height: 62 + 20 * Math.max(1, rows.length),
    marginLeft: labelWidth,
    marginRight: 30,
    marginBottom: 40,
    marginTop: 8,
    x: {
      type: "log",
      domain: [1, leastDrawn],
      label: "requests in time (higher is better)",
      labelAnchor: "right",
      labelArrow: "right",
      ticks,
      tickFormat: (late: number) => `${late === leastDrawn ? "≥ " : ""}${Number((100 * (1 - late)).toFixed(3))} %`,
      grid: true,
    },
    y: {
      label: null,
      type: "band",
      domain: rows.map((_, i) => String(i)),
      tickSize: 0,
      tickFormat: (i: string) => fitText(rows[Number(i)]!.service, labelWidth - 14, 12),
    },
    marks: [
      ruleX(rows.length === 0 ? [] : [leastDrawn], { stroke: mutedColour, strokeOpacity: 0.4 }),
      tickX(promised, { ...place, stroke: limitColour, strokeWidth: 2, inset: 2 }),
      dot(runs, { ...place, r: 3, stroke: mutedColour, strokeOpacity: 0.8 }),
      dot(
        marks.filter(({ short }) => !short),
        { ...place, r: 4.5, fill: seriesStyle(0).colour, title: "name" },
      ),
      dot(
        marks.filter(({ short }) => short),
        { ...place, r: 5, symbol: "times", stroke: limitColour, strokeWidth: 2.5, title: "name" },
      ),
    ],
  });
}
