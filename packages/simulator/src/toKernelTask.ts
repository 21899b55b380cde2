import { InputError, type KernelTrace } from "@partitune/schema";
import type { KernelTask } from "./kernelGame.ts";

/**
 * One step of a trace as a task to be played.
 *
 * @param step  index of the step, from 0
 * @throws InputError when the trace has no such step
 */
export function toKernelTask(trace: KernelTrace, step: number): KernelTask {
  const chosen = trace.steps[step];
  if (chosen === undefined)
    throw new InputError({
      what: `"${trace.task}"`,
      problem: `has no step ${step}`,
      advice: `it has ${trace.steps.length}, counted from 0`,
    });
  const { needs, profiles } = trace;
  const memory = trace.identities.map(({ name, grid }) => grid === null && /mem(?:cpy|set)/i.test(name));
  return {
    name: trace.task,
    step: chosen,
    ...(needs === undefined ? {} : { needs: chosen.identities.map((identity) => needs[identity] ?? null) }),
    ...(profiles === undefined ? {} : { profiles: chosen.identities.map((identity) => profiles[identity] ?? -1) }),
    memory: chosen.identities.map((identity) => memory[identity] ?? false),
  };
}
