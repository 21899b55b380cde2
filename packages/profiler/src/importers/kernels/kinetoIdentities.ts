import type { KernelIdentity } from "@partitune/schema";
import { identityKey } from "./identityKey.ts";
import { type KinetoRecords, sharedMemoryUnits } from "./kinetoRecords.ts";
import type { KernelResources } from "./multiprocessorsNeeded.ts";

type Dimensions = readonly [number, number, number];

/** Numbers for identities: of operations of a trace, and of others that are made of them. */
export interface IdentityTable {
  readonly list: readonly KernelIdentity[];
  /** Index of the identity of an operation, launched by `launch` (−1: not known). */
  readonly ofOperation: (row: number, launch: number) => number;
  readonly indexOf: (identity: KernelIdentity) => number;
  /** The most that any operation of an identity so far took; undefined when not known. */
  readonly resourcesOf: (
    index: number,
  ) => Pick<KernelResources, "registersPerThread" | "sharedMemoryBytes"> | undefined;
}

/** These calls of ROCm count their grid in work-items instead of blocks. */
const countsWorkItems = /^hip(?:Ext|Hcc)ModuleLaunchKernel$/;

/** Identities of a trace's operations. Where kernels have no geometry (ROCm), that of their launch is theirs. */
export function openIdentityTable({ operations, launches, textOf }: KinetoRecords): IdentityTable {
  const list: KernelIdentity[] = [];
  const indices = new Map<string, number>();
  const seen = new Map<string, number>();
  const indexOf = (identity: KernelIdentity): number => {
    const key = identityKey(identity);
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, list.length);
    return list.push(identity) - 1;
  };
  const identify = (row: number, grid: number, block: number, launch: number): KernelIdentity => {
    const name = textAt(textOf, operations.names[row]!) || "(no name)";
    const threads = dimensionsOf(textAt(textOf, block));
    const blocks = dimensionsOf(textAt(textOf, grid));
    const inItems = launch >= 0 && operations.grids[row]! < 0 && countsWorkItems.test(textOf(launches.names[launch]!));
    if (blocks === null || threads === null || !inItems) return { name, grid: blocks, block: threads };
    return { name, grid: map(blocks, (items, axis) => Math.ceil(items / Math.max(1, threads[axis]!))), block: threads };
  };
  const [mostRegisters, mostSharedMemory] = [new Map<number, number>(), new Map<number, number>()];
  const note = (index: number, resources: number): number => {
    if (resources < 0) return index;
    const [registers, sharedMemory] = [Math.floor(resources / sharedMemoryUnits), resources % sharedMemoryUnits];
    if (registers > (mostRegisters.get(index) ?? 0)) mostRegisters.set(index, registers);
    if (sharedMemory > (mostSharedMemory.get(index) ?? 0)) mostSharedMemory.set(index, sharedMemory);
    return index;
  };
  return {
    list,
    indexOf,
    resourcesOf: (index) => {
      const registersPerThread = mostRegisters.get(index);
      if (registersPerThread === undefined) return undefined;
      return { registersPerThread, sharedMemoryBytes: mostSharedMemory.get(index) ?? 0 };
    },
    ofOperation: (row, launch) => {
      const borrowed = launch >= 0 && operations.grids[row]! < 0 && operations.onMemory[row] === 0;
      const grid = borrowed ? launches.grids[launch]! : operations.grids[row]!;
      const block = borrowed ? launches.blocks[launch]! : operations.blocks[row]!;
      const key = `${operations.names[row]},${grid},${block},${borrowed ? launches.names[launch] : ""}`;
      const known = seen.get(key);
      if (known !== undefined) return note(known, operations.resources[row]!);
      const index = indexOf(identify(row, grid, block, launch));
      seen.set(key, index);
      return note(index, operations.resources[row]!);
    },
  };
}

function textAt(textOf: (id: number) => string, id: number): string {
  return id < 0 ? "" : textOf(id);
}

/** "[50, 1, 1]" → dimensions; null for anything but one to three whole numbers. */
function dimensionsOf(text: string): Dimensions | null {
  const match = /^\[\s*(\d{1,15})\s*(?:,\s*(\d{1,15})\s*)?(?:,\s*(\d{1,15})\s*)?\]$/.exec(text);
  if (match === null) return null;
  const [, x, y = "1", z = "1"] = match;
  return [Number(x), Number(y), Number(z)];
}

function map([x, y, z]: Dimensions, change: (value: number, axis: number) => number): Dimensions {
  return [change(x, 0), change(y, 1), change(z, 2)];
}
