import { InputError, type KernelTrace } from "@partitune/schema";
import { parseCounts, parseNonNegative } from "./parseLists.ts";

/** A time in µs as whole ns. */
export function parseTime(option: string, text: string): number {
  return Math.round(parseNonNegative(option, text) * 1000);
}

/** A part from 0 to 1, both included. */
export function parsePart(option: string, text: string): number {
  const part = text.trim() === "" ? Number.NaN : Number(text);
  if (part >= 0 && part <= 1) return part;
  throw new InputError({
    what: `option ${option} "${text}"`,
    problem: "is not a part from 0 to 1",
    advice: `write for example ${option} 0.1`,
  });
}

/**
 * Steps that are played and not profiled, as indices.
 *
 * @param text  numbers from 1, as `show` prints them; all steps when absent
 * @throws InputError when a step does not exist, or nothing is left to predict from
 */
export function parseHeldOut(text: string | undefined, { task, steps }: KernelTrace): readonly number[] {
  if (steps.length < 2)
    throw new InputError({
      what: `"${task}"`,
      problem: "has 1 step, and what is played must be predicted from other steps",
      advice: "record more steps; from 3 on, quantiles mean something",
    });
  if (text === undefined) return steps.map((_, step) => step);
  const numbers = parseCounts("--held-out", text);
  const stranger = numbers.find((number) => number > steps.length);
  if (stranger === undefined) return numbers.map((number) => number - 1);
  throw new InputError({
    what: `option --held-out "${text}"`,
    problem: `names step ${stranger} of "${task}", which has ${steps.length}`,
    advice: `write for example --held-out ${steps.length}`,
  });
}
