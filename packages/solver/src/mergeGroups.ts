import { InputError } from "@partitune/schema";
import { distinctFront } from "./distinctFront.ts";

/** One row is taken from each group; columns add up. */
export interface MergeInput {
  readonly columns: number;
  /** group → row → number per column, none negative in limited columns. */
  readonly groups: readonly (readonly (readonly number[])[])[];
  /** The most that a column may add up to. */
  readonly limits: readonly number[];
}

/** One combination: the row taken in each group, and the totals. */
export interface Merged {
  readonly picks: readonly number[];
  readonly totals: readonly number[];
}

/** Partial combinations after some groups: totals row by row, and where each came from. */
interface Layer {
  readonly count: number;
  readonly totals: Float64Array;
  readonly from: Int32Array;
  readonly row: Int32Array;
}

/** Partial combinations followed at once; more would take minutes. */
const mostKept = 100_000;
/** Combinations made before the beaten ones are thrown out. */
const mostPending = 1_000_000;

/**
 * All combinations of one row per group within the limits that no other beats in every column (Minkowski sum of the groups, thinned
 * to its front after each).
 *
 * @throws InputError when too many combinations are alike to follow
 */
export function mergeGroups(input: MergeInput): Merged[] {
  const layers: Layer[] = [startOf(input.columns)];
  input.groups.forEach((rows, group) => {
    layers.push(mergeGroup(layers[group]!, rows, roomAfter(input, group)));
  });
  const last = layers[layers.length - 1]!;
  return Array.from({ length: last.count }, (_, i) => ({
    picks: readPicks(layers, i),
    totals: Array.from(last.totals.subarray(i * input.columns, (i + 1) * input.columns)),
  }));
}

function startOf(columns: number): Layer {
  return { count: 1, totals: new Float64Array(columns), from: new Int32Array(1), row: new Int32Array(1) };
}

/** The most each column may have after a group, so that the least of the rest still fits. */
function roomAfter({ groups, limits }: MergeInput, group: number): readonly number[] {
  return limits.map((limit, k) =>
    groups
      .slice(group + 1)
      .reduce(
        (room, rows) => room - rows.reduce((least, row) => Math.min(least, row[k]!), Number.POSITIVE_INFINITY),
        limit,
      ),
  );
}

function mergeGroup(before: Layer, rows: readonly (readonly number[])[], room: readonly number[]): Layer {
  const columns = room.length;
  let kept: Layer = { count: 0, totals: new Float64Array(0), from: new Int32Array(0), row: new Int32Array(0) };
  for (let first = 0; first < rows.length; ) {
    const block = Math.max(1, Math.floor((mostPending - kept.count) / before.count));
    const some = rows.slice(first, first + block);
    const pending = allocate(kept, some.length * before.count, columns);
    some.forEach((row, offset) => {
      append(pending, before, row, first + offset, room);
    });
    kept = keepFront(pending, columns);
    if (kept.count > mostKept) throw tooMany(kept.count);
    first += some.length;
  }
  return kept;
}

function allocate(kept: Layer, more: number, columns: number): { -readonly [key in keyof Layer]: Layer[key] } {
  const totals = new Float64Array((kept.count + more) * columns);
  const from = new Int32Array(kept.count + more);
  const row = new Int32Array(kept.count + more);
  totals.set(kept.totals);
  from.set(kept.from);
  row.set(kept.row);
  return { count: kept.count, totals, from, row };
}

function append(
  pending: { -readonly [key in keyof Layer]: Layer[key] },
  before: Layer,
  row: readonly number[],
  rowNumber: number,
  room: readonly number[],
) {
  const columns = room.length;
  for (let i = 0; i < before.count; i += 1) {
    let fits = true;
    for (let k = 0; k < columns; k += 1) {
      const sum = before.totals[i * columns + k]! + row[k]!;
      pending.totals[pending.count * columns + k] = sum;
      if (sum > room[k]!) fits = false;
    }
    if (!fits) continue;
    pending.from[pending.count] = i;
    pending.row[pending.count] = rowNumber;
    pending.count += 1;
  }
}

/** Those that none beats; of equal ones the first. */
function keepFront({ count, totals, from, row }: Layer, columns: number): Layer {
  const best = distinctFront(totals.subarray(0, count * columns), columns);
  return {
    count: best.length,
    totals: Float64Array.from(best.flatMap((i) => [...totals.subarray(i * columns, (i + 1) * columns)])),
    from: Int32Array.from(best, (i) => from[i]!),
    row: Int32Array.from(best, (i) => row[i]!),
  };
}

function readPicks(layers: readonly Layer[], index: number): number[] {
  const picks: number[] = [];
  for (let layer = layers.length - 1, at = index; layer > 0; layer -= 1) {
    picks.unshift(layers[layer]!.row[at]!);
    at = layers[layer]!.from[at]!;
  }
  return picks;
}

function tooMany(count: number): InputError {
  return new InputError({
    what: "the front of plans",
    problem: `has ${count} partial selections that none beats, more than the ${mostKept} that are followed`,
    advice: "ask for fewer objectives or offer fewer candidates",
  });
}
