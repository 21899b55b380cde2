import { z } from "zod";
import { formatPartition, partition } from "./partition.ts";
import { name, positiveCount } from "./units.ts";

/** All knobs of one workload. */
export const config = z.strictObject({
  workload: name.describe("which workload"),
  powerMode: name.describe("name of the device-wide power mode"),
  partition: partition.describe("the piece of the device it runs on"),
  batch: positiveCount.describe("requests per batch: fixed while measuring, the largest formed when serving"),
  processes: positiveCount
    .optional()
    .describe("processes of the workload that run at once within the partition; absent: one"),
});
export type Config = Readonly<z.infer<typeof config>>;

/**
 * A configuration as one line, for keys, messages and tables.
 *
 * @example "resnet18 default cpu-share:0.5 batch 4"
 */
export function formatConfig(value: Config): string {
  const processes = value.processes === undefined ? "" : ` × ${value.processes}`;
  return `${value.workload} ${value.powerMode} ${formatPartition(value.partition)} batch ${value.batch}${processes}`;
}
