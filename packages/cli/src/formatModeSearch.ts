import type { ModeChoice, ModeProbe, ModeSearch } from "@partitune/schema";
import { formatPercent, formatProbability, formatQuantity, formatSeconds, significant } from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** A search as text: the choice and what it gains, how likely it holds, then what was measured, in order and why. */
export function formatModeSearch(search: ModeSearch): string {
  const lines = [headline(search), ...gains(search), ...search.reasons.map((reason) => reason.text)];
  return `${lines.map(printable).join("\n")}\n\n${probes(search)}${front(search)}`;
}

function headline({
  device,
  strategy,
  status,
  choice,
  objective,
  modesMeasured,
  highestProbes,
  margin,
}: ModeSearch): string {
  const effort = `${strategy} measured ${modesMeasured} of at most ${highestProbes} modes`;
  if (choice === null)
    return `${nameDevice(device)}: ${status === "infeasible" ? "no mode" : "none found that"} keeps every budget with ${formatPercent(margin)} of it left free; ${effort}`;
  return `${nameDevice(device)}: ${nameChoice(choice)}, ${objective.name} ${formatValue(choice.value, objective)}, ${formatQuantity(choice.watts, "w")}; ${effort}`;
}

/** Times read best in their own units; rates and energies in the objective's. */
function formatValue(value: number, { unit }: ModeSearch["objective"]): string {
  return unit === "s" ? formatSeconds(value) : `${significant(value)} ${unit}`;
}

function gains({ choice, baseline, objective, holds, margin }: ModeSearch): readonly string[] {
  if (choice === null) return [];
  return [
    baseline === null
      ? "the default mode breaks a budget, or cannot be measured"
      : `the default mode ${baseline.powerMode}: ${formatValue(baseline.value, objective)}${gainOf(choice.value, baseline.value, objective)}`,
    holds === null
      ? `chosen with ${formatPercent(margin)} of each budget left free`
      : `a fresh measurement keeps every budget with probability ${formatProbability(holds.probability)} (${formatPercent(holds.margin)} of each budget left free, noise ${formatPercent(holds.noise)})`,
  ];
}

/** Nothing where the default reaches nothing, as no ratio exists. */
function gainOf(value: number, baseline: number, { better }: ModeSearch["objective"]): string {
  if (baseline === 0) return "";
  const ratio = value / baseline;
  return `, so the choice gains ${formatPercent(better === "lower" ? 1 - ratio : ratio - 1)}`;
}

function nameChoice({ powerMode, batches }: ModeChoice): string {
  const parts = Object.entries(batches).map(([workload, batch]) => `${workload} batch ${batch}`);
  return [powerMode, ...parts].join(", ");
}

function probes(search: ModeSearch): string {
  const rows = search.probes.map((probe, i) => ({ ...probe, order: i + 1 }));
  return formatTable(rows, [
    { header: "probe", text: (row) => String(row.order), right: true },
    { header: "power mode", text: (row) => row.powerMode },
    { header: "workload", text: (row) => row.workload ?? "idle" },
    { header: "batch", text: (row) => (row.batch === null ? "" : String(row.batch)), right: true },
    { header: "time", text: (row) => timeText(row), right: true },
    { header: "power", text: (row) => wattsText(row), right: true },
    { header: "why", text: whyText },
  ]);
}

function timeText({ outcome }: ModeProbe): string {
  return outcome.kind === "measured" ? formatSeconds(outcome.seconds) : "";
}

function wattsText({ outcome }: ModeProbe): string {
  return outcome.kind === "failed" ? "failed" : formatQuantity(outcome.watts, "w");
}

/** Why it was measured, and why that gave nothing, where it did not. */
function whyText({ reason, outcome }: ModeProbe): string {
  return outcome.kind === "failed" ? `${reason}; ${outcome.reason}` : reason;
}

function front({ front, objective }: ModeSearch): string {
  if (front.length === 0) return "";
  const table = formatTable(front, [
    { header: "Pareto front", text: nameChoice },
    { header: objective.name, text: (row) => formatValue(row.value, objective), right: true },
    { header: "power", text: (row) => formatQuantity(row.watts, "w"), right: true },
  ]);
  return `\n${table}`;
}
