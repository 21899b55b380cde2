import { seededRandom } from "@partitune/numerics";
import { type ConcurrentProblem, concurrent, concurrentSweep, joinRows, minibatchesPerWindow } from "@partitune/solver";
import { expect, test } from "vitest";
import { inferenceRows, nameOf, trainingRows } from "../fixtures/powerBoards.ts";
import { bruteConcurrent } from "./brute.ts";
import { playTurns } from "./playTurns.ts";

const training = [{ mode: "m", seconds: 0.05, watts: 24 }];
const inference = [{ mode: "m", batch: 8, seconds: 0.06, watts: 30 }];
const idle = [{ mode: "m", watts: 10 }];
const base: ConcurrentProblem = {
  training,
  inference,
  idle,
  ratePerSecond: 40,
  latencySeconds: 0.26,
  policy: "reserve",
  dispatcher: "windowed",
  budget: { kind: "peak", watts: 30 },
};

function chosen(problem: ConcurrentProblem) {
  const answer = concurrent(problem);
  if (answer.status !== "optimal") throw new Error(answer.reasons.map(({ text }) => text).join("; "));
  return answer.choice;
}

test("the worked example has two training minibatches in reserve, and 14 per second when greedy", () => {
  expect(chosen(base).trainingRate).toBeCloseTo(10, 9);
  expect(chosen(base).latencySeconds).toBeCloseTo(0.26, 9);
  const greedy = chosen({ ...base, policy: "greedy", latencySeconds: 0.31 });
  expect(greedy.trainingRate).toBeCloseTo(14, 9);
  expect(greedy.latencySeconds).toBeCloseTo(0.31, 9);
});

test.each([
  [0.01, 12.5],
  [0.02, 13.333333],
  [0.03, 13.75],
] as const)("slack of %d s lets the worked example train %d minibatches per second", (slack, rate) => {
  const { trainingRate, latencySeconds } = chosen({ ...base, policy: "slack", latencySeconds: 0.26 + slack });
  expect(trainingRate).toBeCloseTo(rate, 5);
  expect(latencySeconds).toBeCloseTo(0.26 + slack, 9);
});

test("a peak budget counts the hungriest minibatch, an average budget the mean of the window", () => {
  expect(chosen(base).watts).toBe(30);
  // 30 W · 60 ms + 24 W · 100 ms + 10 W · 40 ms in 200 ms
  expect(chosen({ ...base, budget: { kind: "average", watts: 23 } }).watts).toBeCloseTo(23, 9);
});

test("under an average budget training runs less before the mode is given up", () => {
  const budget = { kind: "average", watts: 22 } as const;
  expect(chosen({ ...base, budget })).toMatchObject({ minibatchesPerWindow: 1 });
  const greedy = { ...base, policy: "greedy", latencySeconds: 0.31 } as const;
  expect(chosen({ ...greedy, budget })).toMatchObject({ minibatchesPerWindow: 1 });
  expect(chosen({ ...greedy, budget: { kind: "average", watts: 40 } }).minibatchesPerWindow).toBeCloseTo(2.8, 9);
});

test.each([
  ["resnet18", "resnet50", 60, 0.3, 30, 7.5, 12.364],
  ["yolo", "bert", 10, 0.5, 35, 2.5, 4.395],
] as const)(
  "%s beside %s trains as enumeration with another program found",
  (train, serve, ratePerSecond, latencySeconds, watts, reserve, slack) => {
    const problem = {
      training: trainingRows(train),
      inference: inferenceRows(serve),
      ratePerSecond,
      latencySeconds,
      dispatcher: "windowed",
      budget: { kind: "peak", watts },
    } as const;
    expect(chosen({ ...problem, policy: "reserve" }).trainingRate).toBeCloseTo(reserve, 9);
    const best = chosen({ ...problem, policy: "slack" });
    expect(best.trainingRate).toBeCloseTo(slack, 2); // the other program counted over finitely many windows
    if (train === "resnet18") expect(best).toMatchObject({ mode: nameOf([8, 1.9584, 0.93075, 3.199]), batch: 8 });
  },
);

