import { InputError } from "@partitune/schema";
import { type CandidateCosts, excessSum, holds, type RunCost } from "../problems/judgeOf.ts";
import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import type { Ledger } from "./ledger.ts";
import type { Learn, LearnedRow, ModeCost, StartStrategy, StrategyInput } from "./strategy.ts";

/** What tells one such strategy from another. */
export interface LearningDefinition {
  readonly name: string;
  /** Of the modes that may be measured, how many to learn from; the rest verifies what is predicted. */
  readonly learnFrom: (probes: number) => number;
}

/**
 * A strategy that measures some modes at random, lets a model from outside learn from them, and then measures what the model predicts to
 * be best: the model learns from that too, and the next best is measured until the modes are used up or nothing better is predicted.
 *
 * Predictions choose what to measure and are never answered themselves.
 */
export function learnThenVerify({ name, learnFrom }: LearningDefinition): StartStrategy {
  return defineStrategy({
    name,
    pruning: "none",
    start: (input, ledger) => {
      const learn = modelOf(name, input);
      const order = input.random.shuffle([...input.grid.modes.keys()]);
      const sample = Math.max(1, Math.min(learnFrom(input.probes), input.probes - 1));
      return () => nextOfSample(order, sample, ledger) ?? bestPredicted(learn, input, ledger);
    },
  });
}

function modelOf(name: string, { learn }: StrategyInput): Learn {
  if (learn !== undefined) return learn;
  throw new InputError({
    what: `strategy "${name}"`,
    problem: "has no model to learn with",
    advice: "give it one that fits time and power to measured runs, or choose another strategy",
  });
}

/** The rest of the mode begun, then the next at random, until enough are measured. */
function nextOfSample(order: readonly number[], sample: number, ledger: Ledger): CandidateProposal | null {
  const count = ledger.combinations.length;
  const open = Map.groupBy(ledger.openCandidates(), (candidate) => Math.floor(candidate / count));
  const begun = [...ledger.modesMeasured].at(-1);
  const modes = ledger.modesMeasured.size < sample ? order : [];
  for (const mode of begun !== undefined && ledger.modesMeasured.size <= sample ? [begun, ...modes] : modes) {
    const candidate = open.get(mode)?.[0];
    if (candidate !== undefined)
      return { mode, combination: candidate % count, reason: "drawn at random, to learn from" };
  }
  return null;
}

/** The open candidate that is predicted best; null when none is predicted to beat what was measured. */
function bestPredicted(learn: Learn, input: StrategyInput, ledger: Ledger): CandidateProposal | null {
  const predict = predictorOf(learn, input, ledger);
  const count = ledger.combinations.length;
  const best = ledger.best();
  const goal = best === null ? Number.POSITIVE_INFINITY : best.judgement.value;
  let chosen: { readonly candidate: number; readonly excess: number; readonly value: number } | null = null;
  for (const candidate of ledger.openCandidates()) {
    const combination = candidate % count;
    const judgement = ledger.judge(
      ledger.combinations[combination]!,
      predict(Math.floor(candidate / count), combination),
    );
    const excess = holds(judgement) ? 0 : excessSum(judgement);
    if (best !== null && (excess > 0 || judgement.value >= goal)) continue;
    const { value } = judgement;
    if (chosen === null || excess < chosen.excess || (excess === chosen.excess && value < chosen.value)) {
      chosen = { candidate, excess, value };
    }
  }
  if (chosen === null) return null;
  const reason = chosen.excess === 0 ? "predicted to be best" : "predicted to miss least";
  return { mode: Math.floor(chosen.candidate / count), combination: chosen.candidate % count, reason };
}

/** Costs of a candidate: what is measured of it, the rest by models of its workloads, fitted to all that is measured. */
function predictorOf(
  learn: Learn,
  { grid, random }: StrategyInput,
  { jobs, table, observations, combinations }: Ledger,
): (mode: number, combination: number) => CandidateCosts {
  const rows = new Map<string | null, LearnedRow[]>();
  for (const { run, timeSeconds, powerWatts } of observations) {
    const settings = grid.modes[run.mode]!;
    const known = rows.get(run.workload) ?? [];
    // The idle device has a power only; a time that is the same everywhere tells a model nothing.
    known.push({
      x: run.batch === null ? settings : [...settings, run.batch],
      timeSeconds: timeSeconds ?? 1,
      powerWatts,
    });
    rows.set(run.workload, known);
  }
  const models = new Map(
    [...rows].map(([workload, known]) => [workload, learn(known, random.fork(`${observations.length} ${workload}`))]),
  );
  const unknown: ModeCost = { timeSeconds: Number.POSITIVE_INFINITY, powerWatts: Number.POSITIVE_INFINITY };
  const costOf = (workload: string | null, mode: number, slot: number, batch: number | null): RunCost => {
    if (table.isKnown(mode, slot))
      return { timeSeconds: table.seconds[slot]![mode]!, powerWatts: table.watts[slot]![mode]! };
    const settings = grid.modes[mode]!;
    return models.get(workload)?.(batch === null ? settings : [...settings, batch]) ?? unknown;
  };
  return (mode, combination) => ({
    ...(table.trainingSlot !== null && { training: costOf(jobs.training, mode, table.trainingSlot, null) }),
    served: combinations[combination]!.map((batch, s) => {
      const { workload, batches } = jobs.served[s]!;
      return costOf(workload, mode, table.servedSlots[s]![batches.indexOf(batch)]!, batch);
    }),
    ...(table.idleSlot !== null && { idleWatts: costOf(null, mode, table.idleSlot, null).powerWatts }),
  });
}
