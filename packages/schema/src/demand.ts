import { z } from "zod";
import { made } from "./made.ts";
import { fraction, name, nonNegative, positive } from "./units.ts";

/** What a workload must deliver. */
export const demand = z.strictObject({
  workload: name.describe("which workload"),
  service: name
    .optional()
    .describe("name of the service, where several run one workload at rates and deadlines of their own"),
  ratePerSecond: nonNegative.describe("requests per second that arrive"),
  deadlineSeconds: positive.describe("response time, arrival to completion, that the percentile must stay within"),
  percentile: fraction.gt(0).lt(1).default(0.99).describe("part of the requests that must meet the deadline"),
});
export type Demand = Readonly<z.infer<typeof demand>>;

/** A file of demands. */
export const demands = z.strictObject({
  kind: z.literal("demands"),
  version: z.literal(1),
  made: made.optional().describe("absent when a user wrote the file by hand"),
  demands: z.array(demand).min(1).readonly(),
});
export type Demands = Readonly<z.infer<typeof demands>>;