test("a window that training and inference fill exactly counts its last training minibatch", () => {
  expect(minibatchesPerWindow(0.3, 0.1, 0)).toBe(3);
  expect(minibatchesPerWindow(0.2 - 0.05, 0.05, 0)).toBe(3);
  expect(minibatchesPerWindow(0.1, 0.2, 0)).toBe(0);
});

test("changing over between the jobs is paid twice per inference minibatch", () => {
  expect(chosen({ ...base, latencySeconds: 0.3, changeoverSeconds: 0.015 })).toMatchObject({ minibatchesPerWindow: 2 });
  const slower = chosen({ ...base, latencySeconds: 0.31, changeoverSeconds: 0.021 });
  expect(slower).toMatchObject({ minibatchesPerWindow: 1 });
});

test("training that finds no room starves, and the answer says why and draws least power", () => {
  const hungry = { mode: "n", batch: 8, seconds: 0.05, watts: 40 };
  const problem = {
    ...base,
    training: [
      { mode: "m", seconds: 0.2, watts: 24 },
      { mode: "n", seconds: 0.2, watts: 24 },
    ],
    inference: [...inference, hungry],
    idle: [...idle, { mode: "n", watts: 12 }],
    budget: { kind: "peak", watts: 50 } as const,
  };
  const answer = concurrent(problem);
  expect(answer).toMatchObject({ status: "optimal", value: 0, choice: { mode: "m", watts: 30, trainingRate: 0 } });
  expect(answer.reasons).toMatchObject([{ workload: "training", constraint: "room" }]);
  expect(answer.reasons[0]!.text).toMatch(/^training starves: /);
});

test("inference that fills its windows leaves no room for training, however long the promise", () => {
  const answer = concurrent({
    ...base,
    inference: [{ ...inference[0]!, seconds: 0.2 }],
    latencySeconds: 2,
    policy: "slack",
  });
  expect(answer).toMatchObject({ status: "optimal", value: 0, reasons: [{ constraint: "room" }] });
});

test("training over the power budget starves for power", () => {
  const answer = concurrent({ ...base, training: [{ mode: "m", seconds: 0.05, watts: 36 }] });
  expect(answer).toMatchObject({
    status: "optimal",
    value: 0,
    reasons: [{ workload: "training", constraint: "power" }],
  });
  expect(answer.reasons[0]!.missing).toBeCloseTo(0.2, 9);
});

test("a minibatch that takes longer than its window is infeasible, not merely starving", () => {
  const answer = concurrent({ ...base, ratePerSecond: 200, latencySeconds: 1 });
  expect(answer).toMatchObject({ status: "infeasible", reasons: [{ constraint: "load" }], nearest: { batch: 8 } });
});

test("a promise shorter than the time between requests is sent to dispatch on full batches", () => {
  const problem = { ...base, inference: [{ ...inference[0]!, batch: 1, seconds: 0.01 }], ratePerSecond: 2 };
  const answer = concurrent(problem);
  expect(answer).toMatchObject({ status: "infeasible", reasons: [{ constraint: "latency" }] });
  expect(answer.reasons[0]!.text).toContain("dispatch on full batches");
  const greedy = concurrent({ ...problem, dispatcher: "on-full", policy: "greedy" });
  expect(greedy).toMatchObject({ status: "optimal", choice: { latencySeconds: 0.060000000000000005 } });
});

test("a policy that must know the next minibatch refuses a dispatcher that does not", () => {
  expect(() => concurrent({ ...base, dispatcher: "on-full" })).toThrow(
    'policy "reserve" does not know when dispatcher "on-full" will have a minibatch ready; use dispatcher "windowed" or policy "greedy"',
  );
});

test("without requests training has the device for itself", () => {
  const answer = concurrent({ ...base, ratePerSecond: 0 });
  expect(answer).toMatchObject({ status: "optimal", value: 20, choice: { batch: null, watts: 24 } });
});

test("a budget that nothing meets names the least missing choice and the watts", () => {
  const answer = concurrent({ ...base, budget: { kind: "peak", watts: 20 } });
  expect(answer).toMatchObject({ status: "infeasible", nearest: { mode: "m" }, reasons: [{ constraint: "power" }] });
  expect(answer.reasons[0]!.text).toContain("10 W too much");
});

