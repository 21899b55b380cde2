import assert from "node:assert/strict";
import {
  dominates,
  eventHeap,
  hypervolume,
  paretoFront,
  quantile,
  quantileRanks,
  seededRandom,
  streamingQuantiles,
} from "@partitune/numerics";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const million = 1_000_000;

/** Fronts, volumes and the three inner loops of the simulator; every answer is checked by a slower method before it is timed. */
export async function bench(): Promise<BenchRow[]> {
  return [
    ...frontRows(),
    hypervolumeRow(),
    exponentialRow("exponential numbers, one by one", drawOneByOne),
    exponentialRow("exponential numbers, by the buffer", drawByBuffer),
    heapRow(16),
    heapRow(1024),
    sketchRow(),
    ranksRow(),
  ];
}

function frontRows(): BenchRow[] {
  const random = seededRandom("fronts");
  const cases: readonly (readonly [string, number, Float64Array, number | undefined])[] = [
    ["random", 2, uniform(2 * million), 0.05],
    ["all on the front", 2, quarterCircle(million), 0.4],
    ["random", 3, uniform(3 * million), 0.5],
    ["all on the front", 3, sphere(million, 3), undefined],
    ["random", 4, uniform(4 * million), undefined],
  ];
  return cases.map(([kind, m, points, limit]) => {
    checkFront(points, m, random.fork(`${kind} ${m}`).integer(1000));
    const value = medianSeconds(() => paretoFront(points, m));
    return row(`Pareto front, 1,000,000 points, ${m} objectives, ${kind}`, value, "s", limit);
  });
}

/** Equal to the definition on 2000 of the points; of all points, some of the front are dominated by none, some others by a member. */
function checkFront(points: Float64Array, m: number, offset: number): void {
  const rows = Array.from({ length: 2000 }, (_, k) => [
    ...points.subarray((offset + 499 * k) * m, (offset + 499 * k + 1) * m),
  ]);
  const byDefinition = rows.flatMap((row, i) => (rows.some((other) => dominates(other, row)) ? [] : [i]));
  assert.deepEqual(paretoFront(rows), byDefinition);
  const front = paretoFront(points, m);
  const members = new Set(front);
  const rowAt = (i: number) => points.subarray(i * m, i * m + m);
  for (let k = 0; k < 20; k++) {
    const member = rowAt(front[Math.floor((k * front.length) / 20)]!);
    for (let i = 0; i < points.length / m; i++)
      if (dominatesAt(points, i * m, member)) assert.fail("a member is dominated");
    const other = offset + 997 * k;
    assert.ok(members.has(other) || front.some((i) => dominates(rowAt(i), rowAt(other))));
  }
}

function dominatesAt(points: Float64Array, at: number, point: Float64Array): boolean {
  let better = false;
  for (let j = 0; j < point.length; j++) {
    if (points[at + j]! > point[j]!) return false;
    if (points[at + j]! < point[j]!) better = true;
  }
  return better;
}

function hypervolumeRow(): BenchRow {
  const front = sphere(10_000, 3).map((x) => 1 + x); // 1 − the coordinates on the sphere
  const reference = [1.1, 1.1, 1.1];
  const volume = hypervolume(front, reference);
  assert.ok(Math.abs(volume / volumeBySlices(front, 1.1) - 1) < 1e-9);
  return row(
    "hypervolume, 10,000 points on a 3-D front",
    medianSeconds(() => hypervolume(front, reference), 9),
    "s",
    0.1,
  );
}

/** Area of every slice between two third objectives, from the definition: O(n²). */
function volumeBySlices(front: Float64Array, reference: number): number {
  const rows = Array.from({ length: front.length / 3 }, (_, i) => [...front.subarray(3 * i, 3 * i + 3)] as number[]);
  const byX = [...rows].sort((a, b) => a[0]! - b[0]!);
  const levels = [...rows.map((row) => row[2]!), reference].sort((a, b) => a - b);
  let volume = 0;
  for (let k = 0; k + 1 < levels.length; k++) {
    let area = 0;
    let top = reference;
    for (const [x, y, z] of byX as [number, number, number][]) {
      if (z > levels[k]! || y >= top) continue;
      area += (reference - x) * (top - y);
      top = y;
    }
    volume += area * (levels[k + 1]! - levels[k]!);
  }
  return volume;
}

