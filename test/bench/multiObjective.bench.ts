import assert from "node:assert/strict";
import { seededRandom } from "@partitune/numerics";
import { bayesianWith, nsga2With, optimisers, type StartOptimiser } from "@partitune/solver";
import { optimise, shareOfFront } from "../solver/fixtures/shareOfFront.ts";
import {
  bnh,
  dtlz2,
  osy,
  planeProblems,
  srn,
  type TestProblem,
  tnk,
  zdt1,
  zdt2,
  zdt3,
} from "../solver/fixtures/testProblems.ts";
import type { BenchRow } from "./benchRow.ts";

const seeds = [1, 2, 3];
const many = 25_000;
const few = 60;
/** With some dozens of evaluations, a generation of NSGA-II must be small. */
const smallPopulation = 12;

/**
 * Optimisers on problems whose true hypervolume is known: the part of it that NSGA-II reaches in 25,000 evaluations, and that Bayesian
 * optimisation reaches in 60, beside NSGA-II, a tree-structured Parzen estimator and chance. Medians of three seeds.
 */
export async function bench(): Promise<BenchRow[]> {
  const longRuns = [...planeProblems, dtlz2(3)].map(longRow);
  return [
    ...longRuns,
    ...[withFewer(zdt1, 4), withFewer(zdt2, 4), withFewer(zdt3, 4), bnh, srn, tnk, osy].map(shortRow),
  ];
}

function longRow(problem: TestProblem): BenchRow {
  const value = 100 * medianShare(optimisers.nsga2, problem, many);
  const isTarget = problem === zdt1;
  return {
    name: `NSGA-II, ${many} evaluations of ${problem.name}: part of the true hypervolume`,
    ...(isTarget && { target: "≥ 99 %" }),
    value,
    unit: "%",
    met: isTarget ? value >= 99 : null,
  };
}

function shortRow(problem: TestProblem): BenchRow {
  const value = 100 * medianShare(bayesianWith({ reference: problem.volumes[0]!.reference }), problem, few);
  const others = {
    "NSGA-II": nsga2With({ population: smallPopulation }),
    Parzen: optimisers["tree-parzen"],
    random: optimisers.random,
  };
  const shares = Object.entries(others).map(([name, start]) => ({
    name,
    share: 100 * medianShare(start, problem, few),
  }));
  const best = Math.max(...shares.map(({ share }) => share));
  return {
    name: `expected hypervolume, ${few} evaluations of ${problem.name} (${problem.variables.length} variables)`,
    target: `> ${best.toFixed(1)} %`,
    value,
    unit: "%",
    met: value > best,
    note: shares.map(({ name, share }) => `${name} ${share.toFixed(1)} %`).join(", "),
  };
}

function withFewer(problem: TestProblem, count: number): TestProblem {
  return { ...problem, variables: problem.variables.slice(0, count) };
}

function medianShare(start: StartOptimiser, problem: TestProblem, evaluations: number): number {
  const shares = seeds.map((seed) => {
    const { variables, objectives } = problem;
    const optimiser = start({ variables, objectives, random: seededRandom(seed) });
    return shareOfFront(optimise(optimiser, problem, evaluations), problem);
  });
  assert.ok(
    shares.every((share) => share < 1.00001),
    `more than the true hypervolume of ${problem.name}`,
  );
  return shares.sort((a, b) => a - b)[1]!;
}
