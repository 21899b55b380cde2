import { z } from "zod";
import { positive, positiveCount } from "./units.ts";

/** Expected service of one worker for every batch size it may form: what a queueing analysis or a simulation needs. */
export const serviceTable = z.strictObject({
  batches: z
    .array(
      z.strictObject({
        batch: positiveCount,
        serviceSeconds: positive.describe("median service time of a batch of this size"),
        occupancySeconds: positive.describe("time until the worker is free again, at least the service time"),
      }),
    )
    .min(1)
    .readonly()
    .describe("one row per batch size, from 1 to the largest"),
  ratios: z
    .array(positive)
    .min(1)
    .readonly()
    .describe("quantiles at (i + 0.5)/n of service time relative to its median"),
});
export type ServiceTable = Readonly<z.infer<typeof serviceTable>>;
