import { nsga2With } from "../optimisers/nsga2.ts";
import { overGrid } from "./generic/overGrid.ts";

/** A generation must be small where there are some dozens of measurements in all. */
const population = 10;

/** NSGA-II over the levels of the grid: value and power, the limits as constraints. A baseline for searches of the whole front. */
export const nsga2 = overGrid({
  name: "nsga2",
  start: nsga2With({ population }),
  objectives: [({ judgement }) => judgement.value, ({ judgement }) => judgement.excess.power],
  reason: "bred from the best so far",
});
