import type { Evaluation, EvaluationSummary } from "@partitune/schema";
import { formatPercent, significant } from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** An evaluation as text: a row per kind of problem, strategy and number of probes. */
export function formatEvaluation({ device, source, sampled, seeds, margin, summaries }: Evaluation): string {
  const how = [
    sampled === null ? "all problems of the grid" : `at most ${sampled} problems of each kind, drawn from the grid`,
    `${seeds} ${seeds === 1 ? "seed" : "seeds"}`,
    margin === null ? "the best that is likely to hold chosen" : `${formatPercent(margin)} of each budget left free`,
  ];
  return `${printable(`${nameDevice(device)}, answered by ${source}: ${how.join(", ")}`)}\n\n${formatSummaries(summaries)}`;
}

function formatSummaries(summaries: readonly EvaluationSummary[]): string {
  const loss = (value: number | null) => (value === null ? "–" : formatPercent(value));
  return formatTable(summaries, [
    { header: "problem", text: (row) => row.kind },
    { header: "strategy", text: (row) => row.strategy },
    { header: "probes", text: (row) => String(row.highestProbes), right: true },
    { header: "solvable", text: (row) => `${row.solvable} of ${row.problems}`, right: true },
    { header: "unsolved", text: (row) => String(row.unsolved), right: true },
    { header: "mean loss", text: (row) => loss(row.meanLoss), right: true },
    { header: "median", text: (row) => loss(row.medianLoss), right: true },
    { header: "p90", text: (row) => loss(row.p90Loss), right: true },
    { header: "highest", text: (row) => loss(row.highestLoss), right: true },
    { header: "within 5 %", text: (row) => formatPercent(row.within5Percent), right: true },
    { header: "fresh breaks", text: (row) => loss(row.broken), right: true },
    { header: "modes", text: (row) => significant(row.meanModes), right: true },
    { header: "runs", text: (row) => significant(row.meanRuns), right: true },
  ]);
}
