import type { Seconds } from "@partitune/schema";

/** A stretch of time on the clock of the samples, of some length. */
export interface Window {
  readonly from: Seconds;
  readonly to: Seconds;
}

/** What was read in a window, or why that says nothing of it. */
export type WindowReading =
  | {
      readonly value: { readonly mean: number; readonly least: number; readonly most: number };
      readonly reason?: never;
    }
  | { readonly value: null; readonly reason: string };

interface Point {
  readonly time: Seconds;
  readonly value: number;
}

/** Readings further apart tell nothing of the time between them: devices are read once to fifty times a second. */
export const widestGap: Seconds = 2;
/** Part of the window that readings must cover; the rest is taken to be like it. */
const leastCovered = 0.9;

/**
 * Average over time of a quantity that was read now and then, by trapezoids between readings, with its lowest and highest value.
 *
 * At the ends of the window the quantity is interpolated, or taken to be the nearest reading where there is none beyond. A gap of more than 2 s
 * is not covered, and a window of which less than 90 % is covered has no average: what happened to be read is not what happened.
 *
 * @param times  when it was read, rising; those before and after the window serve its ends
 * @param values  what was read, null where it could not be
 */
export function readingInWindow(
  times: readonly Seconds[],
  values: readonly (number | null)[],
  window: Window,
): WindowReading {
  const points = times.map((time, i) => ({ time, value: values[i] ?? null })).filter(isPoint);
  if (points.length === 0) return { value: null, reason: "the device does not tell" };
  const pieces = piecesOf(points).flatMap((piece) => cut(piece, window));
  const covered = sum(pieces.map(lengthOf));
  const share = covered / (window.to - window.from);
  if (share < leastCovered)
    return { value: null, reason: `the device was read in ${Math.floor(100 * share)} % of the window only` };
  const [least, most] = rangeOf(pieces);
  const mean = sum(pieces.map((piece) => meanOf(piece) * lengthOf(piece))) / covered;
  return { value: { mean: Math.min(most, Math.max(least, mean)), least, most } };
}

type Piece = readonly [Point, Point];

function isPoint(point: { readonly time: Seconds; readonly value: number | null }): point is Point {
  return point.value !== null;
}

/** From each reading to the next, where that is not too far; the first is held backward, the last forward. */
function piecesOf(points: readonly Point[]): readonly Piece[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const between = points.slice(1).map((point, i): Piece => [points[i]!, point]);
  return [
    [{ ...first, time: first.time - widestGap }, first],
    ...between.filter((piece) => lengthOf(piece) <= widestGap),
    [last, { ...last, time: last.time + widestGap }],
  ];
}

/** The part of a piece that lies in the window, where it has any length. */
function cut([a, b]: Piece, { from, to }: Window): readonly Piece[] {
  const [start, end] = [Math.max(a.time, from), Math.min(b.time, to)];
  if (end <= start) return [];
  const slope = (b.value - a.value) / (b.time - a.time);
  const at = (time: Seconds) =>
    time === a.time ? a : time === b.time ? b : { time, value: a.value + slope * (time - a.time) };
  return [[at(start), at(end)]];
}

function lengthOf([a, b]: Piece): Seconds {
  return b.time - a.time;
}

function meanOf([a, b]: Piece): number {
  return (a.value + b.value) / 2;
}

function rangeOf(pieces: readonly Piece[]): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of pieces.flat()) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
