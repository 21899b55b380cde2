/**
 * Stationary distribution of a finite Markov chain, by the elimination of Grassmann, Taksar and Heyman: no subtraction, hence no
 * cancellation.
 *
 * @param rows  transition probabilities, a row per state; overwritten. Every state can reach the last one that matters; low
 *   states that are never reached get probability 0.
 * @returns probability of each state
 * @see Grassmann, Taksar and Heyman, Operations Research 33 (1985); complexity O(n³)
 */
export function stationaryDistribution(rows: readonly Float64Array[]): Float64Array {
  const base = eliminate(rows);
  const weights = new Float64Array(rows.length);
  weights[base] = 1;
  let total = 1;
  for (let state = base + 1; state < rows.length; state += 1) {
    let weight = 0;
    for (let i = base; i < state; i += 1) weight += weights[i]! * rows[i]![state]!;
    weights[state] = weight;
    total += weight;
  }
  return weights.map((weight) => weight / total);
}

/** Takes out state after state from the top; returns the lowest state that is still reached from above. */
function eliminate(rows: readonly Float64Array[]): number {
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const leaving = rows[last]!;
    let out = 0;
    for (let j = 0; j < last; j += 1) out += leaving[j]!;
    if (out === 0) return last;
    for (let i = 0; i < last; i += 1) {
      const row = rows[i]!;
      const entering = row[last]! / out;
      row[last] = entering;
      if (entering > 0) for (let j = 0; j < last; j += 1) row[j]! += entering * leaving[j]!;
    }
  }
  return 0;
}
