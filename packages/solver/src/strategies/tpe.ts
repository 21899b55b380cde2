import { treeParzen } from "../optimisers/treeParzen.ts";
import { overGrid } from "./generic/overGrid.ts";

/** Tree-structured Parzen estimator over the levels of the grid: the value, the limits as constraints. A baseline. */
export const tpe = overGrid({
  name: "tpe",
  start: treeParzen,
  objectives: [({ judgement }) => judgement.value],
  reason: "more like the good ones than like the others",
});
