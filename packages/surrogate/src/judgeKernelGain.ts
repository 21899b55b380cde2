import type { KernelProfile, KernelStep, KernelTrace } from "@partitune/schema";

/** Gaps that hold less of a step are not worth a scheduler. */
const leastGain = 0.02;

/** Whether there is idle time to be filled, with the numbers that say so; means over steps, ns. */
export function judgeKernelGain(
  { task, gapsKnown }: Pick<KernelTrace, "task" | "gapsKnown">,
  steps: readonly KernelStep[],
  minGap: number,
): Pick<KernelProfile, "busyFraction" | "idle" | "gain" | "why"> {
  const busy = sumOver(steps, (step) => sum(step.durations)) / steps.length;
  if (!gapsKnown) return executionsOnly(task);
  const idle = {
    perStep: sumOver(steps, (step) => sumIdles(step, () => true)) / steps.length,
    empty: sumOver(steps, (step) => sumIdles(step, (_gap, kind) => kind === 1)) / steps.length,
    fillable: sumOver(steps, (step) => sumIdles(step, (gap, kind) => kind === 1 && gap >= minGap)) / steps.length,
  };
  const span = busy + idle.perStep;
  const gain = idle.fillable >= leastGain * span ? "worthwhile" : "nothing-to-gain";
  return { busyFraction: busy / span, idle, gain, why: inWords(idle, span, minGap) };
}

function executionsOnly(task: string): Pick<KernelProfile, "busyFraction" | "idle" | "gain" | "why"> {
  return {
    busyFraction: 1,
    idle: { perStep: 0, empty: 0, fillable: 0 },
    gain: "nothing-to-gain",
    why: `execution times only: nothing is known of gaps between the operations of "${task}", so none can be filled`,
  };
}

function inWords({ perStep, empty, fillable }: KernelProfile["idle"], span: number, minGap: number): string {
  const of = (time: number) => `${(100 * (time / span)).toFixed(1)} %`;
  const held = `gaps of at least ${minGap / 1000} µs after which nothing was launched hold ${milliseconds(fillable)} of a step of ${milliseconds(span)} (${of(fillable)})`;
  if (fillable >= leastGain * span) return held;
  const stalled =
    perStep - empty >= leastGain * span
      ? `; the device is idle for ${of(perStep)} of it, but mostly while launched operations wait, which stream priorities alone can use`
      : "";
  return `${held}, less than ${100 * leastGain} %: no plan is recommended${stalled}`;
}

function milliseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(3)} ms`;
}

function sumIdles({ idles, idleKinds }: KernelStep, counts: (gap: number, kind: number) => boolean): number {
  return idles.reduce((total, gap, row) => (counts(gap, idleKinds[row]!) ? total + gap : total), 0);
}

function sumOver(steps: readonly KernelStep[], of: (step: KernelStep) => number): number {
  return sum(steps.map(of));
}

function sum(times: readonly number[]): number {
  return times.reduce((a, b) => a + b, 0);
}
