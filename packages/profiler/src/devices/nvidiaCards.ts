import type { Device, Watts } from "@partitune/schema";
import { inMegahertz } from "./inMegahertz.ts";

/** Step between power caps; finer steps differ by less than meters tell apart. */
const capStep: Watts = 25;

/** What is public of a card. Clocks in MHz. */
interface Card {
  readonly name: string;
  readonly processor: string;
  readonly multiprocessors: number;
  readonly memoryGibibytes: number;
  /** Lowest and highest limit that `nvidia-smi -pl` takes; the highest is the default. */
  readonly caps: readonly [Watts, Watts];
  /** Lowest and highest clock of the multiprocessors, and the step between two. */
  readonly clocks: readonly [least: number, most: number, step: number];
  readonly memoryClocks: readonly number[];
}

/**
 * A card: its default is the highest cap with all clocks left to the driver. Levels are power cap × multiprocessor clock × memory clock; a clock
 * level is a locked clock. `cores` counts multiprocessors. All of it is device-wide and needs root.
 */
function card({ name, processor, multiprocessors, memoryGibibytes, caps, clocks, memoryClocks }: Card): Device {
  return {
    name,
    kind: "nvidia",
    processor,
    cores: multiprocessors,
    memoryBytes: memoryGibibytes * 2 ** 30,
    partitionSchemes: [{ kind: "whole" }],
    powerModes: [{ name: "default", powerCapWatts: caps[1] }],
    powerLevels: {
      powerCapWatts: steps(caps[0], caps[1], capStep),
      gpuHertz: inMegahertz(...steps(...clocks).map(Math.floor)),
      memoryHertz: inMegahertz(...memoryClocks),
    },
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
  caps: [100, 300],
  clocks: [210, 1740, 15],
  memoryClocks: [405, 7251],
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
  caps: [100, 250],
  clocks: [135, 1380, 7.5],
  memoryClocks: [877],
});

/** A100 (SXM4, 80 GB). Caps 100–400 W; clocks 210–1410 MHz in steps of 15 MHz, memory 1593 MHz, as `nvidia-smi` lists them in public logs. */
export const a100 = card({
  name: "NVIDIA A100 SXM4 80GB",
  processor: "GA100, 108 multiprocessors",
  multiprocessors: 108,
  memoryGibibytes: 80,
  caps: [100, 400],
  clocks: [210, 1410, 15],
  memoryClocks: [1593],
});

/** H100 (SXM5, 80 GB). Caps 200–700 W; clocks 345–1980 MHz in steps of 15 MHz, memory 1593 and 2619 MHz, as `nvidia-smi` lists them in public logs. */
export const h100 = card({
  name: "NVIDIA H100 SXM5 80GB",
  processor: "GH100, 132 multiprocessors",
  multiprocessors: 132,
  memoryGibibytes: 80,
  caps: [200, 700],
  clocks: [345, 1980, 15],
  memoryClocks: [1593, 2619],
});
