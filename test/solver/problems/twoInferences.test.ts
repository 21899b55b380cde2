import { type Random, seededRandom } from "@partitune/numerics";
import {
  joinInferences,
  nonUrgentResponse,
  type TwoInferencesProblem,
  twoInferences,
  twoInferencesSweep,
  urgentResponse,
} from "@partitune/solver";
import { expect, test } from "vitest";
import { inferenceRows } from "../fixtures/powerBoards.ts";
import { bruteTwo } from "./brute.ts";
import { type PriorityCase, playPriorities } from "./playPriorities.ts";

const urgent = { periodSeconds: 0.2, serviceSeconds: 0.06 };
const nonUrgent = { periodSeconds: 0.5, serviceSeconds: 0.08 };

const base: TwoInferencesProblem = {
  urgent: [{ mode: "m", batch: 8, seconds: 0.06, watts: 20 }],
  nonUrgent: [{ mode: "m", batch: 5, seconds: 0.08, watts: 25 }],
  idle: [{ mode: "m", watts: 10 }],
  urgentDemand: { ratePerSecond: 40, latencySeconds: 0.34 },
  nonUrgentDemand: { ratePerSecond: 10, latencySeconds: 0.64 },
  budget: { kind: "peak", watts: 25 },
  objective: "latency",
};
const training = [{ mode: "m", seconds: 0.05, watts: 24 }];

test("the worked example answers after 0.14 s each, and after 0.19 s behind a training minibatch", () => {
  expect(urgentResponse(urgent, 0.08)).toBeCloseTo(0.14, 12);
  expect(nonUrgentResponse(urgent, nonUrgent, 0)).toBeCloseTo(0.14, 12);
  expect(nonUrgentResponse(urgent, nonUrgent, 0.05)).toBeCloseTo(0.19, 12);
});

test("an overloaded device promises nothing", () => {
  const busy = { periodSeconds: 0.5, serviceSeconds: 0.4 };
  expect(nonUrgentResponse(urgent, busy, 0)).toBe(Number.POSITIVE_INFINITY);
  const full = { periodSeconds: 0.5, serviceSeconds: 0.35 };
  expect(nonUrgentResponse(urgent, full, 0)).toBeCloseTo(0.06 + 0.35, 9);
  expect(nonUrgentResponse(urgent, full, 0.01)).toBe(Number.POSITIVE_INFINITY);
});

test("a choice that keeps both promises exactly is taken", () => {
  const answer = twoInferences(base);
  expect(answer).toMatchObject({ status: "optimal", choice: { mode: "m", watts: 25, trainingRate: 0 } });
  if (answer.status === "optimal") expect(answer.value).toBeCloseTo(0.34, 9);
});

test("training behind both uses all the time that is left", () => {
  const nonUrgentDemand = { ratePerSecond: 10, latencySeconds: 0.7 };
  const answer = twoInferences({ ...base, nonUrgentDemand, training, objective: "training" });
  // 1 − 0.06/0.2 − 0.08/0.5 of the time
  expect(answer).toMatchObject({ status: "optimal" });
  if (answer.status === "optimal") expect(answer.value).toBeCloseTo(0.54 / 0.05, 9);
});

test("an average budget makes training run less", () => {
  const nonUrgentDemand = { ratePerSecond: 10, latencySeconds: 0.7 };
  const budget = { kind: "average", watts: 17 } as const;
  const answer = twoInferences({ ...base, nonUrgentDemand, training, objective: "training", budget });
  // inference alone: 10 + 0.3 · 10 + 0.16 · 15 = 15.4 W; training adds 14 W for its part of the time
  if (answer.status === "optimal") expect(answer.value).toBeCloseTo(1.6 / 14 / 0.05, 9);
  expect(answer).toMatchObject({ status: "optimal" });
});

test("training that breaks a promise starves, and the answer says which promise", () => {
  const answer = twoInferences({ ...base, training, objective: "training" });
  expect(answer).toMatchObject({ status: "optimal", value: 0, choice: { trainingRate: 0 } });
  expect(answer.reasons).toMatchObject([{ workload: "non-urgent inference", constraint: "latency" }]);
  expect(answer.reasons[0]!.text).toMatch(/^training starves: /);
});

