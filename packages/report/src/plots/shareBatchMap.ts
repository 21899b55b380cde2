import { cell, text } from "@observablehq/plot";
import { formatPartition, type Metric, metricDefinitions, type Partition, type Profile } from "@partitune/schema";
import { captionOf } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot, panelSize } from "../drawPlot.ts";
import { axisLabel, displayUnit, formatPercent, significant } from "../formatQuantity.ts";
import { cellEstimate, type MeasuredCell, measuredCells } from "../measuredCells.ts";
import { panelGroups } from "../panelGroups.ts";
import { textTable } from "../textTable.ts";

const missingSigns = { "not measured": "–", infeasible: "✕", failed: "!", invalid: "!" } as const;

/**
 * Heat map of a metric over partition × batch, one panel per workload and power mode; darker is more.
 *
 * A cell without a valid measurement stays empty inside a dashed frame: – not measured, ✕ infeasible, ! failed or invalid.
 *
 * @param metric  what is drawn, by default the throughput
 */
export function shareBatchMap(profile: Profile, metric: Metric = "throughput_per_s"): Display {
  const groups = panelGroups(measuredCells(profile), profile);
  const { label } = metricDefinitions[metric];
  return display({
    title: `Heat map of ${label} over partition and batch`,
    caption: captionOf(
      profile,
      "Middle of the rounds; dashed cells: – not measured, ✕ infeasible, ! failed or invalid",
    ),
    picture: panels(groups.map(({ name, cells }) => ({ name, svg: drawMap(name, cells, metric) }))),
    text: groups.map(({ name, cells }) => mapAsText(name, cells, metric)).join("\n\n"),
  });
}

interface MapCell {
  readonly column: string;
  readonly batch: string;
  readonly value: number | null;
  readonly sign: string;
}

function drawMap(name: string, cells: readonly MeasuredCell[], metric: Metric): string {
  const { columns, batches, map, unit } = layOut(cells, metric);
  const known = map.filter(({ value }) => value !== null);
  const empty = map.filter(({ value }) => value === null);
  const values = known.map(({ value }) => value!);
  const range = [Math.min(...values), Math.max(...values)] as const;
  const place = { x: "column", y: "batch", inset: 1 } as const;
  const isDark = ({ value }: MapCell) => strength(value!, range) > 0.62;
  return drawPlot(`${name}: heat map of ${metricDefinitions[metric].label} over partition and batch`, {
    height: 52 + 34 * batches.length,
    marginLeft: 46,
    marginTop: 6,
    marginBottom: 42,
    marginRight: 4,
    x: {
      type: "band",
      domain: columns,
      label: `partition; in the cells: ${axisLabel(metric, unit)}`,
      padding: 0,
      labelAnchor: "left",
      labelArrow: "none",
      tickSize: 0,
    },
    y: { type: "band", domain: batches, label: "batch", padding: 0, labelArrow: "none", tickSize: 0 },
    color: { type: "linear", domain: [0, 1], range: ["#dcebf7", "#08427c"] },
    marks: [
      cell(known, { ...place, fill: ({ value }: MapCell) => strength(value!, range) }),
      cell(empty, {
        ...place,
        fill: "none",
        stroke: "currentColor",
        strokeOpacity: 0.5,
        strokeDasharray: "3 3",
        inset: 2,
      }),
      text(
        known.filter((item) => !isDark(item)),
        { ...place, text: ({ value }: MapCell) => significant(value!), fill: "#0d1117" },
      ),
      text(known.filter(isDark), { ...place, text: ({ value }: MapCell) => significant(value!), fill: "white" }),
      text(empty, { ...place, text: "sign" }),
    ],
    width: Math.max(200, Math.min(panelSize.width, 50 + 64 * columns.length)),
  });
}

/** Position of a value between least and most, on a logarithmic scale, 0 to 1. */
function strength(value: number, [least, most]: readonly [number, number]): number {
  return least > 0 && most > least ? Math.log(value / least) / Math.log(most / least) : 0;
}

function layOut(cells: readonly MeasuredCell[], metric: Metric) {
  const ordered = [...cells].sort((a, b) => a.fraction - b.fraction);
  const columns = [...new Set(ordered.map(({ config }) => columnName(config.partition)))];
  const batches = [...new Set(cells.map(({ config }) => config.batch))].sort((a, b) => b - a).map(String);
  const estimates = new Map(
    cells.map((cell) => [
      `${columnName(cell.config.partition)} ${cell.config.batch}`,
      [cell, cellEstimate(cell, metric)] as const,
    ]),
  );
  const largest = Math.max(...[...estimates.values()].map(([, estimate]) => estimate?.value ?? 0));
  const unit = displayUnit(metricDefinitions[metric].unit, largest);
  const map = columns.flatMap((column) =>
    batches.flatMap((batch): MapCell[] => {
      const known = estimates.get(`${column} ${batch}`);
      if (known === undefined) return [];
      const [measured, estimate] = known;
      const value = estimate === null ? null : estimate.value * unit.factor;
      return [{ column, batch, value, sign: missingSigns[measured.missing ?? "not measured"] }];
    }),
  );
  return { columns, batches, map, unit };
}

function mapAsText(name: string, cells: readonly MeasuredCell[], metric: Metric): string {
  const { columns, batches, map, unit } = layOut(cells, metric);
  const shown = (item: MapCell | undefined) =>
    item === undefined ? "" : item.value === null ? item.sign : significant(item.value);
  const rows = batches.map((batch) => [
    `batch ${batch}`,
    ...columns.map((column) => shown(map.find((item) => item.column === column && item.batch === batch))),
  ]);
  return `${name}, ${axisLabel(metric, unit)}\n${textTable(["", ...columns], rows)}`;
}

function columnName(partition: Partition): string {
  if (partition.kind === "cpu-share") return formatPercent(partition.share);
  if (partition.kind === "mps-share") return `MPS ${formatPercent(partition.share)}`;
  return formatPartition(partition);
}
