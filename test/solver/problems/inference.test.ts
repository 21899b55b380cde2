import { byWatts, inference, inferenceSweep } from "@partitune/solver";
import { expect, test } from "vitest";
import { exactInference, idleRows, inferenceNames, inferenceRows, nameOf } from "../fixtures/powerBoards.ts";

const rows = [
  { mode: "low", batch: 1, seconds: 0.02, watts: 8 },
  { mode: "low", batch: 8, seconds: 0.08, watts: 10 },
  { mode: "high", batch: 1, seconds: 0.005, watts: 20 },
  { mode: "high", batch: 8, seconds: 0.02, watts: 25 },
];
const base = { rows, dispatchers: ["windowed"], objective: "latency" } as const;

test("the board serves in the times that its formulas were published with", () => {
  const served = exactInference("bert", [12, 2.2016, 1.3005, 3.199], 32);
  expect(served.seconds).toBeCloseTo(0.2113028, 7);
  expect(served.watts).toBeCloseTo(45.1978, 4);
});

test("resnet50 at 60/s within 20 W is served in the mode found by enumeration with another program", () => {
  const budget = { kind: "peak", watts: 20 } as const;
  const answer = inference({ ...base, rows: inferenceRows("resnet50"), ratePerSecond: 60, budget });
  expect(answer).toMatchObject({ choice: { mode: nameOf([4, 1.6512, 0.93075, 2.133]), batch: 1 } });
  if (answer.status !== "optimal") return;
  expect(answer.choice.serviceSeconds).toBeCloseTo(0.005725, 6);
  expect(answer.value).toBeCloseTo(0.022391, 6);
});

test("at a low rate only dispatch on full batches meets a short latency", () => {
  const problem = { ...base, ratePerSecond: 2, latencySeconds: 0.3 };
  const windowed = inference(problem);
  expect(windowed).toMatchObject({ status: "infeasible", nearest: { mode: "high", batch: 1 } });
  const both = inference({ ...problem, dispatchers: ["windowed", "on-full"] });
  expect(both).toMatchObject({ status: "optimal", choice: { dispatcher: "on-full", batch: 1 }, value: 0.005 });
});

test("a minibatch that is not done before the next is ready is no choice, however long the promise", () => {
  const answer = inference({ ...base, rows: rows.slice(0, 1), ratePerSecond: 60, latencySeconds: 10 });
  expect(answer).toMatchObject({ status: "infeasible", reasons: [{ workload: "inference", constraint: "load" }] });
});

test("a minibatch that exactly fills its window is sustained, unless some load is kept free", () => {
  const full = { ...base, rows: rows.slice(0, 1), ratePerSecond: 50 };
  expect(inference(full)).toMatchObject({ status: "optimal", choice: { load: 1 } });
  expect(inference({ ...full, highestLoad: 0.95 })).toMatchObject({ status: "infeasible" });
});

test("an average budget counts the idle part of the window", () => {
  const idle = [{ mode: "high", watts: 5 }];
  const budget = { kind: "average", watts: 12 } as const;
  const answer = inference({ ...base, rows, idle, ratePerSecond: 40, budget, objective: "power" });
  // 25 W for 20 ms and 5 W for 180 ms of a window of 200 ms
  expect(answer).toMatchObject({ choice: { mode: "high", batch: 8 } });
  if (answer.status === "optimal") expect(answer.value).toBeCloseTo(7);
  expect(() => inference({ ...base, ratePerSecond: 40, budget })).toThrow("needs the idle power of the modes");
});

test("energy per request favours batches", () => {
  const answer = inference({ ...base, ratePerSecond: 40, objective: "energy" });
  expect(answer).toMatchObject({ choice: { mode: "high", batch: 8 } });
  if (answer.status === "optimal") expect(answer.value).toBeCloseTo((25 * 0.02) / 8);
});

test("without requests there is nothing to run", () => {
  expect(inference({ ...base, ratePerSecond: 0 })).toEqual({ status: "idle" });
});

test("every broken limit of the nearest choice is a reason of its own", () => {
  const budget = { kind: "peak", watts: 4 } as const;
  const answer = inference({ ...base, rows: rows.slice(0, 1), ratePerSecond: 10, latencySeconds: 0.06, budget });
  expect(answer.status === "infeasible" && answer.reasons.map(({ constraint }) => constraint)).toEqual([
    "latency",
    "power",
  ]);
});

test("a sweep over budgets gives what each budget alone gives", () => {
  const budgets = Array.from({ length: 9 }, (_, i) => 10 + 5 * i);
  for (const name of inferenceNames) {
    const table = inferenceRows(name, 0);
    for (const dispatcher of ["windowed", "on-full"] as const) {
      const demand = { ratePerSecond: 37, latencySeconds: 0.1, dispatcher };
      const alone = budgets.map((watts) =>
        inference({
          ...demand,
          rows: table,
          idle: idleRows(),
          dispatchers: [dispatcher],
          objective: "latency",
          budget: { kind: "peak", watts },
        }),
      );
      const swept = inferenceSweep(byWatts(table), demand, budgets);
      expect(swept).toEqual(alone.map((answer) => (answer.status === "optimal" ? answer.choice : undefined)));
    }
  }
});
