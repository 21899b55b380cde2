import {
  type Config,
  type Occupant,
  occupantOf,
  type Partition,
  type Prediction,
  type ServiceTable,
  type Warning,
} from "@partitune/schema";
import { batchThroughput } from "./batchThroughput.ts";
import { type ExpectedService, expectedService } from "./expectedService.ts";
import type { PieceRow } from "./packing/packingProblem.ts";
import { worstSlowdown } from "./packing/worstSlowdown.ts";
import { pieceName } from "./toCard.ts";
import type { PackingInput } from "./toPackingProblem.ts";
import { toStation } from "./toStation.ts";

/** A configuration that may be planned with: as it was measured, and the piece that it stands for. */
export interface UsableConfig {
  readonly config: Config;
  readonly piece: Partition;
}

/** A configuration as it is planned for. */
export interface PlannedRow {
  readonly row: PieceRow;
  /** Times of one process while all its processes work and no other piece does. */
  readonly expected: ServiceTable;
  /** Relative excess of these times that is planned for because they are not known better. */
  readonly margin: number;
  /** Factor on them that is planned for because of other pieces of the card. */
  readonly slowdown: number;
  readonly synthetic: boolean;
  /** Whether the interval of a time was open, so that the margin is an assumption. */
  readonly assumed: boolean;
}

/** What all curves of a problem are planned with. */
export type CurveContext = Required<Pick<PackingInput, "device" | "predict" | "margin" | "interference" | "idleWatts">>;

/**
 * Rows of one workload on one kind of piece with so many processes, one per batch size that is known.
 *
 * @param curve  configurations that differ in their batch only
 * @param others  what may run beside it
 */
export function plannedCurve(
  curve: readonly UsableConfig[],
  others: readonly Occupant[],
  context: CurveContext,
): readonly PlannedRow[] {
  const known = new Map<number, Prediction>();
  for (const { config } of curve) {
    const prediction = context.predict(config);
    if (prediction !== undefined && !prediction.extrapolated) known.set(config.batch, perProcess(prediction, config));
  }
  const predict = ({ batch }: Config) => known.get(batch);
  return curve.flatMap(({ config, piece }): readonly PlannedRow[] => {
    const service = expectedService(predict, config);
    if (service === undefined) return [];
    const subject = occupantOf({ ...config, partition: piece }, context.device);
    return [plannedRow(config, piece, service, worstSlowdown(context.interference, subject, others), context)];
  });
}

/** The throughput of one process: measured is that of all. */
function perProcess(prediction: Prediction, { processes = 1 }: Config): Prediction {
  const { throughput_per_s: all } = prediction.metrics;
  if (all === undefined || processes === 1) return prediction;
  const part = (value: number | null) => value && value / processes;
  return {
    ...prediction,
    metrics: {
      ...prediction.metrics,
      throughput_per_s: { value: all.value / processes, low: part(all.low), high: part(all.high) },
    },
  };
}

function plannedRow(
  { workload, batch, processes = 1 }: Config,
  piece: Partition,
  { table, excess, prediction }: ExpectedService,
  slowdown: number,
  { margin, idleWatts }: CurveContext,
): PlannedRow {
  const relative = margin.kind === "relative" ? margin.excess : (excess ?? margin.whenOpen);
  const station = toStation(table, (1 + relative) * slowdown - 1);
  const memory = prediction.metrics.memory_peak_bytes;
  const power = prediction.metrics.power_mean_w;
  return {
    row: {
      model: workload,
      piece: pieceName(piece),
      batch,
      processes,
      latencySeconds: station.serviceSeconds.at(-1)!,
      ratePerSecond: processes * batchThroughput(station),
      memoryBytes: memory === undefined ? null : (memory.high ?? memory.value),
      powerWatts: power === undefined || idleWatts === null ? null : Math.max(0, power.value - idleWatts),
      station,
    },
    expected: table,
    margin: relative,
    slowdown,
    synthetic: prediction.synthetic,
    assumed: margin.kind === "interval" && excess === null,
  };
}

/** Says which rows are planned with an assumed margin. */
export function assumedMargins(rows: readonly PlannedRow[], whenOpen: number): readonly Warning[] {
  return [
    ...Map.groupBy(
      rows.filter(({ assumed }) => assumed),
      ({ row }) => row.model,
    ),
  ].map(([model, own]) => ({
    code: "open-interval",
    where: `"${model}"`,
    cause: `times of ${own.length} configurations have no upper end, so they are planned ${Number((100 * whenOpen).toPrecision(3))} % longer`,
    advice: "measure more samples, or state how much longer to plan with --margin",
  }));
}
