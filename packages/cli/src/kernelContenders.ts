import type { KernelContender, KernelPolicyName, LowTrace } from "@partitune/simulator";
import type { FillSettings } from "@partitune/solver";
import { type KernelEstimator, predictHeldOutKernels } from "@partitune/surrogate";
import { pairsWith } from "./fillFront.ts";
import { formatPercentile } from "./formatNumbers.ts";
import type { KernelTasks } from "./loadKernelTasks.ts";

/**
 * Ways of sharing that are tried side by side: running alone, default sharing, stream priorities, Orion's where its data is there, and filling as
 * set, by plain means of identities, and with all times known.
 *
 * @param policies  of these, the ones that are wanted
 */
export function kernelContenders(
  tasks: KernelTasks,
  settings: Omit<FillSettings, "disableBelowGain">,
  policies: readonly KernelPolicyName[],
): readonly KernelContender[] {
  const predict = predictHeldOutKernels(tasks.high, tasks.lows);
  return policies.flatMap((policy): readonly KernelContender[] => {
    if (policy !== "fill") return [{ policy }];
    const { feedback, maxOverrun } = settings;
    return [
      {
        policy,
        title: fillTitle(settings),
        predict: predict(estimatorOf(settings)),
        settings: { feedback, maxOverrun },
      },
      {
        policy,
        title: "gaps filled, means by identity",
        predict: predict({ key: "identity", estimator: "mean" }),
      },
      { policy, title: "gaps filled, all times known", settings: { oracle: true } },
    ];
  });
}

function estimatorOf({ key, estimator, executionQuantile, idleQuantile }: KernelEstimator): KernelEstimator {
  return { key, estimator, executionQuantile, idleQuantile };
}

function fillTitle(settings: Omit<FillSettings, "disableBelowGain">): string {
  const { key, estimator, executionQuantile, idleQuantile, feedback, maxOverrun } = settings;
  const times =
    estimator === "mean" ? "means" : `${formatPercentile(executionQuantile)}/${formatPercentile(idleQuantile)}`;
  const by = key === "occurrence" ? "by occurrence" : "by identity alone";
  return `gaps filled, ${times} ${by}${feedback ? ", feedback" : ""}${maxOverrun === null ? "" : ", limited"}`;
}

/** Filling at many pairs of quantiles. */
export function contenderFront(tasks: KernelTasks, settings: Omit<FillSettings, "disableBelowGain">) {
  const predict = predictHeldOutKernels(tasks.high, tasks.lows);
  const { key, estimator } = settings;
  return pairsWith(settings).map((pair) => ({ ...pair, predict: predict({ key, estimator, ...pair }) }));
}

/** Tasks beside the urgent one, without end or with so many jobs. */
export function lowTraces({ lows }: KernelTasks, jobs: number | null): readonly LowTrace[] {
  return lows.map(({ trace, priority }) => ({ trace, priority, jobs }));
}
