import type { Warning } from "@partitune/schema";
import type { OverlapSettings } from "../overlapPolicies/overlapPolicy.ts";
import type { OverlapTask } from "./overlapTask.ts";

/** Low tasks with an operator that is predicted to fit into no gap: when it is their turn, filling runs nothing of them any more. */
export function starvationWarnings(
  low: readonly Pick<OverlapTask, "name" | "identities" | "rows">[],
  { predictions, dispatch, minGap }: Pick<OverlapSettings, "predictions" | "dispatch" | "minGap">,
): readonly Warning[] {
  const longestGap = Math.max(0, ...predictions.idles.filter((idle) => idle >= minGap));
  return low.flatMap(({ name, identities, rows }, task) => {
    const times = predictions.executions[task]!;
    const row = times.findIndex((time) => time + dispatch > longestGap);
    if (row < 0) return [];
    const time =
      times[row]! === Number.POSITIVE_INFINITY ? "is not known" : `is predicted to take ${times[row]! / 1000} µs`;
    return [
      {
        code: "fits-no-gap",
        where: `${name}, operator ${row + 1}, ${identities[rows[row]!]!.name}`,
        cause: `it ${time}, and the longest gap ${longestGap / 1000} µs; filling stops for this network when it comes to it`,
        advice:
          "record more steps on a machine that does nothing else, choose a lower quantile of execution times, or a smaller network",
      },
    ];
  });
}
