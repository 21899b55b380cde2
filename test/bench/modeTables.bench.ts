import assert from "node:assert/strict";
import { join } from "node:path";
import {
  buildSpace,
  devices,
  type ModeRun,
  memorySink,
  modeTable,
  orinWorkloads,
  profile,
  protocols,
  syntheticBoardExecutor,
  syntheticOrinAgx,
} from "@partitune/profiler";
import { loadProfile, powerModesOf } from "@partitune/schema";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const dataset = join(import.meta.dirname, "../../datasets/synthetic-orin-agx");

/** Power-mode tables: reading the synthetic one, looking runs up in it, making a part of it again. */
export async function bench(): Promise<BenchRow[]> {
  return [loadRow(), lookRow(), await campaignRow()];
}

function loadRow(): BenchRow {
  const seconds = medianSeconds(() => modeTable(loadProfile(dataset)));
  const limit = 1;
  return {
    name: "synthetic Orin AGX: 10,674 rows read, checked and made a look-up",
    target: `≤ ${limit} s`,
    value: seconds,
    unit: "s",
    met: seconds <= limit,
  };
}

function lookRow(): BenchRow {
  const table = modeTable(loadProfile(dataset));
  const runs: readonly ModeRun[] = powerModesOf(table.device).flatMap(({ name }) => [
    { powerMode: name, workload: "lstm-training", batch: null },
    { powerMode: name, workload: "bert-inference", batch: 8 },
    { powerMode: name, workload: null, batch: null },
  ]);
  assert(runs.every((run) => !("failed" in table.look(run))));
  const passes = 100; // a pass alone is over before the code is compiled
  const seconds = medianSeconds(() => {
    for (let pass = 0; pass < passes; pass++) for (const run of runs) table.look(run);
  });
  return { name: "look-ups in it", value: (passes * runs.length) / seconds / 1e6, unit: "million/s", met: null };
}

/** The clock is virtual: what is timed is the harness alone, on a space as large as the full grid of one workload. */
async function campaignRow(): Promise<BenchRow> {
  const device = { ...devices["jetson-orin-agx"], name: "synthetic", synthetic: true };
  const powerModes = powerModesOf(device).map(({ name }) => name);
  const workloads = orinWorkloads.filter(({ name }) => name === "lstm-training");
  const space = buildSpace(device, { workloads, partitions: [syntheticOrinAgx.defaultPartition], powerModes });
  const began = performance.now();
  const end = await profile(syntheticBoardExecutor({ device }), space, protocols.sweep, memorySink());
  const seconds = (performance.now() - began) / 1e3;
  assert.equal(end.made, powerModes.length + 2);
  return {
    name: "a campaign over the full grid of the synthetic board, one training, 55 minibatches a mode",
    value: (seconds / end.made) * 1e3,
    unit: "ms a measurement",
    met: null,
    note: "in memory; a journal on disk adds its flush",
  };
}
