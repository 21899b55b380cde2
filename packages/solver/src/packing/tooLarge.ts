import { InputError } from "@partitune/schema";

/** Columns that one mixed-integer model may list. */
export const mostColumns = 40_000;

/** Says that a problem is too large for `milp`. */
export function tooLarge(): InputError {
  return new InputError({
    what: "this packing problem",
    problem: `has more than ${mostColumns} ways to serve its services, to share pieces or to cut a card`,
    advice: "use column-generation, or coarser shares",
  });
}
