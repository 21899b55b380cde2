import type { Reason } from "@partitune/schema";
import { within } from "./within.ts";

/** A budget or promise that a candidate keeps or breaks. */
export interface Limit<Candidate> {
  /** The workload it belongs to, or null when it is the device's. */
  readonly workload: string | null;
  /** "power", "latency", "load", … */
  readonly constraint: string;
  /** What the candidate takes, and what there is (above 0), in one unit. */
  readonly used: (candidate: Candidate) => number;
  readonly allowed: (candidate: Candidate) => number;
  /** What is the matter, in words: it follows the name of the candidate. */
  readonly says: (used: number, allowed: number) => string;
  /** What would help. */
  readonly advice: string;
}

/** The candidate with the least sum of relative excesses over the limits, the first of equals; null when there is none. */
export function leastMissing<Candidate>(
  candidates: readonly Candidate[],
  limits: readonly Limit<Candidate>[],
): Candidate | null {
  let nearest: Candidate | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const missing = limits.reduce((sum, limit) => sum + excess(limit, candidate), 0);
    if (missing >= least) continue;
    least = missing;
    nearest = candidate;
  }
  return nearest;
}

/** One reason per limit that a candidate breaks. */
export function reasonsAgainst<Candidate>(
  candidate: Candidate,
  name: string,
  limits: readonly Limit<Candidate>[],
): readonly Reason[] {
  return limits
    .filter((limit) => excess(limit, candidate) > 0)
    .map((limit) => ({
      workload: limit.workload,
      constraint: limit.constraint,
      missing: excess(limit, candidate),
      text: `${name} ${limit.says(limit.used(candidate), limit.allowed(candidate))}; ${limit.advice}`,
    }));
}

function excess<Candidate>(limit: Limit<Candidate>, candidate: Candidate): number {
  const used = limit.used(candidate);
  const allowed = limit.allowed(candidate);
  return within(used, allowed) ? 0 : used / allowed - 1;
}

/** The reason when the tables hold no candidate at all. */
export function nothingMeasured(what: string): Reason {
  return { workload: null, constraint: "measured", missing: 1, text: `${what}; measure some first` };
}