test("a plain enumeration finds the same rates on random problems of the board", () => {
  const random = seededRandom("concurrent");
  const pairs = (["resnet18", "lstm"] as const).map((name) => {
    const tables = { training: trainingRows(name, 0), inference: inferenceRows("resnet50", 0) };
    return { tables, rows: joinRows(tables) };
  });
  for (let i = 0; i < 150; i++) {
    const { tables, rows } = pairs[i % 2]!;
    const demand = {
      ratePerSecond: Math.exp(2 + 4 * random.next()),
      latencySeconds: 0.05 + random.next() * 0.5,
      policy: (["reserve", "slack", "greedy"] as const)[i % 3]!,
      dispatcher: "windowed" as const,
    };
    const watts = 10 + 40 * random.next();
    const found = concurrentSweep(rows, demand, [watts])[0];
    const expected = bruteConcurrent(tables, demand, watts);
    expect(found === undefined).toBe(expected === 0);
    if (found !== undefined) expect(Math.abs(found.trainingRate / expected - 1)).toBeLessThan(2e-3);
  }
});

test("more budget never trains less, and slower rows train proportionally less", () => {
  const tables = { training: trainingRows("yolo", 0), inference: inferenceRows("mobilenet", 0) };
  const demand = { ratePerSecond: 100, latencySeconds: 0.3, policy: "slack", dispatcher: "windowed" } as const;
  const budgets = Array.from({ length: 41 }, (_, i) => 10 + i);
  const rates = concurrentSweep(joinRows(tables), demand, budgets).map((choice) => choice?.trainingRate ?? 0);
  expect(rates).toEqual(rates.toSorted((a, b) => a - b));
  const twice = {
    training: tables.training.map((row) => ({ ...row, seconds: 2 * row.seconds })),
    inference: tables.inference.map((row) => ({ ...row, seconds: 2 * row.seconds })),
  };
  const slower = { ...demand, ratePerSecond: 50, latencySeconds: 0.6 };
  const half = concurrentSweep(joinRows(twice), slower, budgets).map((choice) => choice?.trainingRate ?? 0);
  for (const [i, rate] of rates.entries()) expect(half[i]).toBeCloseTo(rate / 2, 9);
});

test("played event by event, no policy breaks its latency and each trains as promised", () => {
  const random = seededRandom("turns");
  for (let i = 0; i < 400; i++) {
    const policy = (["reserve", "slack", "greedy"] as const)[i % 3]!;
    const onFull = policy === "greedy" && random.next() < 0.5;
    const batch = 1 + random.integer(16);
    const row = { mode: "m", batch, seconds: 0.01 + 0.1 * random.next(), watts: 1 };
    const trainingSeconds = 0.005 + 0.15 * random.next();
    const windowSeconds = row.seconds * (1 + 3 * random.next());
    const answer = concurrent({
      training: [{ mode: "m", seconds: trainingSeconds, watts: 1 }],
      inference: [row],
      ratePerSecond: batch / windowSeconds,
      latencySeconds: windowSeconds + row.seconds + 1.5 * trainingSeconds * random.next(),
      policy,
      dispatcher: onFull ? "on-full" : "windowed",
      budget: { kind: "peak", watts: 1 },
    });
    if (answer.status !== "optimal") throw new Error("the case was made to hold");
    const { latencySeconds, trainingRate, toleratedSeconds } = answer.choice;
    if (trainingRate === 0) continue;
    const lateSeconds = policy === "greedy" ? Number.POSITIVE_INFINITY : toleratedSeconds;
    const input = { batch, windowSeconds, serviceSeconds: row.seconds, trainingSeconds, lateSeconds, onFull };
    const played = playTurns(input, 4000);
    expect(played.longestLatency).toBeLessThanOrEqual(latencySeconds! * (1 + 1e-6));
    expect(Math.abs(played.trainingRate - trainingRate) * windowSeconds).toBeLessThan(0.01);
    const varied = playTurns(input, 400, seededRandom(`turns ${i}`));
    expect(varied.longestLatency).toBeLessThanOrEqual(latencySeconds! * (1 + 1e-6));
  }
});
