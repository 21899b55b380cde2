import { type Random, seededRandom } from "@partitune/numerics";
import type { ModePlan, ModeReport } from "@partitune/schema";
import { verifyModePlan } from "@partitune/simulator";
import {
  backlogged,
  type ConcurrentProblem,
  concurrent,
  inference,
  type TwoInferencesProblem,
  twoInferences,
} from "@partitune/solver";
import { expect, test } from "vitest";
import { concurrentPlan, inferencePlan, twoInferencesPlan } from "./solvedPlans.ts";

/*
 * The solver's promises, to the last digit, against the simulator: they share no formula. Each must hold, and be nearly reached: a bound
 * that is never reached would be safe and useless.
 */

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}

function between(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.next();
}

/** Two or three modes, several batch sizes, times over two decades. */
function randomTables(random: Random) {
  const modes = ["m", "n", "o"].slice(0, 2 + random.integer(2));
  const base = between(random, 0.002, 0.05);
  const rowOf = (mode: string, seconds: number) => ({ mode, seconds, watts: between(random, 10, 50) });
  const inferenceRows = () =>
    modes.flatMap((mode) => {
      const [fixed, each] = [base * random.next(), base * (0.05 + random.next())];
      return [1, 2, 4, 8, 16].map((batch) => ({ ...rowOf(mode, fixed + each * batch), batch }));
    });
  return {
    base,
    training: modes.map((mode) => rowOf(mode, between(random, 0.3 * base, 20 * base))),
    inferenceRows,
    idle: modes.map((mode) => ({ mode, watts: 5 + 3 * random.next() })),
  };
}

function randomConcurrent(seed: number): ConcurrentProblem {
  const random = seededRandom(`concurrent ${seed}`);
  const { base, training, inferenceRows, idle } = randomTables(random);
  const [policy, dispatcher] = pick(random, [
    ["reserve", "windowed"],
    ["slack", "windowed"],
    ["greedy", "windowed"],
    ["greedy", "on-full"],
  ] as const);
  return {
    training,
    inference: inferenceRows(),
    idle,
    ratePerSecond: between(random, 0.02, 0.8) / base,
    latencySeconds: between(random, 4, 100) * base,
    policy,
    dispatcher,
    changeoverSeconds: pick(random, [0, 0, 0.1 * base]),
    budget: { kind: pick(random, ["peak", "average"] as const), watts: between(random, 15, 60) },
  };
}

function randomTwo(seed: number): TwoInferencesProblem {
  const random = seededRandom(`two ${seed}`);
  const { base, training, inferenceRows, idle } = randomTables(random);
  return {
    urgent: inferenceRows(),
    nonUrgent: inferenceRows(),
    ...(random.next() < 0.6 && { training }),
    idle,
    urgentDemand: { ratePerSecond: between(random, 0.02, 0.5) / base, latencySeconds: between(random, 10, 100) * base },
    nonUrgentDemand: {
      ratePerSecond: between(random, 0.02, 0.5) / base,
      latencySeconds: between(random, 40, 400) * base,
    },
    budget: { kind: pick(random, ["peak", "average"] as const), watts: between(random, 20, 60) },
    objective: "latency",
  };
}

const options = { seeds: 3, windows: 60 } as const;

/** The plans of so many problems that have one. */
function plansOf(solve: (seed: number) => ModePlan | null, count: number): readonly ModePlan[] {
  const plans: ModePlan[] = [];
  for (let seed = 0; plans.length < count; seed++) {
    const plan = solve(seed);
    if (plan !== null) plans.push(plan);
  }
  return plans;
}

/** Fails naming each promise that is not kept; returns how much of each kind is reached, ascending. */
function reached(plans: readonly ModePlan[]): Readonly<Record<string, readonly number[]>> {
  const reports = plans.map((plan): ModeReport => verifyModePlan(plan, options));
  const failed = reports.flatMap(({ checks }, i) =>
    checks.flatMap(({ verdict, why }) => (verdict === "kept" ? [] : [`plan ${i}: ${verdict}: ${why}`])),
  );
  expect(failed).toEqual([]);
  const ratios = reports.flatMap(({ checks }) =>
    checks.map(({ promise, simulated }) => [promise.metric, simulated!.estimate!.value / promise.target] as const),
  );
  const byMetric = Map.groupBy(ratios, ([metric]) => metric);
  return Object.fromEntries(
    [...byMetric].map(([metric, pairs]) => [metric, pairs.map(([, ratio]) => ratio).sort((a, b) => a - b)]),
  );
}

function median(sorted: readonly number[] | undefined): number {
  return sorted![Math.floor(sorted!.length / 2)]!;
}

test("300 random choices of training beside inference keep what they promise, and reach it to 99 % at the median", () => {
  const plans = plansOf((seed) => {
    const problem = randomConcurrent(seed);
    const answer = concurrent(problem);
    return answer.status === "optimal" ? concurrentPlan(problem, answer.choice, problem.budget.kind) : null;
  }, 300);
  const ratios = reached(plans);
  expect(median(ratios.worst_response_s)).toBeGreaterThan(0.99);
  expect(median(ratios.throughput_per_s)).toBeGreaterThan(0.99);
  expect(median(ratios.throughput_per_s)).toBeLessThan(1.01);
  expect(median(ratios.mean_power_w)).toBeGreaterThan(0.99);
  expect(median(ratios.peak_power_w)).toBeCloseTo(1, 9);
});

test("120 random choices for two inferences keep what they promise, and reach it to 99 % at the median", () => {
  const plans = plansOf((seed) => {
    const problem = randomTwo(seed);
    const answer = twoInferences(problem);
    return answer.status === "optimal" ? twoInferencesPlan(problem, answer.choice) : null;
  }, 120);
  const ratios = reached(plans);
  expect(median(ratios.worst_response_s)).toBeGreaterThan(0.99);
  expect(median(ratios.throughput_per_s)).toBeGreaterThan(0.99);
  expect(median(ratios.mean_power_w)).toBeGreaterThan(0.97);
});

test("60 random choices for inference alone keep what they promise, and reach it", () => {
  const plans = plansOf((seed) => {
    const { inference: rows, ratePerSecond, latencySeconds, budget } = randomConcurrent(seed);
    const answer = inference({
      rows,
      ratePerSecond,
      dispatchers: ["windowed", "on-full"],
      objective: "power",
      latencySeconds,
      budget: { ...budget, kind: "peak" },
    });
    return answer.status === "optimal" ? inferencePlan(rows, ratePerSecond, answer.choice) : null;
  }, 60);
  expect(reached(plans).worst_response_s![0]).toBeGreaterThan(1 - 1e-6);
});

test("40 random choices for a backlog behind urgent inference keep what they promise", () => {
  const plans = plansOf((seed) => {
    const { training: _, ...problem } = randomConcurrent(seed);
    const backlog = problem.inference.map((row) => ({ ...row, seconds: row.seconds * 0.7 }));
    const answer = backlogged({ ...problem, backlog });
    if (answer.status !== "optimal" || answer.choice.trainingRate === 0) return null;
    const { backlogBatch, ...choice } = answer.choice;
    const training = backlog.filter(({ batch }) => batch === backlogBatch);
    return concurrentPlan({ ...problem, training }, choice, problem.budget.kind);
  }, 40);
  expect(median(reached(plans).throughput_per_s)).toBeGreaterThan(0.99);
});
