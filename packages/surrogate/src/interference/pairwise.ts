import type { InterferenceModel } from "@partitune/schema";
import { additivePairs } from "../additivePairs.ts";
import type { InterferenceFit, InterferenceSample } from "../interferenceSample.ts";
import { namesIn, type PairCell, pairCells, varianceWithin } from "../pairCells.ts";
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
  const measured = Map.groupBy(
    cells.filter(({ neighbours }) => neighbours.length === 1),
    ({ subject, neighbours }) => keyOf(subject, neighbours[0].name),
  );
  const names = namesIn(cells);
  const pairs = names.flatMap((subject) =>
    names.map((neighbour) => {
      const own = measured.get(keyOf(subject, neighbour));
      const expected = logOf(subject, neighbour);
      const log = own === undefined ? expected : blend(own, expected, within, heldOutVariance);
      return { subject, neighbour, slowdown: Math.max(1, Math.exp(log)), measured: own !== undefined };
    }),
  );
  return { model: "pairwise", pairs, otherwise: typicalSlowdown(samples) };
}

function keyOf(subject: string, neighbour: string): string {
  return JSON.stringify([subject, neighbour]);
}

/** The logarithm at full weight that a pair's cells show, weighed against what was expected of it by their variances. */
function blend(cells: readonly PairCell[], expected: number, within: number, heldOutVariance: number): number {
  const weighed = cells.map(({ neighbours: [{ weight }], samples, logMean }) => ({ weight, samples, logMean }));
  const information = weighed.reduce((sum, { weight, samples }) => sum + samples * weight ** 2, 0);
  const shown =
    weighed.reduce((sum, { weight, samples, logMean }) => sum + samples * weight * logMean, 0) / information;
  const ofShown = within / information;
  const ofExpectation = Math.max(0, heldOutVariance - ofShown);
  const trust = ofShown === 0 ? 1 : ofExpectation / (ofExpectation + ofShown);
  return trust * shown + (1 - trust) * expected;
}
