import assert from "node:assert/strict";
import { arrangeMig, checkLayout, enumerateLayouts, gpuSchemes, migTables, parsePartition } from "@partitune/schema";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const table = migTables["a100-80gb"];
const device = {
  name: "A100",
  cores: 108,
  partitionSchemes: gpuSchemes({ multiprocessors: 108, computeCapability: 8, mig: table }),
};

/** Legal layouts of a card: answers are checked against the known counts before they are timed. */
export async function bench(): Promise<BenchRow[]> {
  return [enumerationRow(), arrangementRow(), checkRow()];
}

function enumerationRow(): BenchRow {
  assert.equal(enumerateLayouts(table).length, 722);
  return row(
    "all 722 MIG layouts of an A100",
    medianSeconds(() => enumerateLayouts(table)),
  );
}

/** Most of the sets do not fit, which takes a search of all starts. */
function arrangementRow(): BenchRow {
  const names = table.profiles.map(({ name }) => name);
  const sets = multisets(names, 7);
  const seconds = medianSeconds(() => sets.map((set) => arrangeMig(table, set)));
  return row(`starts for each of the ${sets.length} sets of up to 7 instances`, seconds);
}

function checkRow(): BenchRow {
  const layout = ["mig:4g.40gb", "mig:2g.20gb", "mig:2g.20gb"].map(parsePartition);
  assert.equal(checkLayout(device, layout).fits, false);
  return row(
    "why 4g + 2g + 2g do not fit",
    medianSeconds(() => checkLayout(device, layout)),
  );
}

function multisets(names: readonly string[], most: number): readonly (readonly string[])[] {
  if (most === 0) return [];
  return names.flatMap((name, i) => [[name], ...multisets(names.slice(i), most - 1).map((rest) => [name, ...rest])]);
}

function row(name: string, value: number): BenchRow {
  const target = 0.5; // an answer while one types
  return { name, value, unit: "s", target: `≤ ${target} s`, met: value <= target };
}