function drawOneByOne(count: number): number {
  const random = seededRandom("exponentials");
  let sum = 0;
  for (let i = 0; i < count; i++) sum += random.exponential(20);
  return sum / count;
}

function drawByBuffer(count: number): number {
  const random = seededRandom("exponentials");
  const buffer = new Float64Array(1000);
  let sum = 0;
  for (let drawn = 0; drawn < count; drawn += buffer.length) {
    random.fillExponential(buffer, 20);
    for (let i = 0; i < buffer.length; i++) sum += buffer[i]!;
  }
  return sum / count;
}

function exponentialRow(name: string, draw: (count: number) => number): BenchRow {
  const count = 5 * million;
  assert.ok(Math.abs(draw(count) - 0.05) < (4 * 0.05) / Math.sqrt(count));
  return rateRow(name, count / medianSeconds(() => draw(count)), 10 * million);
}

/** The hold model: every event popped is pushed again a random time later. */
function heapRow(waiting: number): BenchRow {
  const gaps = uniform(8192);
  const count = million;
  const hold = (): Float64Array => {
    const heap = eventHeap(waiting);
    for (let i = 0; i < waiting; i++) heap.push(gaps[i]!, i);
    const times = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const event = heap.pop();
      times[i] = heap.time;
      heap.push(heap.time + gaps[i & 8191]!, event);
    }
    return times;
  };
  const times = hold();
  assert.deepEqual(times, times.slice().sort());
  return rateRow(`event heap, pop and push with ${waiting} waiting`, count / medianSeconds(hold));
}

function sketchRow(): BenchRow {
  const values = new Float64Array(4096);
  seededRandom("sketch").fillExponential(values, 50);
  const count = 1221 * values.length;
  const add = () => {
    const sketch = streamingQuantiles();
    for (let i = 0; i < count; i++) sketch.add(values[i & 4095]!);
    return sketch;
  };
  const truth = quantile(values.slice().sort(), 0.99);
  assert.ok(Math.abs(add().quantile(0.99) / truth - 1) <= add().relativeError);
  return rateRow("quantile sketch, values added", count / medianSeconds(add));
}

function ranksRow(): BenchRow {
  const n = 10 * million;
  assert.deepEqual(quantileRanks(n, 0.999), { lower: 9_989_742, upper: 9_990_258 });
  return row(
    "ranks of a median's interval, 10,000,000 samples",
    medianSeconds(() => quantileRanks(n, 0.5), 9),
    "s",
  );
}

function row(name: string, value: number, unit: string, limit?: number): BenchRow {
  return limit === undefined
    ? { name, value, unit, met: null }
    : { name, target: `≤ ${limit} ${unit}`, value, unit, met: value <= limit };
}

function rateRow(name: string, value: number, least?: number): BenchRow {
  const unit = "1/s";
  return least === undefined
    ? { name, value, unit, met: null }
    : { name, target: `≥ ${least.toLocaleString("en")} ${unit}`, value, unit, met: value >= least };
}

function uniform(length: number): Float64Array {
  const numbers = new Float64Array(length);
  seededRandom(`uniform ${length}`).fillUniform(numbers);
  return numbers;
}

function quarterCircle(n: number): Float64Array {
  const angles = uniform(n);
  const points = new Float64Array(2 * n);
  angles.forEach((angle, i) => {
    points[2 * i] = Math.sin((angle * Math.PI) / 2);
    points[2 * i + 1] = Math.cos((angle * Math.PI) / 2);
  });
  return points;
}

/** Points on the unit sphere where all coordinates are negative: nearly none dominates another. */
function sphere(n: number, m: number): Float64Array {
  const random = seededRandom("sphere");
  const points = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    const point = points.subarray(i * m, i * m + m);
    for (let j = 0; j < m; j++) point[j] = -Math.abs(random.normal());
    const length = Math.hypot(...point);
    for (let j = 0; j < m; j++) point[j]! /= length;
  }
  return points;
}
