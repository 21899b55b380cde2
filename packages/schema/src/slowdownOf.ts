import type { InterferenceModel } from "./interference.ts";
import type { Partition } from "./partition.ts";
import { type DeviceSize, partitionFraction } from "./partitionSize.ts";
import type { Fraction } from "./units.ts";
import { utilisationOf } from "./utilisationOf.ts";

/** A workload that runs on a piece of a card, as far as others feel it. */
export interface Occupant {
  readonly workload: string;
  /** Part of the card that its piece takes. */
  readonly fraction: Fraction;
  /** Requests per batch. */
  readonly batch: number;
  /** True on a MIG instance, which has cache and memory paths of its own. */
  readonly isolated: boolean;
}

/**
 * The occupant that a workload on a partition is.
 *
 * @throws InputError for a MIG profile that the device has not
 */
export function occupantOf(
  { workload, partition, batch }: { readonly workload: string; readonly partition: Partition; readonly batch: number },
  device: DeviceSize,
): Occupant {
  return { workload, fraction: partitionFraction(partition, device), batch, isolated: partition.kind === "mig" };
}

/**
 * How much longer a batch takes because of what works on other pieces of the same card: a factor on its time when alone, at least 1.
 *
 * It is exactly 1 without neighbours and on a MIG instance; neighbours on MIG instances do not count. Of a neighbouring piece
 * whose tenants take turns, give the one that matters most.
 *
 * - none: 1.
 * - constant: the slowdown.
 * - pairwise: the product of the slowdowns of the subject by each neighbour, each to the power of {@link pairWeight}.
 * - linear: intercept + Σ_u ofSubject_u · s_u + Σ_u ofNeighbours_u · Σ_neighbours n_u, where s_u and n_u are utilisations times
 *   the part of the card, and not below `least`.
 *
 * @see S. Choi et al., Serving Heterogeneous Machine Learning Models on Multi-GPU Servers with Spatio-Temporal Sharing (2022), for the
 *   linear form
 * @example slowdownOf({ model: "constant", slowdown: 1.09 }, subject, [neighbour])  // 1.09
 */
export function slowdownOf(model: InterferenceModel, subject: Occupant, neighbours: readonly Occupant[]): number {
  const felt = subject.isolated ? [] : neighbours.filter(({ isolated }) => !isolated);
  if (felt.length === 0) return 1;
  switch (model.model) {
    case "none":
      return 1;
    case "constant":
      return model.slowdown;
    case "pairwise":
      return felt.reduce(
        (product, each) => product * pairOf(model, subject.workload, each.workload) ** pairWeight(subject, each),
        1,
      );
    case "linear":
      return linearSlowdown(model, subject, felt);
  }
}

/**
 * How much of a neighbour's slowdown counts: its part of what the subject leaves of the card, 1 at most. So neighbours that share the
 * rest of the card weigh together as much as one that has it all, and one more never makes anybody faster.
 */
export function pairWeight(subject: Occupant, neighbour: Occupant): number {
  return Math.min(1, neighbour.fraction / Math.max(Number.EPSILON, 1 - subject.fraction));
}

type Of<M extends InterferenceModel["model"]> = Extract<InterferenceModel, { readonly model: M }>;

function pairOf({ pairs, otherwise }: Of<"pairwise">, subject: string, neighbour: string): number {
  return pairs.find((pair) => pair.subject === subject && pair.neighbour === neighbour)?.slowdown ?? otherwise;
}

function linearSlowdown(model: Of<"linear">, subject: Occupant, neighbours: readonly Occupant[]): number {
  const ofSubject = weigh(model.ofSubject, model, subject);
  const ofNeighbours = neighbours.map((neighbour) => weigh(model.ofNeighbours, model, neighbour));
  const sum = ofNeighbours.reduce((total, value) => total + value, model.intercept + ofSubject);
  return Math.max(model.least, Number.isNaN(sum) ? model.otherwise : sum);
}

/** Σ coefficient · utilisation on the occupant's part of the card; NaN when one of them is not known. */
function weigh(
  coefficients: Readonly<Record<string, number>>,
  { utilisations }: Of<"linear">,
  occupant: Occupant,
): number {
  const terms = Object.entries(coefficients).map(
    ([name, factor]) => factor * utilisationOf(utilisations, occupant, name),
  );
  return terms.reduce((sum, term) => sum + term, 0);
}
