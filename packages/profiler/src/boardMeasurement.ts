import type { PowerMode, Seconds, Watts, Workload } from "@partitune/schema";
import { boardNoise } from "./boardNoise.ts";
import { type BoardCost, type BoardMode, boardCost, boardIdle } from "./orinFormula.ts";
import { orinWork } from "./orinWorkloads.ts";

/** Which measurement of the synthetic board: seed and count of what was measured before. */
export interface BoardTake {
  readonly seed: string;
  /** 0 for the first measurement; another number has the same fixed effects and fresh noise. */
  readonly take: number;
}

/** Minibatches of one measurement. */
const minibatches = 40;

/**
 * What a measurement on the synthetic board gives, without running it: median time of a minibatch and mean power.
 *
 * @returns undefined where the board has no formula, or the mode does not set cores and all clocks; the time of the idle device is that of
 *   its batch
 */
export function boardMeasurement(
  workload: Workload,
  batch: number,
  mode: PowerMode,
  { seed, take }: BoardTake,
): { readonly timeSeconds: Seconds; readonly powerWatts: Watts } | undefined {
  const { task, engine } = workload;
  const cost = isBoardMode(mode) ? costOf(workload, batch, mode) : undefined;
  if (cost === undefined) return undefined;
  const what = engine.engine === "synthetic-board" ? engine.workload : engine.engine;
  const next = boardNoise({ seed, configuration: `${task} ${what} ${batch} ${mode.name}`, take }, 1);
  const factors = Array.from({ length: minibatches }, () => next());
  const times = factors.map(({ time }) => time).sort((a, b) => a - b);
  const isIdle = task === "idle";
  return {
    timeSeconds: isIdle ? cost.timeSeconds : cost.timeSeconds * times[minibatches / 2]!,
    powerWatts: cost.powerWatts * factors[0]!.power,
  };
}

function isBoardMode(mode: PowerMode): mode is PowerMode & BoardMode {
  return [mode.cores, mode.cpuHertz, mode.gpuHertz, mode.memoryHertz].every((setting) => setting !== undefined);
}

function costOf({ task, engine }: Workload, batch: number, mode: BoardMode): BoardCost | undefined {
  if (engine.engine === "idle") return { timeSeconds: batch, powerWatts: boardIdle(mode) };
  const work = engine.engine === "synthetic-board" ? orinWork(task, engine.workload, batch) : undefined;
  return work && boardCost(work, mode);
}
