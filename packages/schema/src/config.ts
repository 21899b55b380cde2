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
 * @example "resnet18 default cpu-share:0.5 batch 4", and "resnet18 default mig:3g.40gb batch 4 × 2" for two processes
 */
export function formatConfig(value: Config): string {
  const { workload, powerMode, partition, batch, processes = 1 } = value;
  return `${workload} ${powerMode} ${formatPartition(partition)} batch ${batch}${processes === 1 ? "" : ` × ${processes}`}`;
}
