import type { Seconds, Watts } from "@partitune/schema";
import { checkRows, type IdleRow, type InferenceRow, idleByMode, type TrainingRow } from "./rows.ts";

/** Training and inference in one power mode, with one inference minibatch: a candidate for taking turns. */
export interface JoinedRow {
  readonly mode: string;
  readonly batch: number;
  readonly trainingSeconds: Seconds;
  readonly trainingWatts: Watts;
  readonly inferenceSeconds: Seconds;
  readonly inferenceWatts: Watts;
  /** 0 when not measured. */
  readonly idleWatts: Watts;
  /** Most that is drawn when both run in turn. */
  readonly peakWatts: Watts;
  /** Most that is drawn when only inference runs. */
  readonly servingWatts: Watts;
}

/** The tables of a training and an inference workload on one device. */
export interface ConcurrentTables {
  readonly training: readonly TrainingRow[];
  readonly inference: readonly InferenceRow[];
  /** Idle power by mode; needed for an average budget, whose modes without it are left out. */
  readonly idle?: readonly IdleRow[];
}

/**
 * All pairs of rows in one mode, from the least peak power up, the quicker inference of equals first.
 *
 * @throws InputError when rows repeat, or a number is not above 0
 */
export function joinRows({ training, inference, idle }: ConcurrentTables): readonly JoinedRow[] {
  checkRows("training", training);
  checkRows("inference", inference);
  const idleWatts = idle && idleByMode(idle);
  const trainingRows = new Map(training.map((row) => [row.mode, row]));
  return inference
    .flatMap((row) => {
      const beside = trainingRows.get(row.mode);
      const atRest = idleWatts === undefined ? 0 : idleWatts.get(row.mode);
      return beside === undefined || atRest === undefined ? [] : [join(beside, row, atRest)];
    })
    .sort((a, b) => a.peakWatts - b.peakWatts || a.inferenceSeconds - b.inferenceSeconds);
}

function join(training: TrainingRow, inference: InferenceRow, idleWatts: Watts): JoinedRow {
  return {
    mode: inference.mode,
    batch: inference.batch,
    trainingSeconds: training.seconds,
    trainingWatts: training.watts,
    inferenceSeconds: inference.seconds,
    inferenceWatts: inference.watts,
    idleWatts,
    peakWatts: Math.max(training.watts, inference.watts, idleWatts),
    servingWatts: Math.max(inference.watts, idleWatts),
  };
}
