import { z } from "zod";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { planPromise } from "./plan.ts";
import { trace } from "./trace.ts";
import { warning } from "./warning.ts";

export const verdicts = ["kept", "broken", "undecided"] as const;
export type Verdict = (typeof verdicts)[number];

/** One promise, judged. */
export const check = z.strictObject({
  promise: planPromise,
  simulated: z
    .strictObject({
      perSeed: z
        .array(z.number().nullable())
        .readonly()
        .describe("value on each fresh seed; null where it could not be told"),
      estimate: estimate.nullable().describe("mean over seeds with its interval"),
    })
    .nullable()
    .describe("null when the promise cannot be simulated"),
  measured: estimate.nullable().describe("null when the plan was not deployed"),
  verdicts: z.strictObject({
    simulated: z.enum(verdicts).nullable(),
    measured: z.enum(verdicts).nullable(),
  }),
  verdict: z.enum(verdicts).describe("the measured verdict where there is one, else the simulated one"),
  why: z.string().describe("the reason in words, with numbers and units"),
});
export type Check = Readonly<z.infer<typeof check>>;

/** A plan judged against its own promises. */
export const report = z.strictObject({
  kind: z.literal("report"),
  version: z.literal(1),
  made,
  checks: z.array(check).readonly(),
  traces: z.array(trace).readonly().describe("what the judgement rests on"),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type Report = Readonly<z.infer<typeof report>>;
