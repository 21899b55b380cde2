import type { Seconds, Watts } from "@partitune/schema";
import type { CandidateCosts, RunCost } from "../problems/judgeOf.ts";
import type { Jobs } from "./jobsOf.ts";
import type { ModeRun } from "./strategy.ts";

/** Measured times and powers. A slot is a kind of run: the training, a workload with a batch, the idle device. */
export interface RunTable {
  /** Slot of the training; null where nothing is trained. */
  readonly trainingSlot: number | null;
  /** Slots per served workload and batch, in their order. */
  readonly servedSlots: readonly (readonly number[])[];
  /** Slot of the idle device; null where it does not count. */
  readonly idleSlot: number | null;
  /** Slots that each combination of batches needs. */
  readonly slotsOf: readonly (readonly number[])[];
  /** Combinations that need each slot, ascending. */
  readonly combinationsWith: readonly (readonly number[])[];
  /** Slots × modes, NaN where not measured; the idle device has no time. */
  readonly seconds: readonly Float64Array[];
  /** Slots × modes, NaN where not measured. */
  readonly watts: readonly Float64Array[];
  /** The slot of a run, or undefined when the problem has no use for it. */
  slotOf(run: ModeRun): number | undefined;
  isKnown(mode: number, slot: number): boolean;
  hasFailed(mode: number, slot: number): boolean;
  /** Modes in which a slot is measured, in the order told. */
  modesWith(slot: number): readonly number[];
  /** Whether anything is measured in a mode. */
  hasAny(mode: number): boolean;
  isComplete(mode: number, combination: number): boolean;
  missingRuns(mode: number, combination: number): readonly ModeRun[];
  /** Costs of a complete candidate. */
  costsOf(mode: number, combination: number): CandidateCosts;
  store(mode: number, slot: number, timeSeconds: Seconds | null, powerWatts: Watts): void;
  fail(mode: number, slot: number): void;
}

export function openRunTable(jobs: Jobs, combinations: readonly (readonly number[])[], modes: number): RunTable {
  const runs: Omit<ModeRun, "mode">[] = [];
  const slots = new Map<string, number>();
  const keyOf = ({ workload, batch }: Omit<ModeRun, "mode">) => `${batch} ${workload === null ? "" : `"${workload}"`}`;
  const open = (workload: string | null, batch: number | null) => {
    const key = keyOf({ workload, batch });
    const slot = slots.get(key) ?? runs.push({ workload, batch }) - 1;
    slots.set(key, slot);
    return slot;
  };
  const trainingSlot = jobs.training === null ? null : open(jobs.training, null);
  const servedSlots = jobs.served.map(({ workload, batches }) => batches.map((batch) => open(workload, batch)));
  const idleSlot = jobs.idle ? open(null, null) : null;
  const servedOf = combinations.map((batches) =>
    batches.map((batch, s) => servedSlots[s]![jobs.served[s]!.batches.indexOf(batch)]!),
  );
  const slotsOf = servedOf.map((served) => [trainingSlot, ...served, idleSlot].filter((slot) => slot !== null));
  const combinationsWith = runs.map((_, slot) => [...slotsOf.keys()].filter((c) => slotsOf[c]!.includes(slot)));
  const seconds = runs.map(() => new Float64Array(modes).fill(Number.NaN));
  const watts = runs.map(() => new Float64Array(modes).fill(Number.NaN));
  const measured = runs.map((): number[] => []);
  const failed = new Set<number>();
  const isKnown = (mode: number, slot: number) => watts[slot]![mode]! > 0;
  const costAt = (mode: number, slot: number): RunCost => ({
    timeSeconds: seconds[slot]![mode]!,
    powerWatts: watts[slot]![mode]!,
  });
  return {
    trainingSlot,
    servedSlots,
    idleSlot,
    slotsOf,
    combinationsWith,
    seconds,
    watts,
    slotOf: (run) => slots.get(keyOf(run)),
    isKnown,
    hasFailed: (mode, slot) => failed.has(slot * modes + mode),
    modesWith: (slot) => measured[slot]!,
    hasAny: (mode) => watts.some((column) => column[mode]! > 0),
    isComplete: (mode, combination) => {
      for (const slot of slotsOf[combination]!) if (!isKnown(mode, slot)) return false;
      return true;
    },
    missingRuns: (mode, combination) => {
      const missing = new Set(slotsOf[combination]!.filter((slot) => !isKnown(mode, slot)));
      return [...missing].map((slot) => ({ mode, ...runs[slot]! }));
    },
    costsOf: (mode, combination) => ({
      ...(trainingSlot !== null && { training: costAt(mode, trainingSlot) }),
      served: servedOf[combination]!.map((slot) => costAt(mode, slot)),
      ...(idleSlot !== null && { idleWatts: watts[idleSlot]![mode]! }),
    }),
    store: (mode, slot, timeSeconds, powerWatts) => {
      if (timeSeconds !== null) seconds[slot]![mode] = timeSeconds;
      watts[slot]![mode] = powerWatts;
      measured[slot]!.push(mode);
    },
    fail: (mode, slot) => failed.add(slot * modes + mode),
  };
}
