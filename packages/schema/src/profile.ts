import { z } from "zod";
import { calibration } from "./calibration.ts";
import { device } from "./device.ts";
import { idleBaseline } from "./idleBaseline.ts";
import { made } from "./made.ts";
import { measurement } from "./measurement.ts";
import { fraction, nonNegative, positive, positiveCount } from "./units.ts";
import { warning } from "./warning.ts";
import { workload } from "./workload.ts";

/** The rules a campaign measured by. Part of every profile, so that numbers can be judged and repeated. */
export const protocol = z.strictObject({
  version: z.literal(1),
  rounds: positiveCount.describe("times every configuration is measured, each round in a fresh random order"),
  warmupIterations: positiveCount.describe("least batches before measuring"),
  warmupSeconds: nonNegative.describe("least time before measuring"),
  warmupBudgetSeconds: positive.describe("longest time spent waiting for a steady state"),
  minimumSamples: positiveCount.describe("least batches measured"),
  budgetSeconds: positive.describe("longest measuring window"),
  targetQuantile: fraction.describe("the percentile whose interval decides when to stop, as a fraction"),
  targetPrecision: positive.describe("relative half width of that interval at which measuring stops"),
  confidence: fraction.describe("coverage of all intervals"),
});
export type Protocol = Readonly<z.infer<typeof protocol>>;

/** The table of one device: every measurement of every workload, with what is needed to trust and repeat it. */
export const profile = z.strictObject({
  kind: z.literal("profile"),
  version: z.literal(1),
  made,
  device,
  workloads: z.array(workload).readonly(),
  protocol,
  environments: z.record(z.string(), z.record(z.string(), z.string())).describe("hash of an environment → its facts"),
  calibrations: z.array(calibration).readonly().optional().describe("what measuring itself cost; absent when unknown"),
  idle: z
    .array(idleBaseline)
    .readonly()
    .optional()
    .describe("power of the idle device, oldest first; absent where it was not measured"),
  warnings: z.array(warning).readonly(),
  measurements: z.array(measurement).readonly(),
});
export type Profile = Readonly<z.infer<typeof profile>>;
