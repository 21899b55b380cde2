import { type Occupant, type Utilisations, utilisationOf } from "@partitune/schema";
import type { InterferenceFit, InterferenceSample } from "../interferenceSample.ts";
import { relativeNonNegativeFit } from "../relativeNonNegativeFit.ts";
import { typicalSlowdown } from "../typicalSlowdown.ts";

/**
 * Linear in the utilisations of the workload and in those of its neighbours, summed; fitted in ratio.
 *
 * What neighbours do may only slow down, so their coefficients are not negative; the workload's own may have any sign. Samples
 * with a workload of unknown utilisations are left out of the fit.
 */
export const linear: InterferenceFit = { name: "linear", fit: fitLinear };

function fitLinear(samples: readonly InterferenceSample[], utilisations: Utilisations) {
  const names = commonNames(utilisations);
  const known = samples.filter(({ subject, neighbours }) =>
    [subject, ...neighbours].every(({ workload }) => Object.hasOwn(utilisations, workload)),
  );
  if (names.length === 0 || known.length < names.length + 2) return null;
  const read = (occupant: Occupant) => names.map((name) => utilisationOf(utilisations, occupant, name));
  const own = known.map(({ subject }) => read(subject));
  const others = known.map(({ neighbours }) => sumOf(neighbours.map(read)));
  const largest = names.map((_, k) => Math.max(...own.map((values) => values[k])));
  // A falling term is a·(largest − u): its coefficient stays non-negative, and no entry is negative.
  const rows = own.map((values, i) => [1, ...others[i], ...values, ...values.map((value, k) => largest[k] - value)]);
  const [base, ...coefficients] = relativeNonNegativeFit(
    rows,
    known.map(({ slowdown }) => slowdown),
    known.map(() => 1),
  );
  const [ofNeighbours, rising, falling] = [0, 1, 2].map((part) =>
    coefficients.slice(part * names.length, (part + 1) * names.length),
  );
  return {
    model: "linear" as const,
    intercept: falling.reduce((sum, value, k) => sum + value * largest[k], base),
    ofSubject: named(
      names,
      rising.map((value, k) => value - falling[k]),
    ),
    ofNeighbours: named(names, ofNeighbours),
    utilisations,
    least: 1,
    otherwise: typicalSlowdown(samples),
  };
}

/** Utilisations that are known of every workload in the table, at every batch. */
function commonNames(utilisations: Utilisations): string[] {
  const rows = Object.values(utilisations).flat();
  const [first, ...rest] = rows.map(({ values }) => Object.keys(values));
  return (first ?? []).filter((name) => rest.every((names) => names.includes(name)));
}

function sumOf(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0));
}

function named(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, k) => [name, values[k]]));
}
