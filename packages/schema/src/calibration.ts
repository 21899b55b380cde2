import { z } from "zod";
import { estimate } from "./estimate.ts";
import { count, nonNegative } from "./units.ts";

/** What measuring itself costs and can tell apart, found before each round. */
export const calibration = z.strictObject({
  environment: z.string().describe("hash of the environment it was found in"),
  round: count.describe("the round it was found before"),
  at: z.iso.datetime().describe("when, UTC"),
  clock: z.string().describe("name of the clock"),
  stepSeconds: nonNegative
    .nullable()
    .describe("smallest step of the clock that was seen; null when it stood still, as virtual clocks do"),
  readingSeconds: nonNegative.describe("time that one reading of the clock takes"),
  overheadSeconds: estimate.describe(
    "time from asking to answer for a worker that does nothing, by the path that batches take: median",
  ),
  temperatureCelsius: z
    .number()
    .optional()
    .describe(
      "temperature of the device's chip then, °C, to which it cools down between measurements; absent where it is not told",
    ),
});
export type Calibration = Readonly<z.infer<typeof calibration>>;
