import { z } from "zod";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { check } from "./report.ts";
import { streamTrace } from "./trace.ts";
import { count, fraction, name, nonNegative, positive } from "./units.ts";
import { warning } from "./warning.ts";

/** What happened to the requests of one service, wherever they were answered. */
export const fleetStream = streamTrace
  .pick({
    workload: true,
    offeredPerSecond: true,
    completedPerSecond: true,
    requests: true,
    failed: true,
    response: true,
    promised: true,
    distribution: true,
    saturated: true,
  })
  .extend({
    service: name,
    attainment: fraction.describe("part of the requests that kept the deadline"),
  });
export type FleetStream = Readonly<z.infer<typeof fleetStream>>;

/** How busy a piece was. */
export const fleetPieceTrace = z.strictObject({
  gpu: name,
  piece: name,
  busyFraction: fraction.describe("part of the window in which any process of the piece worked"),
  tenants: z
    .array(z.strictObject({ tenant: name, requests: count, busyFraction: fraction, batchMean: nonNegative }).readonly())
    .readonly(),
});
export type FleetPieceTrace = Readonly<z.infer<typeof fleetPieceTrace>>;

/** What happened when a fleet plan met load, in a simulation. */
export const fleetTrace = z.strictObject({
  kind: z.literal("fleet-trace"),
  version: z.literal(1),
  made,
  confidence: fraction.describe("coverage of the intervals"),
  durationSeconds: positive.describe("length of the window"),
  warmupSeconds: nonNegative.describe("time before the window that is left out"),
  services: z.array(fleetStream).readonly(),
  pieces: z.array(fleetPieceTrace).readonly(),
  synthetic: z.boolean(),
});
export type FleetTrace = Readonly<z.infer<typeof fleetTrace>>;

/** A fleet plan judged against its own promises. */
export const fleetReport = z.strictObject({
  kind: z.literal("fleet-report"),
  version: z.literal(1),
  made,
  checks: z.array(check).readonly(),
  traces: z.array(fleetTrace).readonly().describe("what the judgement rests on"),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type FleetReport = Readonly<z.infer<typeof fleetReport>>;

const laneStream = z.strictObject({
  service: name,
  phases: z
    .array(
      z
        .strictObject({
          requests: count,
          failed: count.describe("requests that were not answered"),
          p50: estimate.nullable(),
          p99: estimate.nullable(),
          deviationSeconds: nonNegative
            .nullable()
            .describe("standard deviation of the response time; null below two requests"),
          attainment: fraction.nullable().describe("part of the requests that kept the deadline; null when none came"),
        })
        .readonly(),
    )
    .readonly()
    .describe("one entry per phase, in order; no requests in phases in which the service has not begun"),
  timeline: z
    .array(
      z
        .strictObject({
          seconds: nonNegative,
          requests: count,
          p50: nonNegative,
          p99: nonNegative,
          longest: nonNegative,
        })
        .readonly(),
    )
    .readonly()
    .describe(
      "response times of the requests that arrived in the interval that begins at `seconds`; empty intervals are left out",
    ),
});

/** The same requests served in several ways of sharing a device: pieces of their own, or nothing that keeps them apart. */
export const sharingComparison = z.strictObject({
  kind: z.literal("sharing-comparison"),
  version: z.literal(1),
  made,
  source: z.enum(["simulated", "measured"]),
  confidence: fraction.describe("coverage of the intervals"),
  durationSeconds: positive,
  intervalSeconds: positive.describe("length of an interval of the timelines"),
  services: z
    .array(
      z
        .strictObject({
          service: name,
          ratePerSecond: positive,
          startSeconds: nonNegative.describe("when its requests begin"),
          endSeconds: positive.optional().describe("when they end; absent when they come to the end"),
          deadlineSeconds: positive,
        })
        .readonly(),
    )
    .min(1)
    .readonly(),
  phases: z
    .array(
      z
        .strictObject({
          startSeconds: nonNegative,
          endSeconds: positive,
          active: z.array(name).readonly().describe("services whose requests come in this phase"),
        })
        .readonly(),
    )
    .min(1)
    .readonly(),
  lanes: z
    .array(
      z
        .strictObject({
          name: name.describe('way of sharing: "plan", or a law such as "mps-fair"'),
          title: z.string().describe("the same in words"),
          streams: z.array(laneStream).readonly(),
        })
        .readonly(),
    )
    .min(1)
    .readonly(),
  synthetic: z.boolean(),
});
export type SharingComparison = Readonly<z.infer<typeof sharingComparison>>;
export type SharingLane = SharingComparison["lanes"][number];
