import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type ModeGrid, type ModeRun, type Strategy, strategies } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { grid441, noisyTable } from "../../fixtures/boards.ts";
import { boardTables } from "../../fixtures/boardTables.ts";

const tables = boardTables("A", grid441, 0);
const served = { workload: "resnet50", batches: [1, 8], ratePerSecond: 60, latencySeconds: 0.3 };
const concurrent: ModeProblem = {
  kind: "concurrent",
  training: "resnet18",
  inference: served,
  policy: "slack",
  dispatcher: "windowed",
  budget: { kind: "peak", watts: 12 },
};

function start(problem: ModeProblem, probes: number, grid: ModeGrid = grid441): Strategy {
  return strategies.als({ grid, problem, probes, random: seededRandom("als") });
}

function measure({ mode, workload, batch }: ModeRun) {
  const name = grid441.names[mode];
  const rows = batch === null ? tables.training.get(workload!)! : tables.inference.get(workload!)!;
  const row = rows.find(
    (other) => other.mode === name && (batch === null || ("batch" in other && other.batch === batch)),
  )!;
  return { timeSeconds: row.seconds, powerWatts: row.watts };
}

function play(strategy: Strategy): readonly ModeRun[] {
  const runs: ModeRun[] = [];
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    strategy.tell(proposal.run, measure(proposal.run));
    runs.push(proposal.run);
  }
  return runs;
}

describe("als", () => {
  test("measures the training and every minibatch of a mode before the next, over this problem's budget or not", () => {
    const strategy = start(concurrent, 5);
    const runs = play(strategy);
    expect(strategy.modesMeasured()).toBe(5);
    expect(runs.map(({ batch }) => batch)).toEqual(Array.from({ length: 5 }, () => [null, 1, 8]).flat());
    expect(Math.max(...strategy.observations().map(({ powerWatts }) => powerWatts))).toBeGreaterThan(40);
  });

  test("answers the problem it was started with from what it measured", () => {
    const strategy = start({ ...concurrent, budget: { kind: "peak", watts: 30 } }, 12);
    play(strategy);
    const answer = strategy.answer();
    expect(answer.status).toBe("optimal");
    expect(answer.status === "optimal" && answer.value).toBeGreaterThan(0);
  });

  test("begins with the centre and both corners, and says what it expects of the rest", () => {
    const strategy = start({ kind: "training", training: "yolo", objective: "time" }, 5);
    const reasons: string[] = [];
    for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
      strategy.tell(proposal.run, measure(proposal.run));
      reasons.push(proposal.reason);
    }
    expect(reasons.slice(0, 3)).toEqual(["the centre", "the least of everything", "the most of everything"]);
    expect(reasons[3]).toMatch(/^expected gain [\d.]+ % over all budgets$/);
  });

  test("serves all budgets of a synthetic board with 30 modes to 3 % on average, a quarter of what random modes miss", () => {
    const costs = noisyTable("A", "resnet18", grid441, 3);
    const lossOf = (name: "als" | "random") => {
      const problem: ModeProblem = { kind: "training", training: "resnet18", objective: "time" };
      const strategy = strategies[name]({ grid: grid441, problem, probes: 30, random: seededRandom("loss") });
      for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
        strategy.tell(proposal.run, costs[proposal.run.mode]!);
      }
      const losses = Array.from({ length: 41 }, (_, i) => 10 + i).map((budget) => {
        const least = (rows: readonly { readonly timeSeconds: number | null; readonly powerWatts: number }[]) =>
          Math.min(...rows.filter(({ powerWatts }) => powerWatts <= budget).map(({ timeSeconds }) => timeSeconds!));
        return least(strategy.observations()) / least(costs) - 1;
      });
      return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    };
    const loss = lossOf("als");
    expect(loss).toBeLessThan(0.03);
    expect(loss).toBeLessThan(lossOf("random") / 4);
  });

  test("stops when nothing promises a gain, and goes on past modes that cannot be set", () => {
    const modes = grid441.modes.slice(0, 3);
    const grid: ModeGrid = { ...grid441, modes, names: grid441.names.slice(0, 3) };
    const strategy = start({ kind: "training", training: "bert", objective: "time" }, 3, grid);
    const first = strategy.ask()!;
    strategy.tell(first.run, { failed: "not set" });
    const second = strategy.ask()!;
    expect(second.run.mode).not.toBe(first.run.mode);
    strategy.tell(second.run, measure(second.run));
    const third = strategy.ask();
    if (third !== null) strategy.tell(third.run, measure(third.run));
    expect(strategy.ask()).toBeNull();
  });

  test("refuses grids of which the laws know nothing", () => {
    const grid: ModeGrid = {
      dimensions: [{ name: "cap", kind: "mono", quantity: "power-cap" }],
      modes: [[100], [200]],
      names: ["100 W", "200 W"],
    };
    expect(() => start({ kind: "training", training: "net", objective: "time" }, 2, grid)).toThrow(
      /^the dimension "cap" /,
    );
  });
});
