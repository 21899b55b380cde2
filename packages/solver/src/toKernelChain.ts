import type { KernelChain } from "./kernelChain.ts";
import type { AnalysedTask } from "./realTimeSet.ts";

/**
 * A task as a chain of kernels: each segment one of them, nobody interrupts it. What the processor does is idle time of the chain; where in the job
 * it does it is not known, so with processor time beyond launches every kernel may come after idle time.
 */
export function toKernelChain({ name, period, deadline, cpu, launch, execution, segments }: AnalysedTask): KernelChain {
  const apart = segments.slice(1).filter((segment) => segment.launch > 0).length;
  return {
    name,
    period,
    deadline,
    work: execution,
    idle: cpu + launch,
    bursts: segments.length === 0 ? 0 : cpu > 0 ? segments.length : 1 + apart,
    longest: longestKernel(segments),
    last: segments.at(-1)?.execution ?? 0,
  };
}

export function longestKernel(segments: AnalysedTask["segments"]): number {
  return segments.reduce((most, segment) => Math.max(most, segment.execution), 0);
}
