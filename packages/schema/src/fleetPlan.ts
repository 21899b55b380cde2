import { z } from "zod";
import { device } from "./device.ts";
import { interferenceModel } from "./interference.ts";
import { made } from "./made.ts";
import { partition } from "./partition.ts";
import { optimality, planPromise } from "./plan.ts";
import { serviceTable } from "./serviceTable.ts";
import { count, fraction, name, nonNegative, positive, positiveCount } from "./units.ts";
import { workload } from "./workload.ts";

/** Requests for one workload that are to be answered in time, wherever in the fleet. */
export const fleetService = z.strictObject({
  name: name.describe("unique within the plan; several services may run one workload"),
  workload: name,
  ratePerSecond: nonNegative.describe("requests per second that arrive; a service at 0 needs no piece"),
  deadlineSeconds: positive.describe("response time, arrival to completion, that the percentile must stay within"),
  percentile: fraction.gt(0).lt(1).describe("part of the requests that must meet the deadline"),
});
export type FleetService = Readonly<z.infer<typeof fleetService>>;

/** A service on a piece: its processes, their batches, and the part of the requests that is sent here. */
export const fleetTenant = z.strictObject({
  id: name.describe("unique within the plan"),
  service: name,
  batch: positiveCount.describe("the largest batch a process forms"),
  processes: positiveCount.describe(
    "processes of the workload that run at once within the piece; they share one queue",
  ),
  maxDelaySeconds: nonNegative.describe("longest time a free process waits for a batch to fill; 0 takes what is there"),
  ratePerSecond: nonNegative.describe("requests per second that are sent here"),
  capacityPerSecond: positive.describe("requests per second that are safely answered here, turns of others counted"),
  memoryBytes: nonNegative.nullable().describe("of all its processes; null when not measured"),
  powerWatts: nonNegative.nullable().describe("added to the card's idle power while it works; null when not measured"),
  expected: serviceTable.describe("times of one process while all its processes work and no other piece does"),
  slowdown: positive.min(1).describe("factor on these times that was planned for because of other pieces of the card"),
});
export type FleetTenant = Readonly<z.infer<typeof fleetTenant>>;

/** A piece of a card. Several tenants take turns in the order given, one batch of each process per turn. */
export const fleetPiece = z.strictObject({
  id: name.describe("unique within the plan"),
  partition: partition.describe("of a MIG instance with its start"),
  tenants: z.array(fleetTenant).min(1).readonly(),
});
export type FleetPiece = Readonly<z.infer<typeof fleetPiece>>;

/** A card of the fleet, as it is cut and used. */
export const fleetGpu = z.strictObject({
  id: name.describe("unique within the plan, and kept when the plan is changed"),
  device: name.describe("which of the plan's devices it is one of"),
  powerMode: name.describe("name of its power mode, device-wide"),
  pieces: z.array(fleetPiece).readonly(),
});
export type FleetGpu = Readonly<z.infer<typeof fleetGpu>>;

/** Who is served by what, what that promises, and how good it is. */
export const fleetState = z.strictObject({
  services: z.array(fleetService).readonly(),
  gpus: z.array(fleetGpu).readonly().describe("cards in use; none when nobody sends requests"),
  promises: z.array(planPromise).readonly().describe("the subject is a service"),
  optimality,
});
export type FleetState = Readonly<z.infer<typeof fleetState>>;

const fleetBasis = z.strictObject({
  made,
  devices: z.array(device).min(1).readonly().describe("kinds of cards"),
  workloads: z.array(workload).readonly(),
  rule: name.describe("the feasibility rule that admitted what runs"),
  interference: interferenceModel.describe("how pieces of one card were taken to slow each other down"),
  synthetic: z.boolean().describe("true when it rests on synthetic measurements"),
});

/** The contract for many cards: how each is cut, who runs where, and what that promises. */
export const fleetPlan = z.strictObject({
  kind: z.literal("fleet-plan"),
  version: z.literal(1),
  ...fleetBasis.shape,
  ...fleetState.shape,
});
export type FleetPlan = Readonly<z.infer<typeof fleetPlan>>;

/** What it takes to change a running fleet. */
export const fleetChange = z.strictObject({
  pieces: count.describe("pieces destroyed or created"),
  tenants: count.describe("tenants started, stopped or adjusted in more than their rate"),
  kept: count.describe("tenants that run on as they are"),
  steps: count,
  seconds: nonNegative.describe("time of all steps, one after the other"),
  criticalSeconds: nonNegative.describe("time when steps run at once that do not wait for each other"),
  gpus: count.describe("cards in use meanwhile"),
  missing: z
    .array(z.strictObject({ service: name, perSecond: nonNegative, seconds: nonNegative }).readonly())
    .readonly()
    .describe(
      "requests per second that find no safe place meanwhile, and how long; empty when the capacity suffices throughout",
    ),
});
export type FleetChange = Readonly<z.infer<typeof fleetChange>>;

/** Fleet plans in time, for rates that change. */
export const fleetSchedule = z.strictObject({
  kind: z.literal("fleet-schedule"),
  version: z.literal(1),
  ...fleetBasis.shape,
  periods: z
    .array(
      fleetState.extend({
        name,
        seconds: positive.describe("how long it lasts"),
        change: fleetChange
          .nullable()
          .describe("how the fleet of the period before becomes this one; null where there is none before"),
      }),
    )
    .min(1)
    .readonly(),
  repeat: z.boolean().describe("start again after the last period, as days do"),
  gpuSeconds: nonNegative.describe("cards in use times seconds, over all periods once, changes included"),
  peakGpuSeconds: nonNegative.describe(
    "the same when the fleet is planned once, for the highest rate of every service",
  ),
});
export type FleetSchedule = Readonly<z.infer<typeof fleetSchedule>>;
