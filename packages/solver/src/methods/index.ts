import { exhaustive } from "./exhaustive.ts";
import type { Method } from "./method.ts";
import { milp } from "./milp.ts";

/** Solution methods by name. */
export const methods = {
  milp,
  exhaustive: async (problem, options) => exhaustive(problem, options),
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;
