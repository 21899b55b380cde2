import { training, trainingSweep } from "@partitune/solver";
import { expect, test } from "vitest";
import { exactTraining, nameOf, trainingRows } from "../fixtures/powerBoards.ts";

const rows = [
  { mode: "low", seconds: 4, watts: 10 },
  { mode: "middle", seconds: 2, watts: 20 },
  { mode: "high", seconds: 1.995, watts: 30 },
];

test("the board of the fixtures has the power and the times that its formulas were published with", () => {
  const highest = exactTraining("resnet18", [12, 2.2016, 1.3005, 3.199]);
  expect(highest.seconds).toBeCloseTo(0.0509022, 7);
  expect(highest.watts).toBeCloseTo(48.1892, 4);
  expect(exactTraining("lstm", [4, 0.4224, 0.11475, 0.6656]).watts).toBeCloseTo(7.896, 4);
});

test.each([
  ["resnet18", 20, [8, 1.0368, 0.72675, 2.133], 0.091096, 19.982],
  ["lstm", 12, [4, 1.6512, 0.52275, 0.6656], 0.01974, 11.718],
] as const)(
  "%s within %d W trains in the mode found by enumeration with another program",
  (name, budgetWatts, mode, seconds, watts) => {
    const answer = training({ rows: trainingRows(name), objective: "time", budgetWatts });
    expect(answer).toMatchObject({ status: "optimal", choice: { mode: nameOf(mode) } });
    if (answer.status !== "optimal") return;
    expect(answer.value).toBeCloseTo(seconds, 6);
    expect(answer.choice.watts).toBeCloseTo(watts, 3);
  },
);

test("of modes within half a percent the one of least power is taken", () => {
  expect(training({ rows, objective: "time" })).toMatchObject({ choice: { mode: "middle" }, value: 2 });
});

test("energy and power are objectives too, within a time", () => {
  expect(training({ rows, objective: "energy" })).toMatchObject({ choice: { mode: "low" }, value: 40 });
  const within = training({ rows, objective: "power", minibatchSeconds: 3 });
  expect(within).toMatchObject({ choice: { mode: "middle", joules: 40 }, value: 20 });
});

test("a budget below every mode names the mode of least power and the watts that are missing", () => {
  const answer = training({ rows, objective: "time", budgetWatts: 8 });
  expect(answer).toMatchObject({ status: "infeasible", nearest: { mode: "low" }, reasons: [{ constraint: "power" }] });
  expect(answer.reasons[0]!.missing).toBeCloseTo(0.25);
  expect(answer.reasons[0]!.text).toContain('"low", draws 10 W where 8 W are allowed, 2 W too much');
});

test("no rows at all are no choice either", () => {
  expect(training({ rows: [], objective: "time" })).toMatchObject({ status: "infeasible", nearest: null });
});

test("rows that contradict each other or measure nothing are refused", () => {
  expect(() => training({ rows: [...rows, rows[0]!], objective: "time" })).toThrow(
    'training of mode "low" has two rows; give the median of repeats',
  );
  expect(() => training({ rows: [{ mode: "x", seconds: Number.NaN, watts: 1 }], objective: "time" })).toThrow("NaN s");
  expect(() => training({ rows, objective: "time", budgetWatts: 0 })).toThrow("the power budget has a value of 0 W");
});

test("a sweep over budgets gives what each budget alone gives", () => {
  const table = trainingRows("yolo", 0);
  const budgets = Array.from({ length: 41 }, (_, i) => 50 - i);
  const alone = budgets.map((budgetWatts) => training({ rows: table, objective: "time", budgetWatts }));
  const swept = trainingSweep(table, budgets);
  expect(swept).toEqual(alone.map((answer) => (answer.status === "optimal" ? answer.choice : undefined)));
});
