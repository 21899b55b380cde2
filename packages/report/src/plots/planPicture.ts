import { rect, ruleX, text } from "@observablehq/plot";
import type { Plan, Report } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { formatPromise } from "../formatPromise.ts";
import { formatPercent, formatQuantity, unitOf } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { type PlacementLoad, placementLoads } from "../placementLoad.ts";
import { runningSums } from "../runningSums.ts";
import { verdictWords } from "../verdictWords.ts";

/**
 * A plan as the device cut into its partitions: every placement is a row, its bar the share it reserves, the filled part
 * what its demand keeps busy. The last row is what nobody reserves.
 *
 * @param report  where given, every promise shows whether it was kept
 */
export function planPicture(plan: Plan, report: Report | null = null): Display {
  const rows = toRows(plan, report);
  const idle = rows.at(-1)!;
  return display({
    title: "The plan",
    caption: [
      `${plan.device.name} in power mode ${plan.powerMode}: ${plan.placements.length} placements reserve ${formatPercent(idle.from)} of ${plan.device.cores} cores`,
      "Pale: reserved; full: busy with the demanded rate, by the planned service times",
      ...syntheticNote(plan.synthetic),
    ].join(". "),
    picture: panels(
      [{ name: "", svg: drawRows(plan, rows) }],
      legend([
        { label: "busy with the demand", colour: seriesStyle(0).colour, mark: "bar" },
        { label: "reserved", colour: seriesStyle(0).colour, mark: "bar", hollow: true },
        { label: "not reserved", colour: mutedColour, mark: "bar", hollow: true },
      ]),
    ),
    text: rows.map(rowAsText).join("\n"),
  });
}

function rowAsText({ name, details, promises }: Row): string {
  return [`${name}: ${details}`, ...promises.map((promise) => `  ${promise}`)].join("\n");
}

interface Row {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly busyTo: number;
  readonly details: string;
  readonly promises: readonly string[];
  readonly colour: string;
}

function toRows(plan: Plan, report: Report | null): Row[] {
  const loads = placementLoads(plan);
  const starts = runningSums(loads.map(({ share }) => share));
  const rows = loads.map((load, i): Row => {
    const from = starts[i]!;
    return {
      name: load.placement.id,
      from,
      to: from + load.share,
      busyTo: from + load.share * Math.min(1, load.utilisation ?? 0),
      details: describe(load),
      promises: promisesOf(plan, report, load.placement.config.workload),
      colour: seriesStyle(i).colour,
    };
  });
  const end = starts.at(-1)!;
  const rest = Math.max(0, 1 - end);
  const details = end > 1 + 1e-9 ? "the placements reserve more than the device has" : "not reserved";
  return [
    ...rows,
    {
      name: `idle rest: ${formatPercent(rest < 1e-9 ? 0 : rest)}`,
      from: end,
      to: end + rest,
      busyTo: end,
      details,
      promises: promisesOf(plan, report, plan.device.name),
      colour: mutedColour,
    },
  ];
}

function describe({ placement, share, utilisation }: PlacementLoad): string {
  const { config, threads } = placement;
  return [
    config.workload === placement.id ? "" : config.workload,
    `${formatPercent(share)} of the device`,
    `${threads} ${threads === 1 ? "thread" : "threads"}`,
    `batch ≤ ${config.batch}`,
    utilisation === null ? "" : `busy ${formatPercent(utilisation)}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

function promisesOf(plan: Plan, report: Report | null, subject: string): string[] {
  return plan.promises
    .filter((promise) => promise.subject === subject || (subject === plan.device.name && promise.subject === "device"))
    .map((promise) => {
      const check = report?.checks.find((candidate) => candidate.promise.id === promise.id);
      const outcome = check === undefined ? expectation(promise) : verdictWords[check.verdict];
      return `${formatPromise(promise)}: ${outcome}`;
    });
}

function expectation({ predicted, metric }: Plan["promises"][number]): string {
  return predicted === null
    ? "not judged yet"
    : `predicted ${formatQuantity(predicted.value, unitOf(metric))}, not judged yet`;
}

const lineHeight = 16;
const barHeight = 22;

function drawRows(plan: Plan, rows: readonly Row[]): string {
  const end = Math.max(1, ...rows.map(({ to }) => to));
  const tops = runningSums(rows.map(({ promises }) => barHeight + (2 + promises.length) * lineHeight + 14));
  const total = tops.at(-1)!;
  const placed = rows.map((row, i) => ({ ...row, bar: tops[i]! + 2 * lineHeight + 4 }));
  const lines = placed.flatMap(({ name, details, promises, bar }) => [
    { y: bar - lineHeight - 10, words: shorten(name, 58), weight: "600", opacity: 1 },
    { y: bar - 10, words: shorten(details, 76), weight: "400", opacity: 0.85 },
    ...promises.map((words, k) => ({
      y: bar + barHeight + 12 + k * lineHeight,
      words: shorten(words, 76),
      weight: "400",
      opacity: 1,
    })),
  ]);
  const spans = { y1: ({ bar }: { bar: number }) => bar, y2: ({ bar }: { bar: number }) => bar + barHeight };
  return drawPlot(`The plan: ${plan.placements.map(({ id }, i) => `${id} ${rows[i]!.details}`).join("; ")}`, {
    width: 480,
    height: total + 44,
    marginLeft: 12,
    marginRight: 24,
    marginTop: 0,
    marginBottom: 44,
    x: { domain: [0, end], label: "share of the device", tickFormat: formatPercent, ticks: 5, grid: true },
    y: { type: "linear", domain: [total, 0], axis: null },
    marks: [
      rect(placed, { ...spans, x1: "from", x2: "to", fill: "colour", fillOpacity: 0.18, stroke: "colour" }),
      rect(placed, { ...spans, x1: "from", x2: "busyTo", fill: "colour" }),
      ruleX([1], { stroke: limitColour, strokeDasharray: "5 3" }),
      ...lines.map(({ y, words, weight, opacity }) =>
        text([words], {
          y: () => y,
          frameAnchor: "left",
          text: (value: string) => value,
          textAnchor: "start",
          fontWeight: weight,
          fillOpacity: opacity,
        }),
      ),
    ],
  });
}

function shorten(words: string, longest: number): string {
  return words.length <= longest ? words : `${words.slice(0, longest - 1)}…`;
}
