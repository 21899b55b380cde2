import { z } from "zod";
import { partition } from "./partition.ts";
import { powerLevels, powerMode } from "./powerMode.ts";
import { fraction, name, positive, positiveCount } from "./units.ts";

/** A way to divide the device, and the pieces it allows. */
export const partitionScheme = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("whole") }),
  z.strictObject({
    kind: z.literal("cpu-share"),
    granularity: fraction.gt(0).describe("smallest step between two shares"),
    total: fraction.describe("the most that all shares may add up to"),
  }),
  z.strictObject({ kind: z.literal("core-set") }),
]);
export type PartitionScheme = Readonly<z.infer<typeof partitionScheme>>;

/** A device that workloads are measured on and plans are made for. */
export const device = z.strictObject({
  name: name.describe("name used in files, chosen by the user or read from the machine"),
  kind: z.enum(["cpu", "jetson", "nvidia"]).describe("family of the device: who sets its power modes, and how"),
  processor: z.string().describe("the model the maker gives"),
  cores: positiveCount.describe("processor cores in use"),
  memoryBytes: positive.describe("memory that workloads may fill"),
  partitionSchemes: z.array(partitionScheme).min(1).readonly(),
  powerModes: z.array(powerMode).min(1).readonly().describe("modes it can be set to; the first is the default"),
  powerLevels: powerLevels
    .optional()
    .describe("further modes: every combination of these settings; absent when the named modes are all"),
  defaultPartition: partition.describe("the partition of the baseline, usually the whole device"),
  synthetic: z.boolean().describe("true when no hardware stands behind it: numbers come from a formula"),
});
export type Device = Readonly<z.infer<typeof device>>;
