import type { CandidateJudgement } from "../../problems/judgeOf.ts";
import type { JudgedCandidate, Ledger } from "../ledger.ts";
import { peakBudgetOf } from "../pruning.ts";
import type { ModeGrid } from "../strategy.ts";
import { type CostForecast, costForecaster } from "./costForecast.ts";

/** What is expected of candidates that are not measured. Numbers are taken apart from objects, as a search looks at most of them often. */
export interface Outlook {
  /** Takes the slopes at a candidate. */
  moveTo(center: JudgedCandidate): void;
  /** Looks at some modes; only of these the following know. */
  lookAt(modes: readonly number[]): void;
  /** By how much training breaks a peak budget in a mode, relative; 0 when it keeps it. */
  trainingMiss(mode: number): number;
  /** That, or what serving breaks if it is more, and by how much minibatches take too long: part of what a judge would find. */
  plainMiss(mode: number, combination: number, trainingMiss: number): number;
  /** Time of a training minibatch; 0 without. */
  trainingSeconds(mode: number): number;
  /** Time of a minibatch of a served workload; 0 without. */
  servedSeconds(s: number, mode: number, combination: number): number;
  /** Judges a candidate as if times were a little shorter or longer. */
  judge(mode: number, combination: number, pace: number): CandidateJudgement;
}

/** A served workload with what is expected of it. */
interface ServedOutlook {
  readonly count: number;
  /** Position of the batch in each combination. */
  readonly positions: Int32Array;
  /** In each combination, the longest time that may hold. */
  readonly longest: Float64Array;
  readonly forecast: ReturnType<typeof costForecaster>;
}

const nothing: CostForecast = { seconds: new Float64Array(0), watts: new Float64Array(0), lookAt: () => {} };

export function openOutlook(grid: ModeGrid, ledger: Ledger): Outlook {
  const { problem, jobs, table, combinations } = ledger;
  const peakWatts = peakBudgetOf(problem) ?? Number.POSITIVE_INFINITY;
  const scale = peakBudgetOf(problem);
  const train = table.trainingSlot === null ? null : costForecaster(grid, table, [table.trainingSlot], [1], scale);
  const rest = table.idleSlot === null ? null : costForecaster(grid, table, [table.idleSlot], [1], scale);
  const served = jobs.served.map(({ batches, longestSeconds }, s): ServedOutlook => {
    const positions = Int32Array.from(combinations, (combination) => batches.indexOf(combination[s]!));
    return {
      count: batches.length,
      positions,
      longest: Float64Array.from(positions, (b) => Math.abs(longestSeconds[b]!)),
      forecast: costForecaster(grid, table, table.servedSlots[s]!, batches, scale),
    };
  });
  let [training, idle] = [nothing, nothing];
  let forecasts: readonly CostForecast[] = [];
  const at = (s: number, mode: number, combination: number) =>
    mode * served[s]!.count + served[s]!.positions[combination]!;
  return {
    moveTo: (center) => {
      if (train !== null) training = train({ mode: trainingAnchor(ledger, center), batch: 0 });
      if (rest !== null) idle = rest({ mode: center.mode, batch: 0 });
      forecasts = served.map(({ forecast, positions }) =>
        forecast({ mode: center.mode, batch: positions[center.combination]! }),
      );
    },
    lookAt: (modes) => {
      for (const forecast of [training, idle, ...forecasts]) forecast.lookAt(modes);
    },
    trainingMiss: (mode) => (train === null ? 0 : Math.max(0, training.watts[mode]! / peakWatts - 1)),
    plainMiss: (mode, combination, trainingMiss) => {
      let power = trainingMiss;
      let late = 0;
      for (let s = 0; s < served.length; s++) {
        const i = at(s, mode, combination);
        const { seconds, watts } = forecasts[s]!;
        power = Math.max(power, watts[i]! / peakWatts - 1);
        late += Math.max(0, seconds[i]! / served[s]!.longest[combination]! - 1);
      }
      return power + late;
    },
    trainingSeconds: (mode) => training.seconds[mode] ?? 0,
    servedSeconds: (s, mode, combination) => (s < served.length ? forecasts[s]!.seconds[at(s, mode, combination)]! : 0),
    judge: (mode, combination, pace) =>
      ledger.judge(combinations[combination]!, {
        ...(train !== null && {
          training: { timeSeconds: training.seconds[mode]! * pace, powerWatts: training.watts[mode]! },
        }),
        served: forecasts.map(({ seconds, watts }, s) => {
          const i = at(s, mode, combination);
          return { timeSeconds: seconds[i]! * pace, powerWatts: watts[i]! };
        }),
        ...(rest !== null && { idleWatts: idle.watts[mode]! }),
      }),
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
