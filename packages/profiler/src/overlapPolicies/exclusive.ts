import type { OverlapPolicy } from "./overlapPolicy.ts";

/** The urgent task alone: what all others are compared with. */
export const exclusive = {
  description: "the urgent task alone",
  title: () => "alone",
  begin: () => ({ arrive: async () => {}, afterHigh: async () => {}, overPredicted: () => null }),
} satisfies OverlapPolicy;
