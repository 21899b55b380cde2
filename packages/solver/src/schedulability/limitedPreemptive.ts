import { InputError } from "@partitune/schema";
import { limitedPreemptiveBound } from "../limitedPreemptiveBound.ts";
import type { RealTimeSet } from "../realTimeSet.ts";
import { longestKernel, toKernelChain } from "../toKernelChain.ts";
import type { Analysis } from "./analysis.ts";

/** Chains of kernels, all handed over at release: each segment is a kernel that nobody interrupts. */
export const limitedPreemptive: Analysis = {
  title: "fixed priorities, kernels run to their end, none waits for its host (limited preemption)",
  proof: "published",
  analyse: (set) => {
    checkChains(set);
    const chains = set.tasks.map(toKernelChain);
    const fillers = set.bestEffort.map(({ segments }) => longestKernel(segments));
    return {
      responses: chains.map((_, index) => limitedPreemptiveBound(chains, index, fillers)),
      gpuPriorities: set.tasks.map(({ gpuPriority }) => gpuPriority),
      notes: [],
    };
  },
};

function checkChains({ tasks, sameOrder }: RealTimeSet): void {
  const waiting = tasks.find(({ cpu, launch, segments }) => cpu > 0 || launch > 0 || segments.length === 0);
  if (waiting !== undefined)
    throw new InputError({
      what: `task "${waiting.name}"`,
      problem: "needs the processor, while limited preemption assumes kernels without idle time in between",
      advice: 'use "host-gap"',
    });
  if (!sameOrder)
    throw new InputError({
      what: "task set",
      problem: "has another order of priorities on the accelerator than on the processor",
      advice: "leave gpuPriority null, or use a GCAPS analysis",
    });
}
