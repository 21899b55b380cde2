import { z } from "zod";
import { device } from "./device.ts";
import { fleetGpu, fleetService, fleetTenant } from "./fleetPlan.ts";
import { made } from "./made.ts";
import { partition } from "./partition.ts";
import { count, fraction, name, nonNegative } from "./units.ts";

const onPiece = { gpu: name, piece: name.describe("id of the piece") };
const timed = {
  seconds: nonNegative.describe("how long it takes"),
  check: z.string().describe("what must hold before it, in words"),
  rollback: z.string().describe("what undoes it, in words"),
};

/** One change to a running fleet. */
export const fleetStep = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("create"), ...onPiece, partition, ...timed }).describe("cut a piece"),
  z.strictObject({ action: z.literal("destroy"), ...onPiece, partition, ...timed }).describe("give a piece up"),
  z
    .strictObject({ action: z.literal("start"), ...onPiece, tenant: fleetTenant, ...timed })
    .describe("start a tenant's processes and send it requests"),
  z
    .strictObject({ action: z.literal("drain"), ...onPiece, tenant: name, ...timed })
    .describe("send a tenant no more requests and wait for those under way"),
  z
    .strictObject({ action: z.literal("stop"), ...onPiece, tenant: name, ...timed })
    .describe("end the processes of a drained tenant"),
  z
    .strictObject({ action: z.literal("adjust"), ...onPiece, tenant: fleetTenant, ...timed })
    .describe("change the batch, the delay or the rate of a running tenant"),
  z
    .strictObject({ action: z.literal("set-power-mode"), gpu: name, from: name, to: name, ...timed })
    .describe("change a card's power mode"),
]);
export type FleetStep = Readonly<z.infer<typeof fleetStep>>;

/** How a running fleet becomes another one, step by step, without breaking what it promises on the way. */
export const fleetTransition = z.strictObject({
  kind: z.literal("fleet-transition"),
  version: z.literal(1),
  made,
  devices: z.array(device).min(1).readonly(),
  services: z
    .array(fleetService)
    .readonly()
    .describe(
      "services of both fleets, each with the rate that must be answered throughout: the greater of both, as far as both fleets can",
    ),
  allowedLoss: fraction.describe("part of these rates that may find no place on the way"),
  before: z.array(fleetGpu).readonly(),
  after: z.array(fleetGpu).readonly(),
  steps: z
    .array(fleetStep)
    .readonly()
    .describe("in order; after each the layout is legal and the capacity suffices, dips apart"),
  dips: z
    .array(
      z
        .strictObject({
          service: name,
          from: count.describe("step with which the capacity becomes too small, from 0"),
          to: count.describe("step with which it suffices again"),
          missingPerSecond: nonNegative.describe("requests per second that find no safe place"),
          seconds: nonNegative.describe("how long that lasts when steps run one after the other, both steps included"),
        })
        .readonly(),
    )
    .readonly()
    .describe("empty when every service keeps its capacity throughout"),
  seconds: nonNegative.describe("time of all steps, one after the other"),
  criticalSeconds: nonNegative.describe("time when steps run at once that do not wait for each other"),
  spares: z.array(name).readonly().describe("cards that are in use on the way only"),
  changed: z
    .strictObject({
      pieces: count.describe("pieces destroyed or created"),
      tenants: count.describe("tenants started, stopped or adjusted in more than their rate"),
      kept: count.describe("tenants that run on as they are"),
    })
    .readonly(),
  synthetic: z.boolean(),
});
export type FleetTransition = Readonly<z.infer<typeof fleetTransition>>;
