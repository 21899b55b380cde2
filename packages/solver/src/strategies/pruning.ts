import type { ModeProblem } from "@partitune/schema";
import { within } from "../problems/within.ts";
import type { GridGeometry } from "./gridGeometry.ts";
import type { Jobs } from "./jobsOf.ts";
import type { JudgedCandidate } from "./ledger.ts";
import type { RunTable } from "./runTable.ts";

/**
 * What a measurement rules out, as more of a `mono` dimension is faster and takes more power: nothing at all; its own mode, when it breaks
 * a limit (`none` beyond it); also modes that break the limit more clearly; or also modes that cannot be better than one that holds.
 */
export type Pruning = "nothing" | "none" | "breaking" | "breaking-and-worse";

/**
 * Measurements vary by about 1 %, and times, which a core or a clock more may lengthen a little, by more: a limit broken by less than this
 * says nothing sure about other modes.
 */
const tolerance = { power: 1.02, time: 1.05 };

/** What may still be hoped of each candidate. */
export interface Rules {
  /** Modes × combinations: 0, nothing; 1, that inference holds without what runs beside it; 2, that everything runs. */
  readonly hope: Uint8Array;
  /** How many candidates have hope 2. */
  readonly runsAll: number;
  learnRun(mode: number, slot: number, table: RunTable): void;
  learnFailure(mode: number, slot: number, table: RunTable): void;
  /** Nothing more is to be hoped of a candidate that was measured in full. */
  close(mode: number, combination: number): void;
  /** Learns from a candidate that keeps every limit. */
  learnSuccess(candidate: JudgedCandidate): void;
}

export interface RulesInput {
  readonly problem: ModeProblem;
  readonly jobs: Jobs;
  readonly combinations: readonly (readonly number[])[];
  readonly geometry: GridGeometry;
  readonly pruning: Pruning;
}

export function rulesOf({ problem, jobs, combinations, geometry, pruning }: RulesInput): Rules {
  const modes = geometry.points.length;
  const count = combinations.length;
  const hope = new Uint8Array(modes * count).fill(2);
  const peakWatts = peakBudgetOf(problem);
  const longestTraining = problem.kind === "training" ? problem.minibatchSeconds : undefined;
  /** What is left to hope for when only the background breaks. */
  const servesWithout = isBackgroundOptional(problem, jobs) ? 1 : 0;
  const improves = directionOf(problem);
  let runsAll = modes * count;

  const lowerOne = (candidate: number, left: number) => {
    if (hope[candidate]! <= left) return;
    if (hope[candidate] === 2) runsAll--;
    hope[candidate] = left;
  };
  const lower = (mode: number, left: number, applies: (combination: number) => boolean) => {
    for (let combination = 0; combination < count; combination++) {
      const candidate = mode * count + combination;
      if (hope[candidate]! > left && applies(combination)) lowerOne(candidate, left);
    }
  };
  const lowerAll = (rows: readonly number[], left: number, applies: (combination: number) => boolean) => {
    for (const row of rows) lower(row, left, applies);
  };
  /** A power over a peak budget: of the mode itself, and when it is clear, of all higher modes. */
  const learnPower = (mode: number, watts: number, left: number, alike: (c: number) => boolean, hungrier = alike) => {
    if (peakWatts === undefined || within(watts, peakWatts)) return;
    lower(mode, left, alike);
    if (pruning !== "none" && watts > tolerance.power * peakWatts) lowerAll(geometry.higherThan(mode), left, hungrier);
  };
  const learnTime = (mode: number, seconds: number, longest: number, applies: (combination: number) => boolean) => {
    if (within(seconds, longest)) return;
    lower(mode, 0, applies);
    if (pruning !== "none" && seconds > tolerance.time * longest) lowerAll(geometry.lowerThan(mode), 0, applies);
  };
  const any = () => true;
  return {
    hope,
    get runsAll() {
      return runsAll;
    },
    learnRun: (mode, slot, table) => {
      if (pruning === "nothing") return;
      const watts = table.watts[slot]![mode]!;
      const seconds = table.seconds[slot]![mode]!;
      if (slot === table.trainingSlot) {
        learnPower(mode, watts, servesWithout, any);
        if (longestTraining !== undefined) learnTime(mode, seconds, longestTraining, any);
      }
      if (slot === table.idleSlot) return;
      for (const [s, slots] of table.servedSlots.entries()) {
        const b = slots.indexOf(slot);
        if (b < 0) continue;
        const batch = jobs.served[s]!.batches[b]!;
        const alike = (combination: number) => combinations[combination]![s] === batch;
        const hungrier = (combination: number) => combinations[combination]![s]! >= batch;
        const isBacklog = problem.kind === "backlogged" && s === jobs.served.length - 1;
        learnPower(mode, watts, isBacklog ? servesWithout : 0, alike, hungrier);
        learnTime(mode, seconds, jobs.served[s]!.longestSeconds[b]!, alike);
      }
    },
    close: (mode, combination) => lowerOne(mode * count + combination, 0),
    learnFailure: (mode, slot, table) => {
      lower(mode, 0, table.hasAny(mode) ? (combination) => table.slotsOf[combination]!.includes(slot) : any);
    },
    learnSuccess: ({ mode, combination, judgement }) => {
      if (pruning !== "breaking-and-worse" || improves === null || judgement.value === 0) return;
      const rows = improves === "upwards" ? geometry.lowerThan(mode) : geometry.higherThan(mode);
      for (const row of rows) lowerOne(row * count + combination, 0);
    },
  };
}

/** What no minibatch may draw, where there is such a limit. */
export function peakBudgetOf(problem: ModeProblem): number | undefined {
  if (problem.kind === "training") return problem.budgetWatts;
  return problem.budget?.kind === "peak" ? problem.budget.watts : undefined;
}

function isBackgroundOptional(problem: ModeProblem, { served }: Jobs): boolean {
  return served.length > 0 && problem.kind !== "inference" && (problem.kind !== "backlogged" || served.length > 1);
}

/** Where better modes lie of one that holds: upwards (faster) or downwards (less power), at the same minibatches; null where either may. */
function directionOf(problem: ModeProblem): "upwards" | "downwards" | null {
  switch (problem.kind) {
    case "training":
    case "inference":
    case "two-inferences": {
      const average = problem.kind !== "training" && problem.budget?.kind === "average";
      if (problem.objective === "power") return average ? null : "downwards";
      if (problem.objective === "energy" || (problem.objective === "training" && average)) return null;
      return "upwards";
    }
    case "concurrent":
    case "backlogged":
      return problem.budget.kind === "peak" ? "upwards" : null;
    case "rate-schedule":
      return null;
  }
}
