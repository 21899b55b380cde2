import type { ModeSearch } from "@partitune/schema";
import { figure } from "./figure.ts";
import { formatPercent, formatProbability, formatQuantity, formatSeconds, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { plots } from "./plots/index.ts";

/** A search for a power mode: what it chose, what that gains, how likely it holds, and every measurement with its reason. */
export function searchSection(search: ModeSearch, i: number): Markup {
  return html`<section id="search-${i + 1}"><h2>Power mode: ${problemWords(search)}</h2>
<p class="headline">${searchHeadline(search)}</p>
<ul class="facts">${facts(search).map((fact) => html`<li>${fact}</li>`)}</ul>
${figure(plots.searchProbes(search))}
${search.front.length === 0 ? null : figure(plots.measuredFront(search))}
${probeTable(search)}
</section>`;
}

function problemWords({ problem }: ModeSearch): string {
  switch (problem.kind) {
    case "training":
      return `train ${problem.training}`;
    case "inference":
      return `serve ${problem.inference.workload}`;
    case "concurrent":
      return `train ${problem.training} beside ${problem.inference.workload}`;
    case "backlogged":
      return `serve a backlog of ${problem.backlog.workload} beside ${problem.inference.workload}`;
    case "two-inferences":
      return `serve ${problem.urgent.workload} before ${problem.nonUrgent.workload}`;
    case "rate-schedule":
      return `train ${problem.training} beside ${problem.inference.workload}, whose rate changes`;
  }
}

/** The choice of a search in one sentence. */
export function searchHeadline({ choice, status, objective }: ModeSearch): string {
  if (choice === null) {
    return status === "infeasible" ? "No power mode keeps every budget." : "No measured power mode keeps every budget.";
  }
  const batches = Object.entries(choice.batches).map(([workload, batch]) => `, ${workload} in minibatches of ${batch}`);
  return `${choice.powerMode}${batches.join("")}: ${objective.name} ${formatValue(choice.value, objective)} at ${formatQuantity(choice.watts, "w")}.`;
}

function facts(search: ModeSearch): readonly string[] {
  const { choice, baseline, objective, holds, strategy, modesMeasured, highestProbes, reasons } = search;
  const effort = `${strategy} measured ${modesMeasured} of at most ${highestProbes} power modes, ${search.probes.length} measurements in all.`;
  const answers = reasons.map(({ text }) => text);
  if (choice === null) return [effort, ...answers];
  const promised = Object.entries(choice.latencySeconds).map(
    ([workload, seconds]) => `Requests of ${workload} are answered within ${formatSeconds(seconds)} at worst.`,
  );
  return [effort, gain(choice.value, baseline, objective), ...promised, sureness(holds), ...answers];
}

/** Times read best in their own units; rates and energies in the objective's. */
function formatValue(value: number, { unit }: ModeSearch["objective"]): string {
  return unit === "s" ? formatSeconds(value) : `${significant(value)} ${unit}`;
}

function gain(value: number, baseline: ModeSearch["baseline"], objective: ModeSearch["objective"]): string {
  if (baseline === null) return "The default mode breaks a budget.";
  const reached = `The default mode ${baseline.powerMode} reaches ${formatValue(baseline.value, objective)} at ${formatQuantity(baseline.watts, "w")}`;
  if (baseline.value === 0) return `${reached}.`;
  const ratio = value / baseline.value;
  return `${reached}: the choice gains ${formatPercent(objective.better === "lower" ? 1 - ratio : ratio - 1)}.`;
}

function sureness(holds: ModeSearch["holds"]): string {
  if (holds === null) return "How likely a fresh measurement keeps the budgets is not known.";
  const source = holds.repeats > 0 ? `estimated from ${holds.repeats} repeats` : "assumed";
  return `A fresh measurement keeps every budget with a probability of ${formatProbability(holds.probability)}: ${formatPercent(holds.margin)} of each is left free, and measurements scatter by ${formatPercent(holds.noise)} (${source}).`;
}

/** More rows than this are folded away. */
const mostRowsShown = 20;

function probeTable({ probes }: ModeSearch): Markup {
  const table = htmlTable(
    "Every measurement, in order",
    ["probe", "power mode", "workload", "batch", "time", "power", "why"],
    probes.map(({ powerMode, workload, batch, reason, outcome }, i) => [
      String(i + 1),
      powerMode,
      workload ?? "idle",
      batch === null ? "–" : String(batch),
      outcome.kind === "measured" ? formatSeconds(outcome.seconds) : "–",
      outcome.kind === "failed" ? outcome.reason : formatQuantity(outcome.watts, "w"),
      reason,
    ]),
  );
  return probes.length <= mostRowsShown
    ? table
    : html`<details><summary>All ${probes.length} measurements, in order</summary>${table}</details>`;
}
