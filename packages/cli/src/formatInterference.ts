import type { Interference, InterferenceModel } from "@partitune/schema";
import { formatPercent, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** Interference models side by side, the chosen one and why. */
export function formatInterference(interference: Interference): string {
  const { chosen, samples, validation, candidates, why, synthetic } = interference;
  const title = `${samples} measured with neighbours${synthetic ? ", synthetic" : ""}; ${validation}`;
  const table = formatTable(candidates, [
    { header: "model", text: ({ model }) => `${model}${model === chosen.model ? " (chosen)" : ""}` },
    { header: "mean error", text: ({ meanError }) => formatPercent(meanError), right: true },
    { header: "p95 error", text: ({ p95Error }) => formatPercent(p95Error), right: true },
  ]);
  return `${printable(title)}\n\n${table}\n${printable(`${modelWords(chosen)}: ${why}`)}\n`;
}

/** A model of interference in words: `constant slowdown of 1.09`. */
export function modelWords(model: InterferenceModel): string {
  switch (model.model) {
    case "none":
      return "no interference";
    case "constant":
      return `constant slowdown of ${significant(model.slowdown)}`;
    case "pairwise":
      return `table of ${model.pairs.length} pairs of workloads`;
    case "linear":
      return `linear in ${Object.keys(model.ofSubject).length + Object.keys(model.ofNeighbours).length} utilisations`;
  }
}
