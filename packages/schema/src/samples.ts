import { z } from "zod";
import { count } from "./units.ts";

const column = z.array(z.number()).readonly();

/** Raw samples of one measurement, in columns, one entry per batch in the order they were run. */
export const samples = z.strictObject({
  warmup: count.describe("the first so many batches are warm-up, the others were measured"),
  start_s: column.describe("when the batch was asked for, s, counted from the first batch of the warm-up"),
  end_s: column.describe("when its answer was there, s, counted likewise"),
  service_s: column.describe("service time as the worker measured it, s"),
});
export type Samples = Readonly<z.infer<typeof samples>>;
