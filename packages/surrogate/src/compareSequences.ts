import type { KernelProfile, KernelStep } from "@partitune/schema";
import { countOccurrences } from "./countOccurrences.ts";

/** How far steps run the same operations in the same order. A single step has nothing to differ from. */
export function compareSequences(steps: readonly KernelStep[]): KernelProfile["sequence"] {
  const positionsThatDiffer = countDifferences(steps.map(({ identities }) => identities));
  return {
    identical: positionsThatDiffer === 0,
    positionsThatDiffer,
    fallbackFraction: steps.length === 1 ? 0 : fallbackFraction(steps),
  };
}

function countDifferences(sequences: readonly (readonly number[])[]): number {
  const [first] = sequences;
  const longest = Math.max(...sequences.map(({ length }) => length));
  let differences = 0;
  for (let row = 0; row < longest; row++)
    if (sequences.some((identities) => identities[row] !== first![row])) differences++;
  return differences;
}

/** Part of the operations of steps whose key no other step has. */
function fallbackFraction(steps: readonly KernelStep[]): number {
  const keys = steps.map(({ identities }) => {
    const occurrences = countOccurrences(identities);
    return identities.map((identity, row) => `${identity}/${occurrences[row]}`);
  });
  const stepsWith = new Map<string, number>();
  for (const key of keys.flat()) stepsWith.set(key, (stepsWith.get(key) ?? 0) + 1);
  const alone = keys.flat().filter((key) => stepsWith.get(key) === 1).length;
  return alone / keys.flat().length;
}
