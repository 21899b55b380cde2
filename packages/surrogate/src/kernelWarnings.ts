import type { KernelProfile, KernelStep, KernelTrace, Warning } from "@partitune/schema";

const leastSteps = 3; // below, low and high quantiles are one sample and its neighbour
const slowStart = 1.25; // a step that takes so much longer than the next one still warms up
const manyFallbacks = 0.05;

/** What a user should know of a kernel profile, after what its trace already said. */
export function kernelWarnings(
  trace: KernelTrace,
  steps: readonly KernelStep[],
  { fallbackFraction }: KernelProfile["sequence"],
): readonly Warning[] {
  const where = `"${trace.task}"`;
  const warnings: Warning[] = [];
  if (steps.length < leastSteps)
    warnings.push({
      code: "few-steps",
      where,
      cause: `${steps.length === 1 ? "1 step is" : `${steps.length} steps are`} too few to tell how much times scatter, so quantiles mean little`,
      advice: `record at least ${leastSteps} steps after warm-up, better 10`,
    });
  if (!trace.gapsKnown)
    warnings.push({
      code: "execution-times-only",
      where,
      cause: "its trace has execution times only, so nothing is known of gaps",
      advice: "let it fill the gaps of others, or trace it with starts and ends",
    });
  if (startsSlowly(steps))
    warnings.push({
      code: "slow-first-step",
      where,
      cause: `its first step takes ${milliseconds(spanOf(steps[0]!))}, the next one ${milliseconds(spanOf(steps[1]!))}`,
      advice: "leave out warm-up steps",
    });
  if (fallbackFraction > manyFallbacks)
    warnings.push({
      code: "changing-sequence",
      where,
      cause: `${(100 * fallbackFraction).toFixed(1)} % of its operations have no counterpart in another step, so that identities alone predict them`,
      advice: "trace steps of one kind, with fixed shapes and without data-dependent branches",
    });
  const own = new Set(warnings.map(({ code }) => code));
  return [...trace.warnings.filter(({ code }) => !own.has(code)), ...warnings];
}

function startsSlowly(steps: readonly KernelStep[]): boolean {
  return steps.length > 1 && spanOf(steps[0]!) > slowStart * spanOf(steps[1]!);
}

function spanOf({ durations, idles }: KernelStep): number {
  return [...durations, ...idles].reduce((a, b) => a + b, 0);
}

function milliseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(3)} ms`;
}
