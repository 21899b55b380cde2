import { z } from "zod";
import { made } from "./made.ts";
import { violation } from "./problem.ts";

/** One alternative seen on several objectives. */
export const frontPoint = z.strictObject({
  id: z.string().describe("what the point stands for, e.g. a configuration or a combination of choices"),
  values: z.array(z.number()).readonly().describe("one number per objective, in the order of the front's objectives"),
  onFront: z
    .boolean()
    .describe("true when it is feasible and no feasible point is better in one objective and as good in all"),
  violations: z
    .array(violation)
    .readonly()
    .describe("constraints it breaks; such points are kept and flagged, never on the front"),
});
export type FrontPoint = Readonly<z.infer<typeof frontPoint>>;

/** Alternatives among which only taste can choose, with the others kept beside them. */
export const paretoFront = z.strictObject({
  kind: z.literal("pareto-front"),
  version: z.literal(1),
  made,
  objectives: z
    .array(
      z
        .strictObject({ name: z.string().describe("named with its unit"), better: z.enum(["lower", "higher"]) })
        .readonly(),
    )
    .min(2)
    .readonly(),
  points: z.array(frontPoint).readonly(),
  reference: z
    .array(z.number())
    .readonly()
    .nullable()
    .describe("reference point of the hypervolume; null when none was computed"),
  hypervolume: z.number().nullable(),
  synthetic: z.boolean(),
});
export type ParetoFront = Readonly<z.infer<typeof paretoFront>>;