test("broken promises, loads and budgets are reasons with what is missing", () => {
  const late = twoInferences({ ...base, urgentDemand: { ratePerSecond: 40, latencySeconds: 0.3 } });
  expect(late).toMatchObject({ status: "infeasible", reasons: [{ workload: "urgent inference" }] });
  const hot = twoInferences({ ...base, budget: { kind: "peak", watts: 20 } });
  expect(hot).toMatchObject({ status: "infeasible", reasons: [{ constraint: "power", missing: 0.25 }] });
  const busy = twoInferences({ ...base, nonUrgentDemand: { ratePerSecond: 100, latencySeconds: 9 } });
  expect(busy).toMatchObject({ status: "infeasible", reasons: [{ constraint: "load" }] });
});

test("a workload without requests and an objective without rows are refused", () => {
  const silent = { ...base, urgentDemand: { ratePerSecond: 0, latencySeconds: 1 } };
  expect(() => twoInferences(silent)).toThrow("urgent inference has no requests; solve for the other workload alone");
  expect(() => twoInferences({ ...base, objective: "training" })).toThrow("the objective needs training rows");
});

test("a plain enumeration finds the same latencies on random problems of the board, and so does each budget alone", () => {
  const random = seededRandom("two inferences");
  const rows = { urgent: inferenceRows("mobilenet", 0), nonUrgent: inferenceRows("resnet50", 0) };
  const pairs = joinInferences(rows);
  for (let i = 0; i < 40; i++) {
    const demands = {
      urgentDemand: { ratePerSecond: Math.exp(4 + 3 * random.next()), latencySeconds: 0.03 + 0.2 * random.next() },
      nonUrgentDemand: { ratePerSecond: 20 + 100 * random.next(), latencySeconds: 0.1 + 0.8 * random.next() },
    };
    const watts = 10 + 40 * random.next();
    const found = twoInferencesSweep(pairs, demands, [watts])[0];
    const expected = bruteTwo(rows.urgent, rows.nonUrgent, demands, watts);
    expect(found?.urgentLatencySeconds ?? Number.POSITIVE_INFINITY).toBeCloseTo(expected, 9);
    if (i % 10 !== 0) continue;
    const alone = twoInferences({ ...rows, ...demands, budget: { kind: "peak", watts }, objective: "latency" });
    expect(alone.status === "optimal" ? alone.choice : undefined).toEqual(found);
  }
});

test("played event by event at random phases, no bound is broken, and most are nearly reached", () => {
  const random = seededRandom("priorities");
  const reached: number[] = [];
  for (let i = 0; i < 200; i++) {
    const input = randomCase(random);
    const urgentBound = urgentResponse(input.urgent, Math.max(input.nonUrgent.serviceSeconds, input.trainingSeconds));
    const bound = nonUrgentResponse(input.urgent, input.nonUrgent, input.trainingSeconds);
    let longest = 0;
    for (let phase = 0; phase < 8; phase++) {
      const played = playPriorities(input, random.next(), random.next(), 300);
      expect(played.urgent).toBeLessThanOrEqual(urgentBound * (1 + 1e-6));
      expect(played.nonUrgent).toBeLessThanOrEqual(bound * (1 + 1e-6));
      longest = Math.max(longest, played.nonUrgent);
    }
    reached.push(longest / bound);
  }
  expect(reached.toSorted((a, b) => a - b)[100]).toBeGreaterThan(0.95);
});

function randomCase(random: Random): PriorityCase {
  const urgentPeriod = 0.02 + 0.3 * random.next();
  const nonUrgentPeriod = 0.02 + random.next();
  const load = 0.3 + 0.65 * random.next();
  const part = random.next();
  return {
    urgent: { periodSeconds: urgentPeriod, serviceSeconds: Math.max(1e-4, load * part * urgentPeriod) },
    nonUrgent: { periodSeconds: nonUrgentPeriod, serviceSeconds: Math.max(1e-4, load * (1 - part) * nonUrgentPeriod) },
    trainingSeconds: random.next() < 0.5 ? 0 : 0.1 * random.next(),
  };
}
