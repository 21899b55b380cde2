import { describe, expect, test } from "vitest";
import { ladderHeights } from "../../packages/solver/src/ladderHeights.ts";
import { poissonProbabilities } from "../../packages/solver/src/poissonProbabilities.ts";
import { queueAtDepartures } from "../../packages/solver/src/queueAtDepartures.ts";

const arrivalsOf = (rate: number, seconds: readonly number[]) => seconds.map((s) => poissonProbabilities(rate * s));

/** Stationary distribution by brute force: the chain on 0…states − 1, iterated until it stands still. */
function iterate(arrivals: readonly Float64Array[], states: number): Float64Array {
  let current = new Float64Array(states);
  current[0] = 1;
  for (let round = 0; round < 20_000; round += 1) {
    const next = new Float64Array(states);
    current.forEach((probability, n) => {
      const taken = Math.min(Math.max(n, 1), arrivals.length);
      const left = Math.max(n, 1) - taken;
      arrivals[taken - 1]!.forEach((p, i) => {
        next[Math.min(states - 1, left + i)]! += probability * p;
      });
    });
    const change = next.reduce((sum, p, n) => sum + Math.abs(p - current[n]!), 0);
    current = next;
    if (change < 1e-14) break;
  }
  return current;
}

describe("ladder heights", () => {
  test("add up to 1, as the queue falls for certain", () => {
    for (const [rho, maxBatch] of [
      [0.2, 5],
      [0.9, 8],
      [0.97, 32],
    ] as const) {
      const falls = ladderHeights(poissonProbabilities(rho * maxBatch), maxBatch);
      expect(falls.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    }
  });

  test("are one step for batches of one", () => {
    expect(ladderHeights(poissonProbabilities(0.6), 1)[1]).toBeCloseTo(1, 11);
  });
});

describe("the queue that a free server finds", () => {
  test("is empty with probability 1 − ρ for M/D/1", () => {
    for (const rho of [0.1, 0.5, 0.9, 0.97])
      expect(queueAtDepartures(arrivalsOf(rho, [1]), 1e-12)[0]).toBeCloseTo(1 - rho, 9);
  });

  test("has the mean of Pollaczek and Khinchine for M/D/1", () => {
    // Number in system at departures: ρ + ρ²/(2(1 − ρ)).
    const queue = queueAtDepartures(arrivalsOf(0.8, [1]), 1e-14);
    expect(queue.reduce((sum, p, n) => sum + p * n, 0)).toBeCloseTo(0.8 + 0.64 / 0.4, 8);
  });

  test("is Poisson when batches have no limit and all take as long", () => {
    const queue = queueAtDepartures(arrivalsOf(3, new Array<number>(60).fill(1)), 1e-12);
    const expected = poissonProbabilities(3);
    for (let n = 0; n < 12; n += 1) expect(queue[n]).toBeCloseTo(expected[n]!, 11);
  });

  test.each([
    [[1, 1.2, 1.4], 1.9],
    [[0.5, 0.7, 0.9, 1.1, 1.3], 3.5],
    [[1, 1, 1, 1, 1, 1, 1, 1], 7],
  ])("equals the chain iterated to its end for times %j at rate %d", (seconds, rate) => {
    const arrivals = arrivalsOf(rate, seconds);
    const expected = iterate(arrivals, 200);
    const queue = queueAtDepartures(arrivals, 1e-12);
    for (let n = 0; n < 40; n += 1) expect(queue[n] ?? 0).toBeCloseTo(expected[n]!, 9);
  });

  test("balances what arrives and what is served, also under full load with batches of 64", () => {
    const seconds = Array.from({ length: 64 }, (_, i) => 0.3 + (0.7 * (i + 1)) / 64);
    const rate = 0.97 * 64;
    const queue = queueAtDepartures(arrivalsOf(rate, seconds), 1e-12);
    let [served, time] = [0, queue[0]! / rate];
    queue.forEach((p, n) => {
      const taken = Math.min(Math.max(n, 1), 64);
      served += p * taken;
      time += p * seconds[taken - 1]!;
    });
    expect(served / (rate * time)).toBeCloseTo(1, 8);
  });
});
