import { z } from "zod";
import { calibration } from "./calibration.ts";
import { device } from "./device.ts";
import { idleBaseline } from "./idleBaseline.ts";
import { measurement } from "./measurement.ts";
import { protocol } from "./profile.ts";
import { samples } from "./samples.ts";
import { count, positiveCount } from "./units.ts";
import { warning } from "./warning.ts";
import { workload } from "./workload.ts";

const at = z.iso.datetime().describe("when the line was written, UTC");

/** First line of a journal: by which rules everything in it was measured. */
export const journalHeader = z.strictObject({
  type: z.literal("header"),
  kind: z.literal("journal"),
  version: z.literal(1),
  tool: z.string().describe('the tool and its version, e.g. "partitune 0.1.0"'),
  at,
  protocol: protocol.omit({ rounds: true }).describe("all rules but the number of rounds, which may grow"),
});
export type JournalHeader = Readonly<z.infer<typeof journalHeader>>;

/** A workload as a campaign measures it. */
const identifiedWorkload = z.strictObject({
  workload,
  identity: z.string().describe("what the definition only points at, such as the digest of a model's file"),
});

const environment = z.strictObject({
  type: z.literal("environment"),
  id: z.string().describe("hash of device and facts; measurements refer to it"),
  device,
  facts: z.record(z.string(), z.string()).describe("what makes two measurements comparable"),
  warnings: z.array(warning).readonly().optional().describe("what a reader of its numbers should know of the device"),
});

const planned = z.strictObject({
  type: z.literal("planned"),
  at,
  seed: z.string().describe("seed of the order"),
  environment: z.string().describe("hash of the environment that is measured in"),
  accepted: z.array(z.string()).readonly().describe("hashes of the environments whose measurements count as done"),
  workloads: z.array(identifiedWorkload).readonly(),
  rounds: positiveCount,
  measurements: count.describe("measurements in all rounds, baselines included"),
});

const calibrated = z.strictObject({ type: z.literal("calibrated"), calibration });

const idled = z
  .strictObject({ type: z.literal("idle"), at, baseline: idleBaseline })
  .describe("power of the idle device, at one end of a campaign");

const started = z.strictObject({ type: z.literal("started"), at, id: z.string(), position: count });

const done = z
  .strictObject({ type: z.literal("done"), at, measurement, samples })
  .describe("a result: measured, or infeasible");

const failed = z
  .strictObject({ type: z.literal("failed"), at, measurement })
  .describe("a fault of a worker or the harness; measured again when the campaign is resumed");

const aborted = z
  .strictObject({
    type: z.literal("aborted"),
    at,
    reason: z.string(),
    partial: z.strictObject({ measurement, samples }).nullable().describe("what was in flight, as far as it got"),
  })
  .describe("the campaign was ended from outside");

/** A line of a journal. */
export const journalEntry = z.discriminatedUnion("type", [
  journalHeader,
  environment,
  planned,
  calibrated,
  idled,
  started,
  done,
  failed,
  aborted,
]);
export type JournalEntry = Readonly<z.infer<typeof journalEntry>>;
