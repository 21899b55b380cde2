/** Parts of a cell grid smaller than this are dropped. */
const negligible = 1e-12;

/** Adds mass at a place between two cells to both, so that its mean is exact. */
export function shareBetweenCells(shares: Map<number, number>, place: number, mass: number) {
  const snapped = snap(place);
  const cell = Math.floor(snapped);
  shares.set(cell, (shares.get(cell) ?? 0) + mass * (1 - snapped + cell));
  if (snapped > cell) shares.set(cell + 1, (shares.get(cell + 1) ?? 0) + mass * (snapped - cell));
}

/** Rounding must not split a whole number of cells in two. */
function snap(cells: number): number {
  const whole = Math.round(cells);
  return Math.abs(cells - whole) < 1e-9 * Math.max(1, whole) ? whole : cells;
}

export function convolveCells(a: Float64Array, kernel: Float64Array): Float64Array {
  const result = new Float64Array(a.length + kernel.length - 1);
  for (let i = 0; i < a.length; i += 1) {
    const value = a[i]!;
    if (value > 0) for (let j = 0; j < kernel.length; j += 1) result[i + j]! += value * kernel[j]!;
  }
  let length = result.length;
  while (length > 1 && result[length - 1]! < negligible) length -= 1;
  return result.subarray(0, length);
}

export function addCells(a: Float64Array, b: Float64Array): Float64Array {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const sum = long.slice();
  for (let i = 0; i < short.length; i += 1) sum[i]! += short[i]!;
  return sum;
}

/** Drops trailing cells that hold nearly nothing. */
export function trimCells(values: Float64Array, width: number): Float64Array {
  let [end, dropped] = [values.length, 0];
  while (end > 0) {
    dropped += values[end - 1]!;
    if (dropped > negligible) break;
    end -= 1;
  }
  return values.subarray(0, Math.ceil(end / width) * width);
}

/** Running sums at the cells' edges. */
export function cumulateCells(cells: Float64Array): Float64Array {
  const edges = new Float64Array(cells.length + 1);
  for (let i = 0; i < cells.length; i += 1) edges[i + 1] = edges[i]! + cells[i]!;
  return edges;
}

/** Running sum at a place between edges, in cells. */
export function readCumulated(edges: Float64Array, place: number): number {
  if (place <= 0) return 0;
  const cell = Math.floor(place);
  if (cell >= edges.length - 1) return edges[edges.length - 1]!;
  return edges[cell]! + (place - cell) * (edges[cell + 1]! - edges[cell]!);
}
