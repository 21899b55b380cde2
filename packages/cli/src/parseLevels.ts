import { InputError } from "@partitune/schema";

const range = /^\s*(?<from>\d*\.?\d+)\s*\.\.\s*(?<to>\d*\.?\d+)\s*(?:\/\s*(?<step>\d*\.?\d+))?\s*$/u;

/** More levels than this are a slip of the keyboard. */
const mostLevels = 1000;

/**
 * Rising positive numbers: a list, or a range with a step, which is 1 when not given.
 *
 * @example parseLevels("--budgets", "100..300/25")  // [100, 125, …, 300]
 * @example parseLevels("--budgets", "20,30")
 * @throws InputError when it cannot be read
 */
export function parseLevels(option: string, text: string): readonly number[] {
  const { from, to, step = "1" } = range.exec(text)?.groups ?? {};
  const levels = from === undefined ? text.split(",").map(toNumber) : levelsOf(Number(from), Number(to), Number(step));
  const fits = levels.length > 0 && levels.length <= mostLevels && levels.every((level) => level > 0);
  if (fits) return [...new Set(levels)].sort((a, b) => a - b);
  throw new InputError({
    what: `option ${option} "${text}"`,
    problem: `does not give 1 to ${mostLevels} numbers above 0`,
    advice: `write for example ${option} 10..50 or ${option} 100..300/25 or ${option} 20,30,40`,
  });
}

function levelsOf(from: number, to: number, step: number): readonly number[] {
  const count = step > 0 ? Math.floor((to - from) / step + 1e-9) + 1 : 0;
  return count > mostLevels ? [] : Array.from({ length: Math.max(0, count) }, (_, i) => from + i * step);
}

function toNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
