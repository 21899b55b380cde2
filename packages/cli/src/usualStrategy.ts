import type { ModeGrid, StrategyName } from "@partitune/solver";

/** What the model of the roofline-guided search is made of. */
const modelled = ["cores", "cpu-clock", "gpu-clock", "memory-clock"] as const;

/** The strategy for a grid when none is named: roofline-guided where its model knows every setting, else the general descent. */
export function usualStrategy({ dimensions }: Pick<ModeGrid, "dimensions">): StrategyName {
  const quantities = dimensions.map(({ quantity }) => quantity);
  const isModelled = quantities.every((quantity) => modelled.some((known) => known === quantity));
  return isModelled && quantities.includes("gpu-clock") ? "roofline" : "gmd";
}
