import { seededRandom } from "@partitune/numerics";
import { concurrent, type RateSchedule, type RateScheduleProblem, rateSchedule } from "@partitune/solver";
import { expect, test } from "vitest";
import { inferenceRows, trainingRows } from "../fixtures/powerBoards.ts";

const base: RateScheduleProblem = {
  training: [
    { mode: "cool", seconds: 0.1, watts: 15 },
    { mode: "hot", seconds: 0.05, watts: 30 },
  ],
  inference: [
    { mode: "cool", batch: 1, seconds: 0.02, watts: 12 },
    { mode: "cool", batch: 8, seconds: 0.08, watts: 15 },
    { mode: "hot", batch: 1, seconds: 0.02, watts: 25 },
    { mode: "hot", batch: 8, seconds: 0.09, watts: 30 },
  ],
  periods: [
    { seconds: 60, ratePerSecond: 10 },
    { seconds: 60, ratePerSecond: 40 },
    { seconds: 60, ratePerSecond: 0 },
  ],
  latencySeconds: 0.4,
  policy: "slack",
  dispatcher: "windowed",
  budget: { kind: "peak", watts: 30 },
  modeChangeSeconds: 1,
};

test("each period gets its own minibatch in the mode that trains most", () => {
  const answer = rateSchedule(base);
  expect(answer).toMatchObject({ status: "optimal", choice: { modeChanges: 0 } });
  if (answer.status !== "optimal") return;
  expect(answer.choice.choices.map(({ mode, batch }) => `${mode} ${batch}`)).toEqual(["hot 1", "hot 8", "hot null"]);
  const alone = base.periods.map(({ ratePerSecond }) => concurrent({ ...base, ratePerSecond }));
  const sum = alone.reduce((total, each) => total + (each.status === "optimal" ? 60 * each.value : 0), 0);
  expect(answer.value).toBeCloseTo(sum, 9);
});

test("a change that gains less than it costs is not made", () => {
  // "steady" serves the first period only; in the second it trains a little less than "quick", which cannot serve the first
  const problem = {
    ...base,
    training: [
      { mode: "steady", seconds: 0.1, watts: 10 },
      { mode: "quick", seconds: 0.098, watts: 10 },
    ],
    inference: [
      { mode: "steady", batch: 1, seconds: 0.02, watts: 10 },
      { mode: "quick", batch: 1, seconds: 0.06, watts: 10 },
    ],
    periods: [
      { seconds: 60, ratePerSecond: 20 },
      { seconds: 60, ratePerSecond: 0 },
    ],
  };
  const modesOf = (modeChangeSeconds: number) => {
    const answer = rateSchedule({ ...problem, modeChangeSeconds });
    return answer.status === "optimal" ? answer.choice.choices.map(({ mode }) => mode) : [];
  };
  expect(modesOf(0.1)).toEqual(["steady", "quick"]);
  expect(modesOf(5)).toEqual(["steady", "steady"]);
});

test("a change that would break the promise of the first minibatch after it is not made", () => {
  const problem = {
    ...base,
    training: [
      { mode: "a", seconds: 0.1, watts: 10 },
      { mode: "b", seconds: 0.03, watts: 10 },
    ],
    inference: [
      { mode: "a", batch: 1, seconds: 0.01, watts: 10 },
      { mode: "b", batch: 1, seconds: 0.06, watts: 10 },
    ],
    periods: [
      { seconds: 60, ratePerSecond: 20 },
      { seconds: 60, ratePerSecond: 10 },
    ],
    latencySeconds: 0.2,
    policy: "reserve",
  } as const;
  const modesOf = (modeChangeSeconds: number) => {
    const answer = rateSchedule({ ...problem, modeChangeSeconds });
    return answer.status === "optimal" ? answer.choice.choices.map(({ mode }) => mode) : [];
  };
  // 10 ms of the last old minibatch, the change, 60 ms of the first new one: 200 ms leave 130 ms for the change
  expect(modesOf(0.12)).toEqual(["a", "b"]);
  expect(modesOf(0.14)).toEqual(["a", "a"]);
});

test("a period that nothing serves is named with its reason", () => {
  const answer = rateSchedule({ ...base, periods: [...base.periods, { seconds: 5, ratePerSecond: 1000 }] });
  expect(answer).toMatchObject({ status: "infeasible", reasons: [{ constraint: "load" }] });
  expect(answer.reasons[0]!.text).toMatch(/^period 4: /);
});

test("a schedule needs periods, each with a length", () => {
  expect(() => rateSchedule({ ...base, periods: [] })).toThrow("the schedule has no periods; give at least one");
  expect(() => rateSchedule({ ...base, periods: [{ seconds: 0, ratePerSecond: 1 }] })).toThrow("period 1 has a length");
});

