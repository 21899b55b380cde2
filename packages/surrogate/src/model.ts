import type { Random } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import type { z } from "zod";
import type { FeatureRow } from "./features.ts";

/** A fitted model as plain JSON: finite numbers survive saving bit for bit. */
export type Parameters =
  | string
  | number
  | boolean
  | null
  | readonly Parameters[]
  | { readonly [key: string]: Parameters };

/** What a model may use besides the rows. */
export interface ModelContext {
  /** One positive weight per row, mean 1: how much its target can be trusted. */
  readonly weights: readonly number[];
  /** The model's own stream of random numbers. */
  readonly random: Random;
  /**
   * Parameters of the same model fitted to all rows of which these are a part. A model that searches hyperparameters takes
   * them from here instead of searching again.
   */
  readonly parent?: Parameters;
}

/**
 * One way to fit a positive target over configurations: an entry of the shelf.
 *
 * Targets are positive, and errors count relatively: every model minimises residuals of log y, or relative residuals, which are
 * the same to first order.
 */
export interface Model {
  readonly name: string;
  /** What it assumes, in one sentence. */
  readonly summary: string;
  /**
   * Fits.
   *
   * @param X  n × d, a row per configuration, columns as in `features.ts`
   * @param y  n positive targets
   * @returns parameters as plain JSON; null when these rows cannot determine the model
   */
  readonly fit: (X: readonly FeatureRow[], y: readonly number[], context: ModelContext) => Parameters | null;
  /**
   * The fitted function, for many predictions.
   *
   * @throws InputError when the parameters are not this model's
   */
  readonly prepare: (parameters: Parameters) => (row: FeatureRow) => number;
  /** Predicts the target of every row of X. */
  readonly predict: (parameters: Parameters, X: readonly FeatureRow[]) => number[];
}

/** A model as its file defines it, with typed parameters. */
export interface ModelDefinition<P extends Parameters> {
  readonly name: string;
  readonly summary: string;
  readonly parameters: z.ZodType<P>;
  readonly fit: (X: readonly FeatureRow[], y: readonly number[], context: TypedContext<P>) => P | null;
  readonly prepare: (parameters: P) => (row: FeatureRow) => number;
}

export interface TypedContext<P> extends Omit<ModelContext, "parent"> {
  readonly parent?: P;
}

/** An exponential carried far outside its rows must not become 0 or infinite: ratios and squares of predictions stay finite. */
const smallest = 1e-60;
const largest = 1e60;

/** A shelf entry from its definition: parameters are checked once, when they are read back. */
export function defineModel<P extends Parameters>(definition: ModelDefinition<P>): Model {
  const { name, summary } = definition;
  const read = (parameters: Parameters): P => {
    const parsed = definition.parameters.safeParse(parameters);
    if (parsed.success) return parsed.data;
    throw new InputError({
      what: `parameters of model "${name}"`,
      problem: `cannot be read: ${parsed.error.issues[0]?.message ?? "unknown fault"}`,
      advice: "fit the profile again",
    });
  };
  const prepare = (parameters: Parameters) => {
    const predict = definition.prepare(read(parameters));
    return (row: FeatureRow) => Math.min(largest, Math.max(smallest, predict(row)));
  };
  return {
    name,
    summary,
    prepare,
    predict: (parameters, X) => X.map(prepare(parameters)),
    fit: (X, y, { parent, ...context }) =>
      definition.fit(X, y, parent === undefined ? context : { ...context, parent: read(parent) }),
  };
}
