import type { Config, Device, Partition, Workload } from "@partitune/schema";
import type { Grid, Space } from "../space.ts";
import { devicePieces, type PieceKind } from "./devicePieces.ts";

/** Parts of a recording, the most useful first: a recording that is cut short has the first of them. */
export const recordingStages = [
  "the whole device",
  "halves and quarters",
  "pairs on halves",
  "further pieces",
] as const;

/** What a recording consists of. */
export interface RecordingChoices {
  readonly workloads: readonly Workload[];
  /** How the device is divided for networks alone; not at all when undefined. */
  readonly alone: PieceKind | undefined;
  /** Instances that it is divided into already, beside the one of the baseline. */
  readonly instances: readonly Partition[];
  /** How it is divided for pairs of them; there are none when undefined. */
  readonly paired: PieceKind | undefined;
}

/**
 * All that a recording measures: every network with every batch on the whole device; on a half and a quarter; with its middle batch on a half beside every
 * network on the other, itself too; on three quarters and an eighth. On a card that is cut into MIG instances: on one of each size. The stages are measured in this order.
 */
export function recordingSpace(device: Device, { workloads, alone, paired, instances }: RecordingChoices): Space {
  const powerModes = [device.powerModes[0]!.name];
  const gridOf = (stage: number, partitions: readonly Partition[]): Grid => ({
    ...{ stage, partitions, powerModes },
    companies: [[]],
  });
  const piecesOf = (...fractions: readonly number[]) =>
    alone === undefined ? [] : devicePieces(device, fractions, alone);
  const halves = paired === undefined ? [] : devicePieces(device, [0.5], paired);
  return {
    workloads,
    ...gridOf(0, [device.defaultPartition]),
    further: [
      gridOf(1, [...instances, ...piecesOf(0.5, 0.25)]),
      // Slowdowns are told against the same piece alone, which is measured above where it is of the same kind.
      ...halves.flatMap((half) => pairsOn(half, workloads, powerModes[0]!, alone === paired ? [] : [[]])),
      gridOf(3, piecesOf(0.75, 0.125)),
    ].filter(({ partitions }) => partitions.length > 0),
  };
}

/** Every network beside every network, each on a piece of the same size; a grid for each network, since middle batches differ. */
function pairsOn(
  partition: Partition,
  workloads: readonly Workload[],
  powerMode: string,
  further: readonly (readonly Config[])[],
): readonly Grid[] {
  const neighbours = workloads.map((workload): readonly Config[] => [
    { workload: workload.name, powerMode, partition, batch: middleBatch(workload) },
  ]);
  return workloads.map((workload) => ({
    ...{ stage: 2, partitions: [partition], powerModes: [powerMode], subjects: [workload.name] },
    batches: [middleBatch(workload)],
    companies: [...further, ...neighbours],
  }));
}

function middleBatch({ batches }: Workload): number {
  return batches[Math.floor((batches.length - 1) / 2)]!;
}
