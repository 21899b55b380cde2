import type { Watts } from "@partitune/schema";
import type { CandidateJudgement } from "../../problems/judgeOf.ts";
import { geometryOf } from "../gridGeometry.ts";
import type { JudgedCandidate, Ledger } from "../ledger.ts";
import { peakBudgetOf } from "../pruning.ts";
import type { ModeGrid } from "../strategy.ts";
import { type CostForecast, nothingToForecast, openForecast } from "./costForecast.ts";
import { openMeasuredModes } from "./measuredModes.ts";

/** What is expected of candidates that are not measured. Where nothing is trained, or less than two workloads served, something stands in that takes nothing. */
export interface Outlook {
  /** What no minibatch may draw; infinite without such a limit. */
  readonly peakWatts: Watts;
  readonly training: CostForecast;
  readonly first: ServedOutlook;
  readonly second: ServedOutlook;
  /** Takes the slopes at a candidate. */
  moveTo(center: JudgedCandidate): void;
  /** Judges a candidate as if times were a little shorter or longer. */
  judge(mode: number, combination: number, pace: number): CandidateJudgement;
}

/** A served workload and what is expected of it. */
export interface ServedOutlook {
  readonly forecast: CostForecast;
  /** How many batches it has. */
  readonly count: number;
  /** With each batch, the longest time that may hold. */
  readonly longest: Float64Array;
}

export function openOutlook(grid: ModeGrid, ledger: Ledger): Outlook {
  const { problem, jobs, table, combinations } = ledger;
  const peakWatts = peakBudgetOf(problem);
  const measured = openMeasuredModes(geometryOf(grid), grid.modes.length);
  const open = (slots: readonly number[], batches: readonly number[]) =>
    openForecast(grid, table, slots, batches, peakWatts, measured);
  const nothing = nothingToForecast(grid.modes.length);
  const training = table.trainingSlot === null ? nothing : open([table.trainingSlot], [1]);
  const rest = table.idleSlot === null ? nothing : open([table.idleSlot], [1]);
  const served = jobs.served.map(({ batches, longestSeconds }, s) => ({
    forecast: open(table.servedSlots[s]!, batches),
    count: batches.length,
    longest: Float64Array.from(longestSeconds, Math.abs),
  }));
  const idle = { forecast: nothing, count: 1, longest: new Float64Array([Number.POSITIVE_INFINITY]) };
  const [first = idle, second = idle] = served;
  const batchOf = (s: number, combination: number) =>
    s === 0 ? Math.floor(combination / second.count) : combination % second.count;
  const costAt = ({ seconds, watts }: CostForecast, i: number, pace: number) => ({
    timeSeconds: seconds[i]! * pace,
    powerWatts: watts[i]!,
  });
  return {
    peakWatts: peakWatts ?? Number.POSITIVE_INFINITY,
    training,
    first,
    second,
    moveTo: (center) => {
      if (table.trainingSlot !== null) training.moveTo(trainingAnchor(ledger, center), 0);
      rest.moveTo(center.mode, 0);
      for (let s = 0; s < served.length; s++) served[s]!.forecast.moveTo(center.mode, batchOf(s, center.combination));
    },
    judge: (mode, combination, pace) => {
      for (const { forecast } of served) {
        forecast.lookAtPower(mode);
        forecast.lookAtTime(mode);
      }
      rest.lookAtPower(mode);
      return ledger.judge(combinations[combination]!, {
        ...(table.trainingSlot !== null && { training: costAt(training, mode, pace) }),
        served: served.map(({ forecast, count }, s) => costAt(forecast, mode * count + batchOf(s, combination), pace)),
        ...(table.idleSlot !== null && { idleWatts: rest.watts[mode]! }),
      });
    },
  };
}

/** While a budget is broken, the slopes of training are best where it takes least power. */
function trainingAnchor({ table, best }: Ledger, { mode }: JudgedCandidate): number {
  if (best() !== null) return mode;
  const watts = table.watts[table.trainingSlot!]!;
  return table
    .modesWith(table.trainingSlot!)
    .reduce((least, other) => (watts[other]! < watts[least]! ? other : least), mode);
}
