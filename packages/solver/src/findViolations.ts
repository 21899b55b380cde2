import type { Demand, Violation } from "@partitune/schema";
import { formatBytes, formatPercent, formatRate, formatSeconds } from "./formatQuantity.ts";
import type { RuleVerdict } from "./rules/rule.ts";

/** What is known of a choice when it is judged. */
export interface JudgedChoice {
  readonly demand: Demand;
  readonly planned: RuleVerdict;
  /** Undefined when unknown. */
  readonly memoryBytes: number | undefined;
  /** Of the partition; null when unknown. */
  readonly memoryLimitBytes: number | null;
  /** True when it rests on predictions outside what was measured, and that is not allowed. */
  readonly extrapolated: boolean;
}

/** What speaks against a choice, each with its relative excess and in words. */
export function findViolations({
  demand,
  planned,
  memoryBytes,
  memoryLimitBytes,
  extrapolated,
}: JudgedChoice): Violation[] {
  return [
    ...rateViolation(demand, planned),
    ...deadlineViolation(demand, planned),
    ...(memoryBytes !== undefined && memoryLimitBytes !== null && memoryBytes > memoryLimitBytes
      ? [
          {
            constraint: "memory",
            amount: memoryBytes / memoryLimitBytes - 1,
            text: `needs ${formatBytes(memoryBytes)} of memory, its partition has ${formatBytes(memoryLimitBytes)}`,
          },
        ]
      : []),
    ...(extrapolated
      ? [
          {
            constraint: "extrapolated",
            amount: 1,
            text: "lies outside what was measured; measure it or allow extrapolated choices",
          },
        ]
      : []),
  ];
}

function rateViolation({ ratePerSecond }: Demand, { capacityPerSecond }: RuleVerdict): Violation[] {
  if (ratePerSecond <= capacityPerSecond) return [];
  return [
    {
      constraint: "rate",
      amount: ratePerSecond / capacityPerSecond - 1,
      text: `${formatRate(ratePerSecond)} arrive, ${formatRate(capacityPerSecond)} can be sustained`,
    },
  ];
}

function deadlineViolation({ deadlineSeconds, percentile }: Demand, { responseSeconds }: RuleVerdict): Violation[] {
  if (responseSeconds === null || responseSeconds <= deadlineSeconds) return [];
  const amount = responseSeconds / deadlineSeconds - 1;
  return [
    {
      constraint: "deadline",
      amount,
      text: `${formatPercent(percentile)} of the requests answer within ${formatSeconds(responseSeconds)}, the deadline is ${formatSeconds(deadlineSeconds)} (${formatPercent(amount)} over)`,
    },
  ];
}
