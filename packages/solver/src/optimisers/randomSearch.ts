import { defineOptimiser } from "./defineOptimiser.ts";
import { firstNew } from "./firstNew.ts";
import { toVariable } from "./toVariable.ts";

/** Uniformly random points, one by one: what any cleverer optimiser must beat. */
export const randomSearch = defineOptimiser({
  name: "random",
  start: ({ variables, random }, { isKnown }) => {
    const draw = () => variables.map((variable) => toVariable(variable, random.next()));
    return () => firstNew(draw, isKnown);
  },
});
