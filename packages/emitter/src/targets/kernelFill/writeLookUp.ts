import type { KernelFillPlan } from "@partitune/schema";

/**
 * Tables of all tasks as numbers alone, for readers without a JSON parser: rows by task, hash and occurrence, all ascending.
 *
 * Occurrence −1 is the identity wherever it occurs; an idle time of −1 is not known.
 */
export function writeLookUp({ tasks }: KernelFillPlan): string {
  const rows = tasks.flatMap(({ table, hashes }, task) =>
    table
      .map(({ identity, occurrence, execution, idle }) => ({
        hash: hashes[identity]!,
        occurrence: occurrence ?? -1,
        times: `${execution.planned},${idle?.planned ?? -1}`,
      }))
      .sort((a, b) => compare(a.hash, b.hash) || a.occurrence - b.occurrence)
      .map(({ hash, occurrence, times }) => `${task},${hash},${occurrence},${times}\n`),
  );
  return `task,hash,occurrence,execution_ns,idle_ns\n${rows.join("")}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
