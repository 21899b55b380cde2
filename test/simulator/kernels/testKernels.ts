import type { KernelStep, KernelTrace, Made } from "@partitune/schema";
import type { LowTask } from "../../../packages/simulator/src/kernelGame.ts";

export const made: Made = { tool: "partitune test", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };

/** Operations as `[duration, idle time after it, kind of that]`, each with an identity of its own. */
export function stepOf(...rows: readonly (readonly [duration: number, idle?: number, kind?: number])[]): KernelStep {
  return {
    identities: rows.map((_, row) => row),
    durations: rows.map(([duration]) => duration),
    idles: rows.map(([, idle = 0]) => idle),
    idleKinds: rows.map(([, idle = 0, kind = idle > 0 ? 1 : 0]) => kind),
  };
}

export function lowOf(step: KernelStep, rest: Partial<LowTask> = {}): LowTask {
  return { name: "low", step, priority: 0, jobs: null, ...rest };
}

export function traceOf(task: string, steps: readonly KernelStep[], rest: Partial<KernelTrace> = {}): KernelTrace {
  const count = 1 + Math.max(...steps.flatMap(({ identities }) => identities));
  return {
    kind: "kernel-trace",
    version: 1,
    made,
    task,
    format: "test",
    deviceName: null,
    multiprocessors: null,
    identities: Array.from({ length: count }, (_, i) => ({ name: `kernel ${i}`, grid: [1, 1, 1], block: [1, 1, 1] })),
    steps,
    between: [],
    gapsKnown: true,
    dropped: [],
    warnings: [],
    synthetic: true,
    ...rest,
  };
}
