import { argsort } from "./argsort.ts";

const leafSize = 8;

/** A k-d tree in heap order: node k has children 2k + 1 and 2k + 2; every node knows its points' range in `order` and their two corners. */
interface Tree {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly least: Float64Array;
  readonly greatest: Float64Array;
}

/**
 * Front of points with any number of objectives: each point asks a k-d tree of all points for one that dominates it, skipping boxes whose best
 * corner does not.
 *
 * @param matrix  n × m, row-major
 * @param chosen  the points to look at, without NaN
 * @returns the indices of the front, in no particular order; between O(n log n) and O(n²), growing with m
 */
export function frontOfMany(matrix: Float64Array, objectives: number, chosen: Uint32Array): Uint32Array {
  if (chosen.length === 0) return chosen;
  const tree = buildTree(matrix, objectives, chosen);
  return chosen.filter((point) => !hasDominator(tree, matrix, objectives, point * objectives, 0));
}

function buildTree(matrix: Float64Array, m: number, chosen: Uint32Array): Tree {
  const levels = Math.max(0, Math.ceil(Math.log2(chosen.length / leafSize)));
  const nodes = 2 ** (levels + 1) - 1;
  const starts = new Uint32Array(nodes);
  const ends = new Uint32Array(nodes);
  const least = new Float64Array(nodes * m).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float64Array(nodes * m).fill(Number.NEGATIVE_INFINITY);
  const tree: Tree = { order: chosen.slice(), starts, ends, least, greatest };
  ends[0] = chosen.length;
  for (let node = 0; node < nodes; node++) {
    findCorners(tree, matrix, m, node);
    if (2 * node + 2 < nodes) split(tree, matrix, m, node);
  }
  return tree;
}

function findCorners(tree: Tree, matrix: Float64Array, m: number, node: number): void {
  const { order, starts, ends, least, greatest } = tree;
  const base = node * m;
  for (let i = starts[node]!; i < ends[node]!; i++) {
    for (let j = 0; j < m; j++) {
      const value = matrix[order[i]! * m + j]!;
      if (value < least[base + j]!) least[base + j] = value;
      if (value > greatest[base + j]!) greatest[base + j] = value;
    }
  }
}

/** Halves a node's points by the objective of its depth, taking turns. */
function split(tree: Tree, matrix: Float64Array, m: number, node: number): void {
  const { order, starts, ends } = tree;
  const start = starts[node]!;
  const end = ends[node]!;
  const objective = (31 - Math.clz32(node + 1)) % m;
  const points = order.slice(start, end);
  const places = argsort(Float64Array.from(points, (point) => matrix[point * m + objective]!));
  for (let i = 0; i < places.length; i++) order[start + i] = points[places[i]!]!;
  const middle = (start + end) >>> 1;
  starts[2 * node + 1] = start;
  ends[2 * node + 1] = middle;
  starts[2 * node + 2] = middle;
  ends[2 * node + 2] = end;
}

function hasDominator(tree: Tree, matrix: Float64Array, m: number, at: number, node: number): boolean {
  const base = node * m;
  for (let j = 0; j < m; j++) if (tree.least[base + j]! > matrix[at + j]!) return false;
  if (tree.starts[node] === tree.ends[node]) return false;
  if (dominatesRow(tree.greatest, base, matrix, at, m)) return true;
  if (2 * node + 2 < tree.starts.length) {
    return hasDominator(tree, matrix, m, at, 2 * node + 1) || hasDominator(tree, matrix, m, at, 2 * node + 2);
  }
  for (let i = tree.starts[node]!; i < tree.ends[node]!; i++) {
    if (dominatesRow(matrix, tree.order[i]! * m, matrix, at, m)) return true;
  }
  return false;
}

function dominatesRow(a: Float64Array, atA: number, b: Float64Array, atB: number, m: number): boolean {
  let better = false;
  for (let j = 0; j < m; j++) {
    const mine = a[atA + j]!;
    const other = b[atB + j]!;
    if (mine > other) return false;
    if (mine < other) better = true;
  }
  return better;
}
