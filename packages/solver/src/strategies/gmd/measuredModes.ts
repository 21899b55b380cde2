import type { GridGeometry } from "../gridGeometry.ts";

/** The modes that a search has measured, numbered in order, and how alike every mode is to them: side by side, as forecasts read them often. */
export interface MeasuredModes {
  /** Rows of the grid. */
  readonly modes: readonly number[];
  /** Number of a mode; it gets one when it has none. */
  numberOf(mode: number): number;
  /** How alike a mode is to the measured mode of a number. */
  likeness(mode: number, number: number): number;
  /** Sum of a mode's likeness to each measured mode, weighted by number; weights may be fewer than the modes. */
  weighted(mode: number, weights: Float64Array): number;
}

const firstCapacity = 16;

/** @param modeCount  rows of the grid */
export function openMeasuredModes(geometry: GridGeometry, modeCount: number): MeasuredModes {
  const modes: number[] = [];
  const numbers = new Map<number, number>();
  let capacity = firstCapacity;
  let alike = new Float64Array(modeCount * capacity);
  const fill = (number: number) => {
    const row = geometry.correlationsWith(modes[number]!);
    for (let mode = 0, i = number; mode < modeCount; mode++, i += capacity) alike[i] = row[mode]!;
  };
  return {
    modes,
    numberOf: (mode) => {
      const known = numbers.get(mode);
      if (known !== undefined) return known;
      const number = modes.push(mode) - 1;
      numbers.set(mode, number);
      if (number < capacity) fill(number);
      else {
        capacity *= 2;
        alike = new Float64Array(modeCount * capacity);
        for (let n = 0; n <= number; n++) fill(n);
      }
      return number;
    },
    likeness: (mode, number) => alike[mode * capacity + number]!,
    weighted: (mode, weights) => {
      let sum = 0;
      for (let n = 0, i = mode * capacity; n < weights.length; n++, i++) sum += alike[i]! * weights[n]!;
      return sum;
    },
  };
}
