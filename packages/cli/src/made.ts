import { type Made, toolName } from "@partitune/schema";

/** How a file made now came to be. */
export function madeNow(seed: string | number | null, inputs: Made["inputs"] = []): Made {
  return { tool: toolName, at: new Date().toISOString(), seed, inputs };
}
