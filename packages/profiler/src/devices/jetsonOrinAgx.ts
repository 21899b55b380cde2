import type { Device, PowerMode } from "@partitune/schema";
import { inMegahertz } from "./inMegahertz.ts";

/** A mode as nvpmodel.conf has it: cores online, then CPU, GPU and memory clock, MHz. */
function mode(name: string, cores: number, ...clocks: readonly [cpu: number, gpu: number, memory: number]): PowerMode {
  const [cpuHertz, gpuHertz, memoryHertz] = inMegahertz(...clocks) as [number, number, number];
  return { name, cores, cpuHertz, gpuHertz, memoryHertz };
}

/**
 * Jetson AGX Orin, 64 GB module, with every combination of cores and clocks: 6 · 14 · 13 · 4 = 4,368.
 *
 * Named modes are those of nvpmodel: `30W` (id 2) is the default as shipped, `MAXN` is id 0, `15W` id 1, `50W` id 3. The label caps clocks and
 * meters nothing. Source: NVIDIA Jetson Linux Developer Guide, "Supported Modes and Power Efficiency", JetPack 5; other releases cap the
 * GPU of the 30W mode at 612 MHz. Grid: the public analysis scripts of PowerTrain (arXiv 2407.13944), which states the count.
 */
export const jetsonOrinAgx: Device = {
  name: "Jetson AGX Orin 64GB",
  kind: "jetson",
  processor: "Tegra234, 12 × Cortex-A78AE, 2048-core Ampere GPU",
  cores: 12,
  memoryBytes: 64 * 2 ** 30,
  partitionSchemes: [{ kind: "whole" }],
  powerModes: [
    mode("30W", 8, 1728, 624.75, 3199),
    mode("MAXN", 12, 2201.6, 1300.5, 3199),
    mode("15W", 4, 1113.6, 420.75, 2133),
    mode("50W", 12, 1497.6, 828.75, 3199),
  ],
  powerLevels: {
    cores: [2, 4, 6, 8, 10, 12],
    cpuHertz: inMegahertz(
      ...[268.8, 422.4, 576, 729.6, 883.2, 1036.8, 1190.4, 1344, 1497.6, 1651.2, 1804.8, 1958.4, 2112, 2201.6],
    ),
    gpuHertz: inMegahertz(
      ...[114.75, 216.75, 318.75, 420.75, 522.75, 624.75, 726.75, 828.75, 930.75, 1032.75, 1134.75, 1236.75, 1300.5],
    ),
    memoryHertz: inMegahertz(204, 665.6, 2133, 3199),
  },
  defaultPartition: { kind: "whole" },
  synthetic: false,
};

/** The same board with the reduced grid of the same scripts: 3 · 7 · 7 · 3 = 441 combinations beside the named modes. */
export const jetsonOrinAgx441: Device = {
  ...jetsonOrinAgx,
  name: "Jetson AGX Orin 64GB, reduced grid",
  powerLevels: {
    cores: [4, 8, 12],
    cpuHertz: inMegahertz(422.4, 729.6, 1036.8, 1344, 1651.2, 1958.4, 2201.6),
    gpuHertz: inMegahertz(114.75, 318.75, 522.75, 726.75, 930.75, 1134.75, 1300.5),
    memoryHertz: inMegahertz(665.6, 2133, 3199),
  },
};
