import { boardMeasurement, devices, orinWorkloads, syntheticBoard, syntheticOrinAgx } from "@partitune/profiler";
import { type Device, InputError, loadProfile, powerModesOf } from "@partitune/schema";
import { assumedNoise, type ModeTable, type ModeTables, toModeTables } from "@partitune/solver";
import type { EvaluationSource } from "./evaluationRequest.ts";
import type { SeedTables } from "./runTask.ts";

const boards: Readonly<Record<string, Device>> = {
  [syntheticOrinAgx.name]: syntheticOrinAgx,
  "synthetic-orin-agx-full": syntheticBoard("synthetic-orin-agx-full", devices["jetson-orin-agx"]),
};

/** What a name on the command line stands for: a synthetic device, else a profile folder. */
export function readSource(name: string): EvaluationSource {
  return Object.hasOwn(boards, name) ? { kind: "board", device: name } : { kind: "profile", path: name };
}

/** The tables that a seed is searched on: a formula has fresh noise for every seed, a recording is what it is. */
export function loadTables(source: EvaluationSource, seed: number): SeedTables {
  if (source.kind === "board") return boardTables(boards[source.device]!, `evaluation ${seed}`);
  const profile = loadProfile(source.path);
  const tables = toModeTables(profile);
  if (tables.training.size + tables.inference.size > 0) {
    return { device: profile.device, gridSource: profile, tables, fresh: null };
  }
  throw new InputError({
    what: `profile "${source.path}"`,
    problem: "has no valid measurement with a time and a power",
    advice: "measure on a device with a power meter, or import a table with both",
  });
}

function boardTables(device: Device, seed: string): SeedTables {
  return { device, gridSource: device, tables: measureBoard(device, seed, 0), fresh: measureBoard(device, seed, 1) };
}

/** Everything the synthetic board could measure, once. */
function measureBoard(device: Device, seed: string, take: number): ModeTables {
  const modes = powerModesOf(device);
  const tableOf = (workload: (typeof orinWorkloads)[number]): ModeTable => ({
    run: "batch",
    rows: workload.batches.flatMap((batch) =>
      modes.flatMap((mode) => {
        const cost = boardMeasurement(workload, batch, mode, { seed, take });
        if (cost === undefined) return [];
        return { mode: mode.name, batch, seconds: cost.timeSeconds, watts: cost.powerWatts, repeats: 1 };
      }),
    ),
  });
  const tablesFor = (task: string) =>
    new Map(
      orinWorkloads
        .filter((workload) => workload.task === task)
        .map((workload): [string, ModeTable] => [workload.name, tableOf(workload)]),
    );
  const idle = [...tablesFor("idle").values()].flatMap(({ rows }) => rows);
  return {
    training: tablesFor("training"),
    inference: tablesFor("inference"),
    idle: idle.map(({ mode, watts }) => ({ mode, watts })),
    noise: assumedNoise,
    omitted: [],
    warnings: [],
  };
}
