import { formatConfig } from "./config.ts";
import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import type { Measurement } from "./measurement.ts";
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
  const rows: Measurement[] = [];
  const lines: number[] = [];
  const lineOf = (same: (row: Measurement) => boolean) => lines[rows.findIndex(same)]!;
  return ({ measurement, config, neighbours, load, environment }, line) => {
    const { id, point, baseline } = measurement;
    if (!baseline && !isNew(configsOf(environment, neighbours, load, point.round), config)) {
      const what = `${formatConfig(point.config)}, round ${point.round},`;
      const advice = 'remove one of the rows, or give them different "round_index"';
      throw repeated(
        what,
        lineOf((row) => !row.baseline && isSamePoint(row, measurement)),
        advice,
      );
    }
    if (!isNew(idsOf(environment), id)) {
      const first = lineOf((row) => row.id === id && row.environment === measurement.environment);
      throw repeated(`id ${describeFound(id)}`, first, "remove one of the rows");
    }
    rows.push(measurement);
    lines.push(line);
  };
}

/** Equal configurations, neighbours and loads of one table are the same objects. */
function isSamePoint(a: Measurement, b: Measurement): boolean {
  return (
    a.environment === b.environment &&
    a.point.config === b.point.config &&
    a.point.neighbours === b.point.neighbours &&
    a.point.load === b.point.load &&
    a.point.round === b.point.round
  );
}

/** Adds a key; one look-up instead of two, since nearly every key is new. */
function isNew<K>(keys: Set<K>, key: K): boolean {
  const before = keys.size;
  return keys.add(key).size > before;
}

/** A set for each group of rows. Neighbouring rows mostly belong together, so the last group is at hand. */
function groups<K>(): (...group: readonly number[]) => Set<K> {
  const known = new Map<string, Set<K>>();
  let last: readonly number[] = [];
  let keys = new Set<K>();
  return (...group) => {
    if (group.length === last.length && group.every((part, i) => part === last[i])) return keys;
    const name = group.join(" ");
    last = group;
    keys = known.get(name) ?? new Set();
    known.set(name, keys);
    return keys;
  };
}

function repeated(what: string, line: number, advice: string): InputError {
  return new InputError({ what, problem: `stands in line ${line} already`, advice });
}
