import { seededRandom } from "@partitune/numerics";
import {
  type Card,
  type Layout,
  migCard,
  mpsCard,
  type PackingProblem,
  type RunningGpu,
  toChoices,
} from "@partitune/solver";
import { randomProblem } from "../packing/fixtures.ts";

/** A card of four memory slices, as A30, with pieces named by their size. */
export const smallMig = migCard("four-slice MIG", {
  memorySlices: 4,
  profiles: [
    { name: "1g", computeSlices: 1, size: 1, starts: [0, 1, 2, 3], most: 4, memoryBytes: null },
    { name: "2g", computeSlices: 2, size: 2, starts: [0, 2], most: 2, memoryBytes: null },
    { name: "4g", computeSlices: 4, size: 4, starts: [0], most: 1, memoryBytes: null },
  ],
});

export const quarters = mpsCard({ name: "shares of a quarter", percents: [25, 50, 75], memoryBytes: null });

/** A layout that runs: cards gpu0, gpu1 …, pieces gpu0.0, gpu0.1 … */
export function runningFrom({ gpus }: Layout): readonly RunningGpu[] {
  return gpus.map(({ pieces }, g) => ({
    id: `gpu${g}`,
    pieces: pieces.map((piece, p) => ({ id: `gpu${g}.${p}`, ...piece })),
  }));
}

/** The problem with some rates multiplied. */
export function scaled(problem: PackingProblem, factors: Readonly<Record<number, number>>): PackingProblem {
  const services = problem.services.map((service, i) => ({
    ...service,
    ratePerSecond: service.ratePerSecond * (factors[i] ?? 1),
  }));
  return { ...problem, services };
}

export function piecesOf(gpus: readonly RunningGpu[]): number {
  return gpus.reduce((sum, { pieces }) => sum + pieces.length, 0);
}

/** A synthetic problem of two or three services that takes about two cards, and the same with other rates. */
export function tightPair(seed: number, card: Card): readonly [PackingProblem, PackingProblem] {
  const random = seededRandom(`tight ${seed}`);
  const problem = randomProblem(seed, card, "half-slo", 2 + (seed % 2));
  const whole = toChoices(problem).services.map(({ best }) => best.at(-1)!.safeRate);
  const withLoads = (loads: readonly number[], total: number): PackingProblem => {
    const sum = loads.reduce((all, load) => all + load, 0);
    const services = problem.services.map((service, i) => ({
      ...service,
      ratePerSecond: (whole[i]! * loads[i]! * total) / sum,
    }));
    return { ...problem, services };
  };
  const before = whole.map(() => 0.1 + random.next());
  const after = before.map((load) => (random.next() < 0.6 ? load * (0.3 + 1.5 * random.next()) : load));
  return [withLoads(before, 1 + 0.6 * random.next()), withLoads(after, 0.8 + 0.8 * random.next())];
}
