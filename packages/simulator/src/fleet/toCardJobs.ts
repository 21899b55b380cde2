import { cumulativeMaximum, interpolate } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import type { Sharer } from "../sharing/sharingLaw.ts";
import { sharerOf } from "../toSharer.ts";
import type { CardTimes } from "./cardTimes.ts";

/** Batches of one workload on a card that nobody partitions. */
export interface CardJobs {
  /** Time of a batch of k requests alone on the card at index k, 1 … largest; index 0 is unused. */
  readonly seconds: Float64Array;
  /** How a batch of k requests uses a part of the card, at index k. */
  readonly sharers: readonly Sharer[];
}

/**
 * Times and speeds for every batch size. A size that is not known lies on the line between those that are; beyond the largest of a part of
 * the card the part is left out, below the smallest a batch takes as long as that one. A larger batch is not quicker, nor is a smaller
 * part.
 *
 * @param largest  batch size, at most the largest known on the whole card
 * @throws InputError when it is larger
 */
export function toCardJobs(workload: string, { sizes }: CardTimes, largest: number): CardJobs {
  const most = sizes.at(-1)!.batches.at(-1)!.batch;
  if (largest > most)
    throw new InputError({
      what: `batches of up to ${largest} of "${workload}"`,
      problem: `are in the plan, but on the whole card it was only measured up to ${most}`,
      advice: "measure the larger batches there",
    });
  const curves = sizes.map(({ share, batches }) => ({ share, secondsAt: curveOf(batches) }));
  const seconds = new Float64Array(largest + 1);
  const sharers: Sharer[] = [];
  for (let batch = 1; batch <= largest; batch++) {
    const points = curves.flatMap(({ share, secondsAt }) => {
      const time = secondsAt(batch);
      return time === null ? [] : [{ share, time }];
    });
    const best = Math.min(...points.map(({ time }) => time));
    seconds[batch] = best;
    sharers[batch] = sharerOf(points.map(({ share, time }) => ({ share, speed: best / time })));
  }
  return { seconds, sharers };
}

function curveOf(batches: CardTimes["sizes"][number]["batches"]): (batch: number) => number | null {
  const at = batches.map(({ batch }) => batch);
  const times = cumulativeMaximum(batches.map(({ seconds }) => seconds));
  return (batch) => (batch > at.at(-1)! ? null : interpolate(at, times, batch));
}
