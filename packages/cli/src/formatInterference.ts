import type { Interference, InterferenceModel } from "@partitune/schema";
import { formatChosenPercent, formatPercent, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { type Column, formatTable } from "./printTable.ts";

/** Interference models side by side, the chosen one and why. */
export function formatInterference(interference: Interference): string {
  const { chosen, samples, pairs, quantile, validation, candidates, why, synthetic } = interference;
  const origin = synthetic ? ", synthetic" : "";
  const title = `${samples} measured with neighbours, ${pairs} pairs of workloads${origin}; ${validation}`;
  const table = formatTable(candidates, [
    { header: "model", text: ({ model }) => `${model}${model === chosen.model ? " (chosen)" : ""}` },
    { header: "mean error", text: ({ meanError }) => formatPercent(meanError), right: true },
    { header: "p95 error", text: ({ p95Error }) => formatPercent(p95Error), right: true },
    ...(quantile === null ? [] : [coverageColumn(quantile)]),
  ]);
  const lines = [`${modelWords(chosen)}: ${why}`, ...formulaOf(chosen)];
  return `${printable(title)}\n\n${table}\n${lines.map((line) => `${printable(line)}\n`).join("")}`;
}

function coverageColumn(quantile: number): Column<Interference["candidates"][number]> {
  return {
    header: `covered (aim ${formatChosenPercent(quantile)})`,
    text: ({ coverage }) => (coverage === null ? "–" : formatPercent(coverage)),
    right: true,
  };
}

/** A linear model as its formula. */
function formulaOf(model: InterferenceModel): readonly string[] {
  if (model.model !== "linear") return [];
  const terms = [
    ...Object.entries(model.ofSubject).map(([name, factor]) => [`own ${name}`, factor] as const),
    ...Object.entries(model.ofNeighbours).map(([name, factor]) => [`neighbours' ${name}`, factor] as const),
  ].filter(([, factor]) => factor !== 0);
  const sum = terms.map(([name, factor]) => ` ${factor < 0 ? "−" : "+"} ${significant(Math.abs(factor))} · ${name}`);
  return [`slowdown = ${significant(model.intercept)}${sum.join("")}, at least ${significant(model.least)}`];
}

/** A model of interference in words: `constant slowdown of 1.09`. */
export function modelWords(model: InterferenceModel): string {
  switch (model.model) {
    case "none":
      return "no interference";
    case "constant":
      return `constant slowdown of ${significant(model.slowdown)}`;
    case "pairwise":
      return `table of ${model.pairs.length} pairs of workloads, ${model.pairs.filter(({ measured }) => measured).length} of them measured`;
    case "linear":
      return `linear in ${listOf([...new Set([model.ofSubject, model.ofNeighbours].flatMap(Object.keys))])}`;
  }
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}
