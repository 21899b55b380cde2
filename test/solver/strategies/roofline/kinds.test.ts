import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import {
  answerProblem,
  type ModeGrid,
  type ModeRun,
  type RunOutcome,
  type Strategy,
  strategies,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { grid441 } from "../../fixtures/boards.ts";
import { boardTables } from "../../fixtures/boardTables.ts";

/** A third of the grid of 441 modes: every other clock of processor and GPU. */
const rows = [...grid441.modes.keys()].filter(
  (i) => (Math.floor(i / 21) % 7) % 2 === 0 && (Math.floor(i / 3) % 7) % 2 === 0,
);
const grid: ModeGrid = {
  ...grid441,
  modes: rows.map((i) => grid441.modes[i]!),
  names: rows.map((i) => grid441.names[i]!),
};
const tables = boardTables("A", grid, 0);
const servedBatches = [1, 8, 32];
const budget = { kind: "peak", watts: 30 } as const;
const resnet = { workload: "resnet50", batches: servedBatches, ratePerSecond: 60, latencySeconds: 0.3 };
const mobilenet = { workload: "mobilenet", batches: servedBatches, ratePerSecond: 100, latencySeconds: 1 };
const turns = { dispatcher: "windowed", budget } as const;

const problems: Readonly<Record<string, ModeProblem>> = {
  "training of least energy": { kind: "training", training: "yolo", objective: "energy", budgetWatts: 30 },
  "training of least power within a time": {
    kind: "training",
    training: "yolo",
    objective: "power",
    minibatchSeconds: 0.45,
  },
  "inference of least latency": {
    kind: "inference",
    inference: resnet,
    dispatchers: ["windowed"],
    objective: "latency",
    budget,
  },
  "inference of least power": {
    kind: "inference",
    inference: resnet,
    dispatchers: ["windowed", "on-full"],
    objective: "power",
  },
  "training beside inference, reserve": {
    kind: "concurrent",
    training: "resnet18",
    inference: resnet,
    policy: "reserve",
    ...turns,
  },
  "training beside inference, slack": {
    kind: "concurrent",
    training: "resnet18",
    inference: resnet,
    policy: "slack",
    ...turns,
  },
  "training beside inference under an average budget": {
    kind: "concurrent",
    training: "resnet18",
    inference: resnet,
    policy: "reserve",
    dispatcher: "windowed",
    budget: { kind: "average", watts: 24 },
  },
  "a backlog beside inference": {
    kind: "backlogged",
    inference: resnet,
    backlog: { workload: "mobilenet", batches: servedBatches },
    policy: "reserve",
    ...turns,
  },
  "two inferences": { kind: "two-inferences", urgent: resnet, nonUrgent: mobilenet, objective: "latency", budget },
};

function start(problem: ModeProblem, probes: number): Strategy {
  return strategies.roofline({ grid, problem, probes, random: seededRandom("kinds") });
}

function measure({ mode, workload, batch }: ModeRun): RunOutcome {
  const isMode = (row: { readonly mode: string }) => row.mode === grid.names[mode];
  if (workload === null) return { powerWatts: tables.idle.find(isMode)!.watts };
  const rows = batch === null ? tables.training.get(workload)! : tables.inference.get(workload)!;
  const row = rows.find((other) => isMode(other) && (batch === null || ("batch" in other && other.batch === batch)))!;
  return { timeSeconds: row.seconds, powerWatts: row.watts };
}

function play(strategy: Strategy, answer = measure): readonly string[] {
  const reasons: string[] = [];
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    strategy.tell(proposal.run, answer(proposal.run));
    reasons.push(proposal.reason);
  }
  return reasons;
}

describe("roofline", () => {
  test.each(Object.entries(problems))(
    "comes within three percent of the optimum in 15 of 144 modes: %s",
    (_, problem) => {
      const optimum = answerProblem(problem, tables);
      const strategy = start(problem, 15);
      play(strategy);
      const found = strategy.answer();
      expect(strategy.modesMeasured()).toBeLessThanOrEqual(15);
      expect([optimum.status, found.status]).toEqual(["optimal", "optimal"]);
      if (optimum.status !== "optimal" || found.status !== "optimal") return;
      expect(Math.abs(found.value / optimum.value - 1)).toBeLessThan(0.03);
    },
  );

  test("ends early when nothing promises a gain", () => {
    const strategy = start(problems["training beside inference, reserve"]!, 40);
    play(strategy);
    expect(strategy.ask()).toBeNull();
    expect(strategy.modesMeasured()).toBeLessThan(40);
  });

  test("goes on towards the limits when nothing is likely to keep them, and says what is missing", () => {
    const strategy = start(
      { ...problems["training beside inference, reserve"]!, budget: { kind: "peak", watts: 7 } } as ModeProblem,
      6,
    );
    expect(play(strategy).at(-1)).toBe("nearest to the limits");
    const answer = strategy.answer();
    expect(answer.status).toBe("infeasible");
    const reasons = "reasons" in answer ? answer.reasons : [];
    expect(reasons.map(({ constraint }) => constraint)).toContain("power");
  });

  test("says what it expects, and how likely the limits are kept", () => {
    const [first, , , ...later] = play(start(problems["training beside inference, slack"]!, 6));
    expect(first).toBe("the centre");
    for (const reason of later) expect(reason).toMatch(/\d+ % likely within the limits$/);
  });

  test("goes half-way down while a mode fails, and gives up after as many failures as probes", () => {
    const strategy = start(problems["training beside inference, reserve"]!, 4);
    const reasons = play(strategy, () => ({ failed: "not set" }));
    expect(reasons.length).toBeGreaterThan(0);
    expect(strategy.modesMeasured()).toBe(0);
    expect(strategy.ask()).toBeNull();
  });

  test("is the same search every time", () => {
    const [one, other] = [start(problems["two inferences"]!, 5), start(problems["two inferences"]!, 5)];
    expect(play(one)).toEqual(play(other));
    expect(one.observations()).toEqual(other.observations());
  });
});
