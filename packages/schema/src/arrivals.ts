import { z } from "zod";
import { fraction, nonNegative, positive } from "./units.ts";

/** How the requests of one workload arrive. Randomness comes from a seed given beside it. */
export const arrivals = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("poisson"), ratePerSecond: positive })
    .describe("independent users: exponential gaps"),
  z
    .strictObject({
      kind: z.literal("periodic"),
      ratePerSecond: positive,
      jitter: fraction.describe("each arrival is moved by up to ± this part of the period, uniformly"),
      offsetSeconds: nonNegative.describe("time of the first arrival"),
    })
    .describe("a clock: even gaps"),
  z
    .strictObject({
      kind: z.literal("recorded"),
      times: z.array(nonNegative).min(1).readonly().describe("arrival times, s, ascending"),
      repeat: z.boolean().describe("start again after the last one"),
    })
    .describe("a recording"),
]);
export type Arrivals = Readonly<z.infer<typeof arrivals>>;
