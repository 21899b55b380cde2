import { z } from "zod";
import { migTable } from "./mig.ts";
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
  z
    .strictObject({
      kind: z.literal("mps-share"),
      granularity: fraction.gt(0).describe("smallest step between two shares: 0.01 for whole percentages"),
      total: fraction.describe("the most that all shares may add up to"),
      unitMultiprocessors: positiveCount.describe("shares are rounded down to a multiple of this many multiprocessors"),
      clients: positiveCount.describe("processes that may share the card at once"),
    })
    .describe("MPS clients with limited shares"),
  migTable.describe("MIG instances"),
  z
    .strictObject({
      kind: z.literal("sm-partition"),
      chunkMultiprocessors: positiveCount.describe("multiprocessors of a chunk; partitions are whole chunks"),
      chunks: positiveCount.describe("chunks of the card; multiprocessors that fill none stay unused"),
    })
    .describe("static MPS partitions"),
  z
    .strictObject({
      kind: z.literal("green-context"),
      leastMultiprocessors: positiveCount.describe("multiprocessors of the smallest context"),
      stepMultiprocessors: positiveCount.describe("sizes are multiples of this"),
    })
    .describe("green contexts of a process"),
]);
export type PartitionScheme = Readonly<z.infer<typeof partitionScheme>>;

/** A device that workloads are measured on and plans are made for. */
export const device = z.strictObject({
  name: name.describe("name used in files, chosen by the user or read from the machine"),
  kind: z
    .enum(["cpu", "jetson", "nvidia", "server"])
    .describe(
      "family of the device: who sets its power modes, and how; of a server of models only its own operator does",
    ),
  processor: z.string().describe("the model the maker gives"),
  cores: positiveCount.describe("processor cores in use; multiprocessors of a card"),
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
