import { InputError } from "@partitune/schema";
import { hostGapBounds } from "../hostGapBounds.ts";
import type { RealTimeSet } from "../realTimeSet.ts";
import { longestKernel, toKernelChain } from "../toKernelChain.ts";
import type { Analysis } from "./analysis.ts";

/** Chains of kernels with host work in between, each task on a core of its own: each segment is a kernel that nobody interrupts. */
export const hostGap: Analysis = {
  title: "fixed priorities, kernels run to their end, their hosts work in between on cores of their own (host gaps)",
  proof: "simulated",
  analyse: (set) => {
    checkCores(set);
    return {
      responses: hostGapBounds(
        set.tasks.map(toKernelChain),
        set.bestEffort.map(({ segments }) => longestKernel(segments)),
      ),
      gpuPriorities: set.tasks.map(({ gpuPriority }) => gpuPriority),
      notes: [],
    };
  },
};

function checkCores({ tasks, sameOrder }: RealTimeSet): void {
  const owners = new Map<number, string>();
  for (const { name, core, cpu, launch } of tasks) {
    if (cpu + launch === 0) continue;
    const other = owners.get(core);
    if (other !== undefined)
      throw new InputError({
        what: `tasks "${other}" and "${name}"`,
        problem: `share core ${core}, while host gaps are bounded for hosts that wait for nobody`,
        advice: "give each a core of its own, or use a GCAPS analysis",
      });
    owners.set(core, name);
  }
  if (!sameOrder)
    throw new InputError({
      what: "task set",
      problem: "has another order of priorities on the accelerator than on the processor",
      advice: "leave gpuPriority null, or use a GCAPS analysis",
    });
}
