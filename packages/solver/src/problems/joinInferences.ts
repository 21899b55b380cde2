import type { Seconds, Watts } from "@partitune/schema";
import { checkRows, type IdleRow, type InferenceRow, idleByMode, type TrainingRow } from "./rows.ts";

/** Two inference workloads, and training if there is any, in one power mode. */
export interface InferencePair {
  readonly mode: string;
  readonly urgentBatch: number;
  readonly nonUrgentBatch: number;
  readonly urgentSeconds: Seconds;
  readonly urgentWatts: Watts;
  readonly nonUrgentSeconds: Seconds;
  readonly nonUrgentWatts: Watts;
  /** 0 without training. */
  readonly trainingSeconds: Seconds;
  /** 0 without training. */
  readonly trainingWatts: Watts;
  /** 0 when not measured. */
  readonly idleWatts: Watts;
  /** Most that is drawn when all run. */
  readonly peakWatts: Watts;
}

/** The tables of two inference workloads on one device. */
export interface InferenceTables {
  readonly urgent: readonly InferenceRow[];
  readonly nonUrgent: readonly InferenceRow[];
  /** Training that runs whenever neither has a minibatch ready. */
  readonly training?: readonly TrainingRow[];
  /** Idle power by mode; needed for an average budget, whose modes without it are left out. */
  readonly idle?: readonly IdleRow[];
}

/**
 * All combinations of rows in one mode, from the least peak power up, the quicker urgent minibatch of equals first.
 *
 * @throws InputError when rows repeat, or a number is not above 0
 */
export function joinInferences({ urgent, nonUrgent, training, idle }: InferenceTables): readonly InferencePair[] {
  checkRows("urgent inference", urgent);
  checkRows("non-urgent inference", nonUrgent);
  if (training !== undefined) checkRows("training", training);
  const nonUrgentRows = Map.groupBy(nonUrgent, ({ mode }) => mode);
  const trainingRows = training && new Map(training.map((row) => [row.mode, row]));
  const idleWatts = idle && idleByMode(idle);
  const none = { mode: "", seconds: 0, watts: 0 };
  return urgent
    .flatMap((row) => {
      const behind = trainingRows === undefined ? none : trainingRows.get(row.mode);
      const atRest = idleWatts === undefined ? 0 : idleWatts.get(row.mode);
      if (behind === undefined || atRest === undefined) return [];
      return (nonUrgentRows.get(row.mode) ?? []).map((other) => join(row, other, behind, atRest));
    })
    .sort((a, b) => a.peakWatts - b.peakWatts || a.urgentSeconds - b.urgentSeconds);
}

function join(urgent: InferenceRow, nonUrgent: InferenceRow, training: TrainingRow, idleWatts: Watts): InferencePair {
  return {
    mode: urgent.mode,
    urgentBatch: urgent.batch,
    nonUrgentBatch: nonUrgent.batch,
    urgentSeconds: urgent.seconds,
    urgentWatts: urgent.watts,
    nonUrgentSeconds: nonUrgent.seconds,
    nonUrgentWatts: nonUrgent.watts,
    trainingSeconds: training.seconds,
    trainingWatts: training.watts,
    idleWatts,
    peakWatts: Math.max(urgent.watts, nonUrgent.watts, training.watts, idleWatts),
  };
}
