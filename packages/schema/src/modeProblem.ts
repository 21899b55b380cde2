import { z } from "zod";
import { powerBudget } from "./powerBudget.ts";
import { fraction, name, nonNegative, positive, positiveCount } from "./units.ts";

const dispatcher = z
  .enum(["windowed", "on-full"])
  .describe("windowed: every batch/rate seconds run what has come; on-full: run when a minibatch is full");
const policy = z
  .enum(["reserve", "slack", "greedy"])
  .describe(
    "when a training minibatch may start: if it ends before the next inference minibatch is ready (reserve), or late by no more than the promise leaves unused (slack), or always (greedy)",
  );
const batches = z.array(positiveCount).min(1).readonly().describe("minibatch sizes to choose from, ascending");
const latencySeconds = positive.describe(
  "worst latency promised, from a request's arrival to the end of its minibatch",
);
const highestLoad = fraction.gt(0).optional().describe("part of the time that inference may take, by default 1");
const training = name.describe("the workload that is trained");

const served = z.strictObject({
  workload: name,
  batches,
  ratePerSecond: nonNegative.describe("requests per second that arrive"),
  latencySeconds,
});

const turns = {
  policy,
  dispatcher,
  budget: powerBudget,
  highestLoad,
  changeoverSeconds: nonNegative.optional().describe("time to change from one job to the other, by default 0"),
};

/** Which power mode, and which minibatches, to run workloads with that take turns on one device. */
export const modeProblem = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("training"),
      training,
      batches: batches.optional().describe("minibatch sizes to choose from, where the training has several"),
      objective: z
        .enum(["time", "energy", "power"])
        .describe(
          "what to minimise: of a minibatch, of one sample where there are several minibatch sizes, or of an epoch where those were measured",
        ),
      budgetWatts: positive.optional(),
      minibatchSeconds: positive.optional().describe("time a minibatch may take"),
    })
    .describe("training alone"),
  z
    .strictObject({
      kind: z.literal("inference"),
      inference: served.extend({ latencySeconds: latencySeconds.optional() }),
      dispatchers: z.array(dispatcher).min(1).readonly().describe("to choose from; of equals the one named first"),
      objective: z.enum(["latency", "power", "energy"]).describe("what to minimise"),
      budget: powerBudget.optional(),
      highestLoad,
    })
    .describe("inference alone"),
  z
    .strictObject({ kind: z.literal("concurrent"), training, inference: served, ...turns })
    .describe("training in the time that inference leaves; maximises training minibatches/s"),
  z
    .strictObject({
      kind: z.literal("backlogged"),
      inference: served,
      backlog: z.strictObject({ workload: name, batches }),
      ...turns,
    })
    .describe("a backlog of inference in the time that urgent inference leaves; maximises its requests/s"),
  z
    .strictObject({
      kind: z.literal("two-inferences"),
      urgent: served,
      nonUrgent: served,
      training: training.optional().describe("runs whenever neither has a minibatch ready"),
      objective: z
        .enum(["latency", "power", "training"])
        .describe("least urgent latency, least power, or most training"),
      budget: powerBudget,
    })
    .describe("two inferences, one before the other, and training behind both"),
  z
    .strictObject({
      kind: z.literal("rate-schedule"),
      training,
      inference: served.omit({ ratePerSecond: true }),
      periods: z
        .array(z.strictObject({ seconds: positive, ratePerSecond: nonNegative }).readonly())
        .min(1)
        .readonly()
        .describe("stretches of time, each with a high quantile of its rate"),
      modeChangeSeconds: nonNegative.describe("time in which nothing runs when the power mode changes"),
      ...turns,
    })
    .describe("training beside inference whose rate changes: a choice per period"),
]);
export type ModeProblem = Readonly<z.infer<typeof modeProblem>>;
export type ModeProblemKind = ModeProblem["kind"];
