import type { PartitionScheme } from "../device.ts";
import type { MigTable } from "../mig.ts";

/** What of a card decides how it can be cut. */
export interface Gpu {
  readonly multiprocessors: number;
  /** CUDA compute capability: 7.0 Volta, 8.0 Ampere, 8.9 Ada, 9.0 Hopper, 10.0 Blackwell. */
  readonly computeCapability: number;
  /** How it is cut into MIG instances; absent when it cannot be. */
  readonly mig?: MigTable;
}

/** MPS clients are given whole texture-processing clusters, of two multiprocessors. */
const unitMultiprocessors = 2;

/**
 * The ways in which an NVIDIA card can be cut: the whole of it, MPS shares, static SM partitions, green contexts, MIG instances.
 *
 * MPS shares exist from Volta on, in whole percents, rounded down to two multiprocessors; 48 clients. Static partitions: from Ampere on, chunks
 * of 4 multiprocessors, 8 from Hopper on (CUDA 13.1 or newer); a daemon's own `lspart` overrules this. Green contexts: multiples of 2, at least
 * 4 on Ampere and Ada, multiples of 8 from Hopper on. NVIDIA's guides to MPS and to the CUDA driver API.
 */
export function gpuSchemes({ multiprocessors, computeCapability, mig }: Gpu): readonly PartitionScheme[] {
  const fromHopper = computeCapability >= 9;
  const chunkMultiprocessors = fromHopper ? 8 : 4;
  const schemes: PartitionScheme[] = [{ kind: "whole" }];
  if (computeCapability >= 7)
    schemes.push({ kind: "mps-share", granularity: 0.01, total: 1, unitMultiprocessors, clients: 48 });
  if (mig !== undefined) schemes.push(mig);
  if (computeCapability >= 8)
    schemes.push({
      kind: "sm-partition",
      chunkMultiprocessors,
      chunks: Math.floor(multiprocessors / chunkMultiprocessors),
    });
  if (computeCapability >= 7)
    schemes.push({
      kind: "green-context",
      leastMultiprocessors: fromHopper ? 8 : computeCapability >= 8 ? 4 : 2,
      stepMultiprocessors: fromHopper ? 8 : 2,
    });
  return schemes;
}
