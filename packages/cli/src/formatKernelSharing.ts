import type { KernelOutcome, KernelSharing } from "@partitune/schema";
import { formatNanoseconds, formatNanosecondsOrNone } from "./formatNanoseconds.ts";
import { formatPercent, formatPercentile, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

const scenarioWords: Readonly<Record<KernelSharing["scenario"], string>> = {
  "co-run": "all begin together, the others run without end",
  preemption: "the urgent task arrives among jobs of the others",
};

/** Ways of sharing side by side, then what caution costs; one line per way. */
export function formatKernelSharing(sharing: KernelSharing): string {
  const { high, low, synthetic, heldOut, scenario } = sharing;
  const others = low.map(({ task, priority }) => `${task} (priority ${priority})`).join(", ");
  const title = `${high} beside ${others}${synthetic ? ", synthetic" : ""}: ${scenarioWords[scenario]}; ${heldOut.length} held-out ${heldOut.length === 1 ? "step" : "steps"}`;
  return `${printable(title)}\n\n${formatOutcomes(sharing)}${formatFillFront(sharing)}`;
}

function formatOutcomes({ outcomes, default: usual }: KernelSharing): string {
  return formatTable(outcomes, [
    { header: "sharing", text: (row) => `${row.title}${row.policy === usual ? " (the default here)" : ""}` },
    { header: "completion", text: (row) => formatNanoseconds(row.highCompletion), right: true },
    { header: "speed-up", text: (row) => times(row.speedUp), right: true },
    { header: "slow-down", text: (row) => times(row.slowDown), right: true },
    { header: "delay", text: (row) => formatNanoseconds(row.delay), right: true },
    { header: "longest", text: (row) => formatNanoseconds(row.latest), right: true },
    { header: "work of others", text: (row) => formatNanoseconds(row.lowWork), right: true },
    { header: "others done", text: (row) => formatNanosecondsOrNone(row.lowCompletion), right: true },
    { header: "others' ratio", text: (row) => orNone(row.lowRatio, significant), right: true },
    { header: "idle filled", text: (row) => orNone(row.gapsFilled, formatPercent), right: true },
    { header: "handing over", text: dispatchText, right: true },
  ]);
}

function dispatchText({ dispatch, highCompletion }: KernelOutcome): string {
  return dispatch === 0 ? "0" : `${formatNanoseconds(dispatch)} (${formatPercent(dispatch / highCompletion)})`;
}

function times(ratio: number): string {
  return `${significant(ratio)}×`;
}

function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}

type FrontPoint = KernelSharing["front"][number];

/** Filling at pairs of quantiles; efficient pairs are marked, none is called the right one. Pairs that come to the same share a line. */
export function formatFillFront({ front }: Pick<KernelSharing, "front">): string {
  if (front.length === 0) return "";
  const same = Map.groupBy(front, ({ idleQuantile, delay, lowWork }) => `${idleQuantile}/${delay}/${lowWork}`);
  const rows = [...same.values()].map((points) => ({ ...points[0]!, points }));
  const table = formatTable(rows, [
    { header: "execution times at", text: (row) => row.points.map(executionText).join(", ") },
    { header: "idle times at", text: (row) => formatPercentile(row.idleQuantile), right: true },
    { header: "delay", text: (row) => formatNanoseconds(row.delay), right: true },
    { header: "work of others", text: (row) => formatNanoseconds(row.lowWork), right: true },
    { header: "", text: (row) => (row.efficient ? "efficient" : "") },
  ]);
  return `\nfilling at pairs of quantiles:\n${table}`;
}

function executionText({ executionQuantile }: FrontPoint): string {
  return formatPercentile(executionQuantile);
}
