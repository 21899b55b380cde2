import type { InterferenceModel } from "@partitune/schema";

/** The model whose every slowdown is so many times as great, and at least 1. What ignores neighbours goes on doing so. */
export function raiseInterference(model: InterferenceModel, factor: number): InterferenceModel {
  const raise = (slowdown: number) => Math.max(1, slowdown * factor);
  switch (model.model) {
    case "none":
      return model;
    case "constant":
      return { ...model, slowdown: raise(model.slowdown) };
    case "pairwise":
      return {
        ...model,
        pairs: model.pairs.map((pair) => ({ ...pair, slowdown: raise(pair.slowdown) })),
        otherwise: raise(model.otherwise),
      };
    case "linear":
      return {
        ...model,
        intercept: model.intercept * factor,
        ofSubject: scaled(model.ofSubject, factor),
        ofNeighbours: scaled(model.ofNeighbours, factor),
        least: raise(model.least),
        otherwise: raise(model.otherwise),
      };
  }
}

function scaled(coefficients: Readonly<Record<string, number>>, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(coefficients).map(([name, value]) => [name, value * factor]));
}
