/** A sequence that repeats itself. */
export interface Repetition {
  /** Where its first round begins. */
  readonly first: number;
  /** Length of a round. */
  readonly period: number;
  /** Rounds, at least `fewestRounds`. */
  readonly rounds: number;
}

/** Two could be chance. */
const fewestRounds = 3;
/** The rarest symbols tell the period; the next ones are asked where those occur outside the rounds as well. */
const mostSymbols = 16;
/** How often the rarest symbols may occur in one round. */
const mostInRound = 4;

/**
 * The longest part of a sequence that is one and the same round over and over, and the shortest such round. Rounds are cut before
 * the element that the greatest weight precedes, in the median over the rounds.
 *
 * Candidates for the period are the usual distances between occurrences of the rarest symbols, up to four occurrences apart; O(64 n).
 *
 * @param symbols  numbers, equal for equal elements
 * @param weights  of each element, such as the idle time before it
 * @returns undefined when no round repeats three times
 */
export function findRepetition(symbols: Int32Array, weights: Float64Array): Repetition | undefined {
  let best: { readonly start: number; readonly length: number; readonly period: number } | undefined;
  for (const period of candidates(symbols)) {
    const run = longestRun(symbols, period);
    if (run.length < fewestRounds * period) continue;
    if (best === undefined || run.length > best.length || (run.length === best.length && period < best.period))
      best = { ...run, period };
  }
  if (best === undefined) return undefined;
  const first = best.start + bestPhase(weights, best);
  return { first, period: best.period, rounds: Math.floor((best.start + best.length - first) / best.period) };
}

function candidates(symbols: Int32Array): ReadonlySet<number> {
  const places = new Map<number, number[]>();
  for (const [at, symbol] of symbols.entries()) {
    const list = places.get(symbol);
    if (list === undefined) places.set(symbol, [at]);
    else list.push(at);
  }
  const rare = [...places.values()].filter(({ length }) => length >= fewestRounds).sort((a, b) => a.length - b.length);
  const lags = Array.from({ length: mostInRound }, (_, i) => i + 1);
  return new Set(rare.slice(0, mostSymbols).flatMap((list) => lags.flatMap((lag) => medianDistance(list, lag) ?? [])));
}

function medianDistance(places: readonly number[], lag: number): number | undefined {
  const distances = places.slice(lag).map((place, i) => place - places[i]!);
  return distances.sort((a, b) => a - b)[distances.length >> 1];
}

/** The longest part in which each element equals the one a period before it. */
function longestRun(symbols: Int32Array, period: number): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let at = period; at <= symbols.length; at++) {
    if (at < symbols.length && symbols[at] === symbols[at - period]) continue;
    if (at - start > best.length) best = { start, length: at - start };
    start = at - period + 1;
  }
  return best;
}

/** Where in the first round to cut. Cutting in its middle loses a round, which is done only where enough remain. */
function bestPhase(
  weights: Float64Array,
  { start, length, period }: { readonly start: number; readonly length: number; readonly period: number },
): number {
  const rest = length % period;
  const phases = length - rest > fewestRounds * period ? period : rest + 1;
  let best = { phase: 0, weight: Number.NEGATIVE_INFINITY };
  for (let phase = 0; phase < phases; phase++) {
    const found: number[] = [];
    for (let at = start + phase; at < start + length; at += period) found.push(weights[at]!);
    const weight = found.sort((a, b) => a - b)[found.length >> 1]!;
    if (weight > best.weight) best = { phase, weight };
  }
  return best.phase;
}
