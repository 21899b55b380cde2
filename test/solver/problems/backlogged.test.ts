import { type BackloggedProblem, backlogged } from "@partitune/solver";
import { expect, test } from "vitest";

const base: BackloggedProblem = {
  backlog: [
    { mode: "m", batch: 1, seconds: 0.05, watts: 20 },
    { mode: "m", batch: 4, seconds: 0.12, watts: 22 },
    { mode: "m", batch: 16, seconds: 0.4, watts: 24 },
  ],
  inference: [{ mode: "m", batch: 8, seconds: 0.06, watts: 21 }],
  ratePerSecond: 40,
  latencySeconds: 0.26,
  policy: "reserve",
  dispatcher: "windowed",
  budget: { kind: "peak", watts: 30 },
};

test("the batch that serves most requests of the backlog in the time left is taken", () => {
  // in 140 ms of each window of 200 ms: two of 1, one of 4, none of 16
  const answer = backlogged(base);
  expect(answer).toMatchObject({ status: "optimal", choice: { backlogBatch: 4 } });
  if (answer.status === "optimal") expect(answer.value).toBeCloseTo(20, 9);
});

test("a budget below the larger batches leaves the small ones", () => {
  const answer = backlogged({ ...base, budget: { kind: "peak", watts: 21 } });
  expect(answer).toMatchObject({ status: "optimal", choice: { backlogBatch: 1, watts: 21 } });
});

test("a backlog that finds no room starves with a reason, and urgent inference that cannot hold has one too", () => {
  const large = backlogged({ ...base, backlog: base.backlog.slice(2) });
  expect(large).toMatchObject({ status: "optimal", value: 0, choice: { backlogRate: 0 } });
  expect(large.reasons).toMatchObject([{ constraint: "room" }]);
  const late = backlogged({ ...base, latencySeconds: 0.2 });
  expect(late).toMatchObject({ status: "infeasible", reasons: [{ constraint: "latency" }] });
  expect(backlogged({ ...base, backlog: [] })).toMatchObject({ status: "infeasible", nearest: null });
});
