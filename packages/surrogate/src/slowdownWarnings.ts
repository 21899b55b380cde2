import type { Warning } from "@partitune/schema";
import type { InterferenceSample } from "./interferenceSample.ts";
import { typicalSlowdown } from "./typicalSlowdown.ts";

/** Noise that nobody need be told of. */
const noise = 0.02;
/** A MIG instance that slows down by more than this in the middle contradicts what is assumed of it. */
const largestOnMig = 0.05;

/**
 * What is doubtful about measured slowdowns.
 *
 * @param samples  all
 * @param felt  those that models are fitted to
 */
export function slowdownWarnings(
  samples: readonly InterferenceSample[],
  felt: readonly InterferenceSample[],
): Warning[] {
  const faster = felt.filter(({ slowdown }) => slowdown < 1 - noise);
  const isolated = samples.filter((sample) => !felt.includes(sample));
  const warnings: Warning[] = [];
  if (faster.length > 0) {
    const least = faster.reduce((low, each) => (each.slowdown < low.slowdown ? each : low));
    warnings.push({
      code: "faster-beside-neighbours",
      where: [...new Set(faster.map(({ subject }) => subject.workload))].join(", "),
      cause: `${faster.length} of ${felt.length} samples are faster beside neighbours than alone, by up to ${percent(1 - least.slowdown)}; they are kept`,
      advice: "expect as much scatter in the others, or measure the rows alone again",
    });
  }
  if (isolated.length > 0 && typicalSlowdown(isolated) > 1 + largestOnMig) {
    warnings.push({
      code: "slower-on-mig",
      where: [...new Set(isolated.map(({ subject }) => subject.workload))].join(", "),
      cause: `samples on MIG instances (${isolated.length}) are slower by ${percent(typicalSlowdown(isolated) - 1)} in the median beside neighbours, which instances should not feel`,
      advice: "check what else they share, such as power, host processor and links; models do not count it",
    });
  }
  return warnings;
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(2))} %`;
}
