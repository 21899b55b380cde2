import { bestOf } from "./bestOf.ts";
import { keyOf } from "./keyOf.ts";
import type { Evaluation, Optimiser, OptimiserInput, StartOptimiser, Variable } from "./optimiser.ts";

/** What a way of optimising is given, and what it may ask for. */
export interface Archive {
  /** Everything told, in order. */
  readonly evaluations: readonly Evaluation[];
  /** Whether a point was asked for or told before. */
  isKnown(point: readonly number[]): boolean;
}

/** What tells one optimiser from another: the function that `start` returns proposes new points, none of them known. */
export interface OptimiserDefinition {
  readonly name: string;
  readonly start: (input: OptimiserInput, archive: Archive) => () => readonly (readonly number[])[];
}

/** Adds to a way of proposing what all optimisers share: checks at the door and the memory of what was asked and told. */
export function defineOptimiser({ name, start }: OptimiserDefinition): StartOptimiser {
  return (input) => {
    checkInput(input);
    const evaluations: Evaluation[] = [];
    const known = new Set<number>();
    const propose = start(input, { evaluations, isKnown: (point) => known.has(keyOf(point)) });
    let pending: readonly (readonly number[])[] = [];
    return {
      name,
      ask: () => {
        if (pending.length === 0) pending = propose();
        for (const point of pending) known.add(keyOf(point));
        return pending;
      },
      tell: (told) => {
        checkTold(told, input, pending, evaluations[0] ?? told[0]);
        for (const evaluation of told) {
          known.add(keyOf(evaluation.point));
          evaluations.push(evaluation);
        }
        pending = [];
      },
      best: () => bestOf(evaluations),
    } satisfies Optimiser;
  };
}

function checkInput({ variables, objectives }: OptimiserInput): void {
  if (variables.length === 0) throw new RangeError("there is nothing to choose; give at least one variable");
  if (!(Number.isInteger(objectives) && objectives >= 1)) {
    throw new RangeError(`expected a whole number of objectives from 1 on, got ${objectives}`);
  }
  for (const [d, variable] of variables.entries()) {
    if (isRange(variable)) continue;
    throw new RangeError(`variable ${d} has the ${variable.kind} range ${variable.low} to ${variable.high}`);
  }
}

function isRange({ low, high, kind }: Variable): boolean {
  const isEnd = kind === "integer" ? Number.isSafeInteger : Number.isFinite;
  return isEnd(low) && isEnd(high) && low <= high;
}

function checkTold(
  told: readonly Evaluation[],
  { variables, objectives }: OptimiserInput,
  pending: readonly (readonly number[])[],
  first: Evaluation | undefined,
): void {
  for (const { point, objectives: values, constraints } of told) {
    checkLength("values", point, variables.length);
    if (!point.every(Number.isFinite))
      throw new RangeError(`a point has values (${point.join(", ")}), expected finite ones`);
    checkLength("objectives", values, objectives);
    checkLength("constraints", constraints ?? [], first?.constraints?.length ?? 0);
  }
  const points = new Set(told.map(({ point }) => keyOf(point)));
  const missing = pending.find((point) => !points.has(keyOf(point)));
  if (missing !== undefined) throw new RangeError(`the point (${missing.join(", ")}) was asked for, but is not told`);
}

function checkLength(what: string, values: readonly number[], expected: number): void {
  if (values.length !== expected) throw new RangeError(`a point has ${values.length} ${what}, expected ${expected}`);
}
