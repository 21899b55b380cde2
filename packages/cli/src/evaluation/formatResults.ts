import type { ProblemGroup } from "@partitune/solver";
import type { SearchedProblem } from "./evaluationJournal.ts";

const header =
  "kind,problem,budget_w,strategy,probes_count,seed,status,value,loss,false,fresh_use,modes_count,runs_count\n";
/** Lines per piece: fewer writes without a large text in memory. */
const linesPerPiece = 5000;

/** The results of single problems as CSV; time and latency are in s, training rates per s, losses and uses are fractions. */
export function* formatResults(
  searched: Iterable<SearchedProblem>,
  groups: readonly ProblemGroup[],
  budgetsWatts: readonly number[],
): Generator<string> {
  yield header;
  let lines: string[] = [];
  for (const { task, place, score } of searched) {
    const { kind, key } = groups[place[0]]!;
    const { status, value, loss, isFalse, freshUse, modesMeasured, runs } = score;
    const cells = [
      kind,
      quote(key),
      budgetsWatts[place[1]]!,
      task.strategy,
      task.probes,
      task.seed,
      status,
      value ?? "",
      loss ?? "",
      isFalse,
      freshUse ?? "",
      modesMeasured,
      runs,
    ];
    lines.push(`${cells.join(",")}\n`);
    if (lines.length < linesPerPiece) continue;
    yield lines.join("");
    lines = [];
  }
  yield lines.join("");
}

/** Names of workloads may hold anything. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
