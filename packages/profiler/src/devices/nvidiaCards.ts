import { type Device, gpuSchemes, type MigTable, migTables, type Watts } from "@partitune/schema";
import { inMegahertz } from "./inMegahertz.ts";

/** Step between power caps; finer steps differ by less than meters tell apart. */
const capStep: Watts = 25;

/** What is public of a card. Clocks in MHz. */
interface Card {
  readonly name: string;
  readonly processor: string;
  readonly multiprocessors: number;
  readonly memoryGibibytes: number;
  /** CUDA compute capability, which decides how it can be cut. */
  readonly computeCapability: number;
  /** How it is cut into MIG instances; absent when it cannot be. */
  readonly mig?: MigTable;
  /** The highest power limit that `nvidia-smi -pl` takes, which is the default. */
  readonly cap: Watts;
  /** What else can be set; absent where it was not seen. */
  readonly levels?: {
    readonly leastCap: Watts;
    /** Lowest and highest clock of the multiprocessors, and the step between two. */
    readonly clocks: readonly [least: number, most: number, step: number];
    readonly memoryClocks: readonly number[];
  };
}

/**
 * A card: its default is the highest cap with all clocks left to the driver. Levels are power cap × multiprocessor clock × memory clock; a clock
 * level is a locked clock. `cores` counts multiprocessors. All of it is device-wide and needs root.
 */
function card(known: Card): Device {
  const { name, processor, multiprocessors, memoryGibibytes, cap, levels } = known;
  return {
    name,
    kind: "nvidia",
    processor,
    cores: multiprocessors,
    memoryBytes: memoryGibibytes * 2 ** 30,
    partitionSchemes: gpuSchemes(known),
    powerModes: [{ name: "default", powerCapWatts: cap }],
    ...(levels === undefined
      ? {}
      : {
          powerLevels: {
            powerCapWatts: steps(levels.leastCap, cap, capStep),
            gpuHertz: inMegahertz(...steps(...levels.clocks).map(Math.floor)),
            memoryHertz: inMegahertz(...levels.memoryClocks),
          },
        }),
    defaultPartition: { kind: "whole" },
    synthetic: false,
  };
}

/** Values in equal steps, counted from the highest as drivers do; both ends are among them. */
function steps(least: number, most: number, step: number): readonly number[] {
  const below = Math.ceil((most - least) / step - 1e-9);
  return Array.from({ length: below + 1 }, (_, i) => Math.max(least, most - (below - i) * step));
}

/**
 * A40 (PCIe, 48 GB). Caps 100–300 W: the limits swept in the public Zeus tables. Clocks 210–1740 MHz in steps of 15 MHz: A40 product brief (boost
 * clock) and what drivers of this generation list.
 */
export const a40 = card({
  name: "NVIDIA A40",
  processor: "GA102, 84 multiprocessors",
  multiprocessors: 84,
  memoryGibibytes: 48,
  computeCapability: 8.6,
  cap: 300,
  levels: { leastCap: 100, clocks: [210, 1740, 15], memoryClocks: [405, 7251] },
});

/**
 * V100 (PCIe, 16 GB). Caps 100–250 W: the limits swept in the public Zeus tables. Clocks up to 1380 MHz, memory 877 MHz: V100 product brief; drivers
 * list steps of 7 and 8 MHz in turn: 7.5 MHz, rounded down.
 */
export const v100 = card({
  name: "NVIDIA V100 PCIe 16GB",
  processor: "GV100, 80 multiprocessors",
  multiprocessors: 80,
  memoryGibibytes: 16,
  computeCapability: 7,
  cap: 250,
  levels: { leastCap: 100, clocks: [135, 1380, 7.5], memoryClocks: [877] },
});

/** A100 (SXM4, 80 GB). Caps 100–400 W; clocks 210–1410 MHz in steps of 15 MHz, memory 1593 MHz, as `nvidia-smi` lists them in public logs. */
export const a100 = card({
  name: "NVIDIA A100 SXM4 80GB",
  processor: "GA100, 108 multiprocessors",
  multiprocessors: 108,
  memoryGibibytes: 80,
  computeCapability: 8,
  mig: migTables["a100-80gb"],
  cap: 400,
  levels: { leastCap: 100, clocks: [210, 1410, 15], memoryClocks: [1593] },
});

/** H100 (SXM5, 80 GB). Caps 200–700 W; clocks 345–1980 MHz in steps of 15 MHz, memory 1593 and 2619 MHz, as `nvidia-smi` lists them in public logs. */
export const h100 = card({
  name: "NVIDIA H100 SXM5 80GB",
  processor: "GH100, 132 multiprocessors",
  multiprocessors: 132,
  memoryGibibytes: 80,
  computeCapability: 9,
  mig: migTables["h100-sxm-80gb"],
  cap: 700,
  levels: { leastCap: 200, clocks: [345, 1980, 15], memoryClocks: [1593, 2619] },
});

/** A30 (PCIe, 24 GB), 165 W: A30 product brief. */
export const a30 = card({
  name: "NVIDIA A30",
  processor: "GA100, 56 multiprocessors",
  multiprocessors: 56,
  memoryGibibytes: 24,
  computeCapability: 8,
  mig: migTables["a30-24gb"],
  cap: 165,
});

/** A100 (SXM4, 40 GB), 400 W: A100 data sheet. */
export const a100With40 = card({
  name: "NVIDIA A100 SXM4 40GB",
  processor: "GA100, 108 multiprocessors",
  multiprocessors: 108,
  memoryGibibytes: 40,
  computeCapability: 8,
  mig: migTables["a100-40gb"],
  cap: 400,
});

/** H100 (PCIe, 80 GB), 350 W: H100 data sheet. */
export const h100Pcie = card({
  name: "NVIDIA H100 PCIe 80GB",
  processor: "GH100, 114 multiprocessors",
  multiprocessors: 114,
  memoryGibibytes: 80,
  computeCapability: 9,
  mig: migTables["h100-pcie-80gb"],
  cap: 350,
});

/** H200 (SXM5, 141 GB), 700 W: H200 data sheet. Memory as `nvidia-smi` shows it in public logs. */
export const h200 = card({
  name: "NVIDIA H200 SXM5 141GB",
  processor: "GH100, 132 multiprocessors",
  multiprocessors: 132,
  memoryGibibytes: 140,
  computeCapability: 9,
  mig: migTables["h200-141gb"],
  cap: 700,
});

/** B200 (SXM6, 180 GB), 1000 W: published data. Memory as `nvidia-smi` shows it in public logs. */
export const b200 = card({
  name: "NVIDIA B200 SXM6 180GB",
  processor: "GB100, 148 multiprocessors",
  multiprocessors: 148,
  memoryGibibytes: 179,
  computeCapability: 10,
  mig: migTables["b200-180gb"],
  cap: 1000,
});
