import { z } from "zod";
import { nonNegative } from "./units.ts";

/** In which ways a device can be idle. */
export const idleStates = {
  empty: "nothing runs on the device",
  loaded: "the workloads are loaded and wait",
  unmonitored: "nothing runs, and nobody samples the device: only its energy counter is read now and then",
} as const;
export type IdleState = keyof typeof idleStates;

/** Power of a device on which nothing is computed, measured at one end of a campaign. */
export const idleBaseline = z.strictObject({
  environment: z.string().describe("hash of the environment it was measured in"),
  at: z.iso.datetime().describe("when it began, UTC"),
  moment: z.enum(["before", "after"]).describe("before the first round of the campaign, or after the last"),
  state: z.enum(Object.keys(idleStates) as [IdleState, ...IdleState[]]).describe("in which way it was idle"),
  windowSeconds: nonNegative.describe("how long"),
  powerSource: z.enum(["counter", "integral"]).describe("the energy counter, or the integral of the power readings"),
  powerWatts: z.strictObject({
    mean: nonNegative.describe("over the whole window, W"),
    sd: nonNegative.describe("standard deviation of the means over equal parts of the window, W"),
  }),
  temperatureCelsius: z.number().nullable().describe("at its end, °C; null where it is not told"),
});
export type IdleBaseline = Readonly<z.infer<typeof idleBaseline>>;
