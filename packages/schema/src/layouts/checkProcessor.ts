import type { PartitionScheme } from "../device.ts";
import { formatPartition, type Partition } from "../partition.ts";
import { partitionFraction } from "../partitionSize.ts";
import type { LayoutDevice } from "./checkLayout.ts";
import type { LayoutConflict } from "./layoutConflict.ts";
import { exceeds, isOnGrid, percent } from "./onGrid.ts";
import { piecesOf } from "./piecesOf.ts";

type Scheme<K> = Extract<PartitionScheme, { readonly kind: K }>;

/** Shares of processor time on their grid and within their total; cores that exist, each bound once; both within the whole processor. */
export function checkProcessor(
  device: LayoutDevice,
  scheme: Scheme<"cpu-share"> | Scheme<"core-set">,
  partitions: readonly Partition[],
): readonly LayoutConflict[] {
  return scheme.kind === "cpu-share"
    ? [...checkShares(scheme, partitions), ...checkWhole(device, partitions)]
    : checkCores(device, partitions);
}

function checkShares(scheme: Scheme<"cpu-share">, partitions: readonly Partition[]): readonly LayoutConflict[] {
  const pieces = piecesOf("cpu-share", partitions);
  const sum = pieces.reduce((total, { partition }) => total + partition.share, 0);
  const offGrid = pieces.filter(({ partition }) => !isOnGrid(partition.share, scheme.granularity));
  return [
    ...offGrid.map(({ at, partition }) => ({
      code: "off-grid" as const,
      pieces: [at],
      slices: [],
      text: `"${formatPartition(partition)}" is no multiple of ${scheme.granularity}`,
    })),
    ...(exceeds(sum, scheme.total)
      ? [
          {
            code: "too-much" as const,
            pieces: pieces.map(({ at }) => at),
            slices: [],
            text: `the shares add up to ${percent(sum)}, and ${percent(scheme.total)} can be given away`,
          },
        ]
      : []),
  ];
}

/** Shares and bound cores together; shares alone have their own total. */
function checkWhole(device: LayoutDevice, partitions: readonly Partition[]): readonly LayoutConflict[] {
  const cores = piecesOf("core-set", partitions);
  const shares = piecesOf("cpu-share", partitions);
  const all = [...shares, ...cores];
  const sum = all.reduce((total, { partition }) => total + partitionFraction(partition, device), 0);
  if (cores.length === 0 || shares.length === 0 || !exceeds(sum, 1)) return [];
  const text = `shares and bound cores take ${percent(sum)} of the processor together`;
  return [{ code: "too-much", pieces: all.map(({ at }) => at).sort((a, b) => a - b), slices: [], text }];
}

function checkCores(device: LayoutDevice, partitions: readonly Partition[]): readonly LayoutConflict[] {
  const boundBy = new Map<number, number>();
  return piecesOf("core-set", partitions).flatMap(({ at, partition }): LayoutConflict[] => {
    const missing = partition.cores.filter((core) => core >= device.cores);
    const taken = partition.cores.filter((core) => boundBy.has(core));
    const others = [...new Set(taken.map((core) => boundBy.get(core)!))];
    for (const core of partition.cores) if (!boundBy.has(core)) boundBy.set(core, at);
    return [
      ...(missing.length === 0
        ? []
        : [
            {
              code: "no-such-core" as const,
              pieces: [at],
              slices: missing,
              text: `"${formatPartition(partition)}" names core ${missing.join(", ")}, and there are cores 0 to ${device.cores - 1}`,
            },
          ]),
      ...(taken.length === 0
        ? []
        : [
            {
              code: "overlap" as const,
              pieces: [...others, at],
              slices: taken,
              text: `core ${taken.join(", ")} is bound twice, by ${[...others, at].map((each) => `"${formatPartition(partitions[each]!)}"`).join(" and ")}`,
            },
          ]),
    ];
  });
}