test("on the board no sequence found by enumeration trains more", () => {
  const random = seededRandom("schedules");
  for (let i = 0; i < 10; i++) {
    const kept = trainingRows("resnet18", 0).filter(() => random.next() < 0.012);
    const problem = {
      ...base,
      training: kept,
      inference: inferenceRows("resnet50", 0),
      periods: Array.from({ length: 4 }, () => ({ seconds: 5, ratePerSecond: 5 + 60 * random.next() })),
      budget: { kind: "peak", watts: 40 } as const,
      modeChangeSeconds: 0.05 + random.next(),
      latencySeconds: 0.5,
    };
    const answer = rateSchedule(problem);
    expect(answer.status === "optimal" ? answer.value : 0).toBeCloseTo(bruteSchedule(problem), 6);
  }
});

test("played event by event, the minibatches after a change keep the promise, from the first one on", () => {
  const random = seededRandom("changes");
  let changes = 0;
  for (let i = 0; i < 600; i++) {
    const problem = {
      ...base,
      training: ["a", "b"].map((mode) => ({ mode, seconds: 0.01 + 0.1 * random.next(), watts: 10 })),
      inference: ["a", "b"].map((mode) => ({ mode, batch: 4, seconds: 0.01 + 0.05 * random.next(), watts: 10 })),
      periods: [1, 2].map(() => ({ seconds: 60, ratePerSecond: 20 + 60 * random.next() })),
      modeChangeSeconds: 0.3 * random.next(),
      policy: (["reserve", "slack", "greedy"] as const)[i % 3]!,
    };
    const answer = rateSchedule(problem);
    if (answer.status !== "optimal" || answer.choice.modeChanges === 0) continue;
    changes += 1;
    expect(longestAfterChange(problem, answer.choice)).toBeLessThanOrEqual(problem.latencySeconds * (1 + 1e-6));
  }
  expect(changes).toBeGreaterThan(30);
});

/** A window ends at time 0 with training under way for as long as it may; windows of the new rate begin. */
function longestAfterChange(problem: RateScheduleProblem, { choices }: RateSchedule): number {
  const [before, after] = choices.map((choice) => ({
    choice,
    serving: problem.inference.find(({ mode }) => mode === choice.mode)!.seconds,
    training: problem.training.find(({ mode }) => mode === choice.mode)!.seconds,
  }));
  let now = (before!.choice.trainingRate > 0 ? before!.choice.toleratedSeconds : 0) + before!.serving;
  let longest = before!.choice.windowSeconds! + now;
  now += problem.modeChangeSeconds;
  for (let window = 1; window <= 200; window++) {
    const ready = window * after!.choice.windowSeconds!;
    const trains = after!.choice.trainingRate > 0;
    while (trains && now < ready - 1e-9 && now + after!.training <= ready + after!.choice.toleratedSeconds + 1e-9) {
      now += after!.training;
    }
    now = Math.max(now, ready) + after!.serving;
    longest = Math.max(longest, now - ready + after!.choice.windowSeconds!);
  }
  return longest;
}

interface Step {
  readonly mode: string;
  readonly rate: number;
  readonly tail: number;
  readonly service: number;
}

/** The most minibatches of any sequence, by trying all of them depth first. */
function bruteSchedule(problem: RateScheduleProblem): number {
  const steps = problem.periods.map((period) => stepsOf(problem, period.ratePerSecond));
  const visit = (index: number, before: Step | null): number => {
    if (index === steps.length) return 0;
    let best = Number.NEGATIVE_INFINITY;
    for (const step of steps[index]!) {
      const change = before !== null && before.mode !== step.mode ? problem.modeChangeSeconds : 0;
      if (before !== null && before.tail + change + step.service > problem.latencySeconds) continue;
      const training = step.rate * (problem.periods[index]!.seconds - change);
      best = Math.max(best, training + visit(index + 1, step));
    }
    return best;
  };
  const most = visit(0, null);
  return Number.isFinite(most) ? most : 0;
}

function stepsOf(problem: RateScheduleProblem, ratePerSecond: number): readonly Step[] {
  return problem.inference.flatMap((row) => {
    const training = problem.training.filter(({ mode }) => mode === row.mode);
    const answer = concurrent({ ...problem, training, inference: [row], ratePerSecond });
    if (answer.status === "infeasible") return [];
    const { mode, trainingRate, toleratedSeconds } = answer.choice;
    return [{ mode, rate: trainingRate, tail: toleratedSeconds + row.seconds, service: row.seconds }];
  });
}
