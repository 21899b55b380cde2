import { InputError } from "@partitune/schema";
import type { Card } from "./packing/card.ts";
import type { RunningGpu } from "./runningLayout.ts";

/**
 * Checks that a running fleet is one of this card: known pieces that fit together, and names that stand once.
 *
 * @throws InputError naming the first that is not
 */
export function checkRunning(card: Card, running: readonly RunningGpu[]): void {
  const fail = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  const known = new Set(card.pieces.map(({ name }) => name));
  const ids = [...running.map(({ id }) => id), ...running.flatMap(({ pieces }) => pieces.map(({ id }) => id))];
  const seen = new Set<string>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined)
    fail(`the name "${twice}"`, "stands twice in the running plan", "give each GPU and piece one of its own");
  for (const { id, pieces } of running) {
    for (const [i, { piece, start, id: own }] of pieces.entries()) {
      if (!known.has(piece))
        fail(
          `piece "${own}"`,
          `is a ${piece}, which ${card.name} does not have here`,
          `re-plan with pieces of ${[...known].join(", ")}`,
        );
      if (!card.starts(pieces.slice(0, i), piece).includes(start))
        fail(
          `GPU "${id}" of the running plan`,
          "has pieces that do not fit together",
          "check it with partitune layouts",
        );
    }
  }
}
