import type { InterferenceModel } from "@partitune/schema";
import { additivePairs } from "../additivePairs.ts";
import type { InterferenceFit, InterferenceSample } from "../interferenceSample.ts";
import { type PairCell, pairCells, varianceWithin } from "../pairCells.ts";
import { typicalSlowdown } from "../typicalSlowdown.ts";

/**
 * A table of slowdowns, workload by workload.
 *
 * A measured pair has the mean of its samples, drawn towards the expectation by as much as they scatter more than pairs differ from it
 * (empirical Bayes). The expectation, and the value of a pair that was not measured, is what the one suffers beside others times what
 * the other inflicts on others.
 */
export const pairwise: InterferenceFit = { name: "pairwise", fit: fitPairs };

function fitPairs(samples: readonly InterferenceSample[]): InterferenceModel | null {
  const cells = pairCells(samples);
  if (cells.length < 2) return null;
  const { logOf, heldOutVariance } = additivePairs(cells);
  const within = varianceWithin(cells) ?? 0;
  const measured = new Map(
    cells
      .filter(({ neighbours }) => neighbours.length === 1)
      .map((cell) => [keyOf(cell.subject, cell.neighbours[0]), cell]),
  );
  const names = [...new Set(cells.flatMap(({ subject, neighbours }) => [subject, ...neighbours]))].sort();
  const pairs = names.flatMap((subject) =>
    names.map((neighbour) => {
      const cell = measured.get(keyOf(subject, neighbour));
      const expected = logOf(subject, neighbour);
      const log = cell === undefined ? expected : blend(cell, expected, within, heldOutVariance);
      return { subject, neighbour, slowdown: Math.max(1, Math.exp(log)), measured: cell !== undefined };
    }),
  );
  return { model: "pairwise", pairs, otherwise: typicalSlowdown(samples) };
}

function keyOf(subject: string, neighbour: string): string {
  return JSON.stringify([subject, neighbour]);
}

/** A cell's mean, weighed against what was expected of it by their variances. */
function blend({ logMean, samples }: PairCell, expected: number, within: number, heldOutVariance: number): number {
  const ofMean = within / samples;
  const ofExpectation = Math.max(0, heldOutVariance - ofMean);
  const trust = ofMean === 0 ? 1 : ofExpectation / (ofExpectation + ofMean);
  return trust * logMean + (1 - trust) * expected;
}
