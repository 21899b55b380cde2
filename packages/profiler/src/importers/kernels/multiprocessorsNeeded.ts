/** What a kernel takes of a multiprocessor. */
export interface KernelResources {
  readonly blocks: number;
  readonly threadsPerBlock: number;
  readonly registersPerThread: number;
  /** Static and dynamic, of a block. */
  readonly sharedMemoryBytes: number;
}

/** What a multiprocessor of an NVIDIA GPU has. */
export interface MultiprocessorLimits {
  readonly threads: number;
  readonly registers: number;
  readonly sharedMemoryBytes: number;
  /** Major and minor version of the architecture, such as [8, 0]. */
  readonly computeCapability: readonly [major: number, minor: number];
}

const threadsPerWarp = 32;
const registerUnit = 256; // of a warp, since architecture 3
const warpUnit = 4; // registers are given to warps in fours

/** Blocks of architectures that hold another number of them than 32. */
const blockLimits: Readonly<Record<string, number>> = { "7.5": 16, "8.6": 16, "8.7": 16, "8.9": 24, "12.0": 24 };

/**
 * How many multiprocessors a kernel fills: its blocks over those that fit on one at a time, by threads, registers, shared memory and the number
 * of blocks, each rounded down.
 *
 * @returns null when not even one block fits, so that something of it is wrong
 * @see CUDA Occupancy Calculator; CUDA C++ Programming Guide, Technical Specifications per Compute Capability
 */
export function multiprocessorsNeeded(kernel: KernelResources, limits: MultiprocessorLimits): number | null {
  const warps = Math.ceil(kernel.threadsPerBlock / threadsPerWarp);
  const fitting = Math.min(
    Math.floor(Math.floor(limits.threads / threadsPerWarp) / warps),
    Math.floor(warpsByRegisters(kernel, limits) / warps),
    Math.floor(limits.sharedMemoryBytes / sharedMemoryOf(kernel, limits)),
    blocksOf(limits),
  );
  return fitting >= 1 && kernel.blocks >= 1 ? Math.ceil(kernel.blocks / fitting) : null;
}

function warpsByRegisters({ registersPerThread }: KernelResources, { registers }: MultiprocessorLimits): number {
  const perWarp = roundUp(registersPerThread * threadsPerWarp, registerUnit);
  return warpUnit * Math.floor(Math.floor(registers / perWarp) / warpUnit);
}

/** As it is given out; since architecture 8 the system takes 1 KiB of each block's. */
function sharedMemoryOf({ sharedMemoryBytes }: KernelResources, limits: MultiprocessorLimits): number {
  const recent = limits.computeCapability[0] >= 8;
  return roundUp(sharedMemoryBytes + (recent ? 1024 : 0), recent ? 128 : 256);
}

function blocksOf({ computeCapability: [major, minor] }: MultiprocessorLimits): number {
  return blockLimits[`${major}.${minor}`] ?? (major >= 5 ? 32 : 16);
}

function roundUp(value: number, unit: number): number {
  return unit * Math.ceil(value / unit);
}
