import { type Estimate, exactly, type Plan, type PlanPromise, partitionFraction } from "@partitune/schema";
import { compareWithTarget } from "./compareWithTarget.ts";
import type { Finding } from "./evidence.ts";
import { estimateInWords, metricInWords, targetInWords } from "./inWords.ts";

/**
 * Judges a limit of the device, or of a workload's part of it, by arithmetic: the shares of the placements are added up, memory is compared
 * as the plan expects it.
 */
export function judgeLimit(plan: Plan, promise: PlanPromise): Finding {
  const estimate = promise.metric === "share_fraction" ? totalShare(plan, promise) : promise.predicted;
  if (estimate === null)
    return { verdict: "undecided", why: `the plan does not say how much ${metricInWords(promise)} it expects to need` };
  const found = `the plan needs ${estimateInWords(promise.metric, estimate)}, promised ${targetInWords(promise)}`;
  return { verdict: compareWithTarget(promise, estimate), why: found };
}

/** Decimal shares do not add up exactly in binary; a billionth of the device is nobody's share. */
const rounding = 1e9;

function totalShare(plan: Plan, promise: PlanPromise): Estimate {
  const own = plan.placements.filter((placement) => placement.config.workload === promise.subject);
  const counted = own.length > 0 ? own : plan.placements;
  const sum = counted.reduce(
    (total, placement) => total + partitionFraction(placement.config.partition, plan.device),
    0,
  );
  return exactly(Math.round(sum * rounding) / rounding);
}
