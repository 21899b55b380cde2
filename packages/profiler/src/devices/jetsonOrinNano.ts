import type { Device } from "@partitune/schema";
import { inMegahertz } from "./inMegahertz.ts";

/**
 * Jetson Orin Nano, 8 GB module, before the Super firmware, whose modes `25W` and `MAXN_SUPER` raise the clocks.
 *
 * Named modes: `15W` (id 0), the default as shipped and the fastest, and `7W` (id 1). Source: NVIDIA Jetson Linux Developer Guide, "Supported
 * Modes and Power Efficiency", JetPack 5. The levels are the board's clocks in the steps that it shares with the AGX Orin, up to the caps of
 * `15W`; read them from the board where every step matters.
 */
export const jetsonOrinNano: Device = {
  name: "Jetson Orin Nano 8GB",
  kind: "jetson",
  processor: "Tegra234, 6 × Cortex-A78AE, 1024-core Ampere GPU",
  cores: 6,
  memoryBytes: 8 * 2 ** 30,
  partitionSchemes: [{ kind: "whole" }],
  powerModes: [
    { name: "15W", cores: 6, cpuHertz: 1_510_400_000, gpuHertz: 624_750_000, memoryHertz: 2_133_000_000 },
    { name: "7W", cores: 4, cpuHertz: 960_000_000, gpuHertz: 408_000_000, memoryHertz: 2_133_000_000 },
  ],
  powerLevels: {
    cores: [2, 4, 6],
    cpuHertz: inMegahertz(422.4, 576, 729.6, 883.2, 1036.8, 1190.4, 1344, 1510.4),
    gpuHertz: inMegahertz(306, 408, 510, 624.75),
    memoryHertz: inMegahertz(665.6, 2133),
  },
  defaultPartition: { kind: "whole" },
  synthetic: false,
};
