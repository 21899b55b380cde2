import { z } from "zod";
import { positive } from "./units.ts";

/** How much power there is. */
export const powerBudget = z.strictObject({
  kind: z
    .enum(["peak", "average"])
    .describe(
      "peak: no minibatch may draw more (supply, breaker, battery current; spikes inside a minibatch are not seen). average: the mean over a window may not exceed it (cooling, battery energy); never use it for a supply's limit",
    ),
  watts: positive,
});
export type PowerBudget = Readonly<z.infer<typeof powerBudget>>;
