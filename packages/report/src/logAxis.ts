/** A logarithmic axis whose pixels can be computed before anything is drawn. */
export interface LogAxis {
  readonly domain: readonly [number, number];
  /** Pixel of a value. */
  toPixel(value: number): number;
  /** Value at a pixel. */
  fromPixel(pixel: number): number;
}

/**
 * A logarithmic axis over all positive values, with a little room at both ends.
 *
 * @param range  pixels of the two ends
 */
export function logAxis(values: readonly number[], range: readonly [number, number]): LogAxis {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log);
  const low = logs.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = logs.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const [from, to] = logs.length === 0 ? [0, 1] : [low, high];
  const room = Math.max(0.05, 0.06 * (to - from));
  const start = from - room;
  const scale = (range[1] - range[0]) / (to + room - start);
  return {
    domain: [Math.exp(start), Math.exp(to + room)],
    toPixel: (value) => range[0] + (Math.log(value) - start) * scale,
    fromPixel: (pixel) => Math.exp(start + (pixel - range[0]) / scale),
  };
}

/**
 * Round values (1, 2 and 5 times powers of ten) inside a domain; for a domain too narrow to hold three of them, whole steps.
 *
 * @param domain  0 < least < most
 */
export function logTicks([least, most]: readonly [number, number]): number[] {
  const decades = Math.log10(most / least);
  const steps = decades > 3 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5];
  const first = Math.floor(Math.log10(least));
  const exponents = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, i) => first + i);
  const round = exponents.flatMap((exponent) => steps.map((step) => Number(`${step}e${exponent}`)));
  const inside = round.filter((value) => value >= least && value <= most);
  return inside.length >= 3 ? inside : linearTicks(least, most);
}

function linearTicks(least: number, most: number): number[] {
  const rough = (most - least) / 5; // then at least two steps fit, whatever the rounding
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Of the values, those whose labels do not touch: the ends first, then from the largest down. */
export function legibleTicks(values: readonly number[], axis: LogAxis, gap: number): number[] {
  const ascending = [...new Set(values)].sort((a, b) => a - b);
  const wanted = [...ascending.slice(0, 1), ...ascending.slice(1).reverse()];
  const kept: number[] = [];
  for (const value of wanted) {
    if (kept.every((other) => Math.abs(axis.toPixel(other) - axis.toPixel(value)) >= gap)) kept.push(value);
  }
  return kept.sort((a, b) => a - b);
}
