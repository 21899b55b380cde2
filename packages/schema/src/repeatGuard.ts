import { formatConfig } from "./config.ts";
import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import type { ReadRow } from "./rowReader.ts";

/**
 * Remembers the rows of a table.
 *
 * @returns a function that throws InputError at a row that repeats an earlier one of the same environment: the same id, or the
 *   same point, except for the baseline, which is measured more than once in a round
 */
export function repeatGuard(): (row: ReadRow, line: number) => void {
  const idsOf = groups<string>();
  const configsOf = groups<number>();
  return ({ measurement, config, neighbours, load, environment }, line) => {
    const { id, point, baseline } = measurement;
    const configs = configsOf(environment, neighbours, load, point.round);
    const samePoint = baseline ? undefined : lineBefore(configs, config, line);
    if (samePoint !== undefined) {
      const what = `${formatConfig(point.config)}, round ${point.round},`;
      throw repeated(what, samePoint, 'remove one of the rows, or give them different "round_index"');
    }
    const sameId = lineBefore(idsOf(environment), id, line);
    if (sameId !== undefined) throw repeated(`id ${describeFound(id)}`, sameId, "remove one of the rows");
  };
}

/** The line of an equal row, if there was one; else notes this row's. */
function lineBefore<K>(lines: Map<K, number>, key: K, line: number): number | undefined {
  const before = lines.get(key);
  if (before === undefined) lines.set(key, line);
  return before;
}

/** A map for each group of rows. Neighbouring rows mostly belong together, so the last group is at hand. */
function groups<K>(): (...group: readonly number[]) => Map<K, number> {
  const known = new Map<string, Map<K, number>>();
  let last: readonly number[] = [];
  let lines = new Map<K, number>();
  return (...group) => {
    if (group.length === last.length && group.every((part, i) => part === last[i])) return lines;
    const key = group.join(" ");
    last = group;
    lines = known.get(key) ?? new Map();
    known.set(key, lines);
    return lines;
  };
}

function repeated(what: string, line: number, advice: string): InputError {
  return new InputError({ what, problem: `stands in line ${line} already`, advice });
}
