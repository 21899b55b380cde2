import { seededRandom } from "@partitune/numerics";
import { InputError, type ModeProblem } from "@partitune/schema";
import {
  type ModeGrid,
  type ModeRun,
  type RunOutcome,
  type Strategy,
  type StrategyName,
  strategies,
} from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grid441, noisyTable, type TrainingName, training } from "../fixtures/boards.ts";
import { logLinear } from "../fixtures/logLinear.ts";

const names = Object.keys(strategies) as StrategyName[];
const measureOneMode: ReadonlySet<StrategyName> = new Set(["default", "maxn"]);
const workloads = Object.keys(training) as TrainingName[];
const grid: ModeGrid = {
  dimensions: grid441.dimensions,
  modes: grid441.modes.filter((_, index) => index % 4 === 0),
  names: grid441.names.filter((_, index) => index % 4 === 0),
};
const within = (budgetWatts: number): ModeProblem => ({
  kind: "training",
  training: "net",
  objective: "time",
  budgetWatts,
});
const trainIn = (mode: number): ModeRun => ({ mode, workload: "net", batch: null });
const boardNames = ["A", "B", "C"] as const;

interface Case {
  readonly name: StrategyName;
  readonly table: readonly RunOutcome[];
  readonly budgetWatts: number;
  readonly probes: number;
}

/** Lets a strategy search a table, and returns it with what it asked for. */
function run({ name, table, budgetWatts, probes }: Case) {
  const strategy = strategies[name]({
    learn: logLinear,
    grid,
    problem: within(budgetWatts),
    probes,
    random: seededRandom("strategies"),
  });
  const asked: number[] = [];
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    expect(proposal.reason).not.toBe("");
    asked.push(proposal.run.mode);
    strategy.tell(proposal.run, table[proposal.run.mode]!);
  }
  return { strategy, asked };
}

const problems = fc.record({
  board: fc.constantFrom(...boardNames),
  workload: fc.constantFrom(...workloads),
  budgetWatts: fc.integer({ min: 6, max: 50 }),
  probes: fc.integer({ min: 1, max: 9 }),
  holes: fc.uniqueArray(fc.integer({ min: 0, max: grid.modes.length - 1 }), { maxLength: 40 }),
});

function tableOf(board: "A" | "B" | "C", workload: TrainingName, holes: readonly number[] = []): RunOutcome[] {
  const table: RunOutcome[] = noisyTable(board, workload, grid, 7);
  return table.map((cost, index) => (holes.includes(index) ? { failed: "no row" } : cost));
}

function chosenMode(strategy: Strategy): string | undefined {
  const answer = strategy.answer();
  return answer.status === "optimal" && answer.choice.kind === "training" ? answer.choice.mode : undefined;
}

const isHole = (outcome: RunOutcome) => "failed" in outcome;

describe.each(names)("%s", (name) => {
  test("asks for no mode twice, stays within its probes, and answers with a mode measured within the budget", () => {
    const property = fc.property(problems, ({ board, workload, budgetWatts, probes, holes }) => {
      const table = tableOf(board, workload, holes);
      const { strategy, asked } = run({ name, table, budgetWatts, probes });
      expect(new Set(asked).size).toBe(asked.length);
      const measured = asked.filter((index) => !isHole(table[index]!));
      expect(measured.length).toBeLessThanOrEqual(probes);
      expect(asked.length - measured.length).toBeLessThanOrEqual(probes);
      const costs = strategy.observations().filter(({ powerWatts }) => powerWatts <= budgetWatts);
      const least = Math.min(...costs.map(({ timeSeconds }) => timeSeconds!));
      const answer = strategy.answer();
      expect(answer.status).toBe(costs.length === 0 ? "infeasible" : "optimal");
      if (answer.status !== "optimal") return;
      expect(answer.value).toBeLessThanOrEqual(1.005 * least); // what comes that near is equal, and takes less power
      expect(costs.map(({ run }) => grid.names[run.mode])).toContain(chosenMode(strategy));
    });
    fc.assert(property, { numRuns: 25 });
  });

  test("survives costs that follow no law, of any size", () => {
    const random = seededRandom("no law");
    for (const [time, power] of [
      [1e-9, 1e-3],
      [1, 20],
      [1e9, 1e6],
    ] as const) {
      const table = grid.modes.map(() => ({
        timeSeconds: time * Math.exp(4 * random.normal()),
        powerWatts: power * Math.exp(random.normal()),
      }));
      const { asked } = run({ name, table, budgetWatts: power, probes: 10 });
      expect(asked.length).toBeGreaterThan(0);
      expect(new Set(asked).size).toBe(asked.length);
    }
  });

  test("asks for the same modes with more probes, and then for more", () => {
    const table = tableOf("B", "yolo", [3, 50, 60]);
    const short = run({ name, table, budgetWatts: 22, probes: 6 }).asked;
    const long = run({ name, table, budgetWatts: 22, probes: 10 }).asked;
    // Those that learn first divide the probes they have, so that only the sample they learn from begins alike.
    const alike = { "nn-k": 5, transfer: 3 }[name as string] ?? short.length;
    expect(long.slice(0, alike)).toEqual(short.slice(0, alike));
    if (measureOneMode.has(name)) expect(long).toEqual(short);
    else expect(long.length).toBeGreaterThan(short.length);
  });

  test("asks for the same mode until it is told", () => {
    const strategy = strategies[name]({
      learn: logLinear,
      grid,
      problem: within(20),
      probes: 3,
      random: seededRandom(1),
    });
    const first = strategy.ask();
    expect(strategy.ask()).toEqual(first);
    strategy.tell(first!.run, { timeSeconds: 1, powerWatts: 10 });
    expect(strategy.ask()).not.toEqual(first);
  });

  test("gives up when nothing can be measured", () => {
    const table = grid.modes.map(() => ({ failed: "the mode does not apply" }));
    const { strategy, asked } = run({ name, table, budgetWatts: 20, probes: 4 });
    expect(asked).toHaveLength(measureOneMode.has(name) ? 1 : 4);
    expect(strategy.answer().status).toBe("infeasible");
  });

  test.each([
    ["a time of zero", { timeSeconds: 0, powerWatts: 10 }, /^the time of mode 5 with "net" is 0 s; /],
    [
      "a time that is not a number",
      { timeSeconds: Number.NaN, powerWatts: 10 },
      /^the time of mode 5 with "net" is NaN s; /,
    ],
    ["a power below zero", { timeSeconds: 1, powerWatts: -3 }, /^the power of mode 5 with "net" is -3 W; /],
    [
      "endless power",
      { timeSeconds: 1, powerWatts: Number.POSITIVE_INFINITY },
      /^the power of mode 5 with "net" is Infinity W; /,
    ],
  ])("refuses %s", (_, outcome, message) => {
    const strategy = strategies[name]({
      learn: logLinear,
      grid,
      problem: within(20),
      probes: 3,
      random: seededRandom(1),
    });
    const tell = () => strategy.tell(trainIn(5), outcome);
    expect(tell).toThrow(InputError);
    expect(tell).toThrow(message);
    expect(strategy.observations()).toEqual([]);
  });

  test("refuses a second word on the same mode, and modes that are not in the grid", () => {
    const strategy = strategies[name]({
      learn: logLinear,
      grid,
      problem: within(20),
      probes: 3,
      random: seededRandom(1),
    });
    strategy.tell(trainIn(5), { timeSeconds: 1, powerWatts: 10 });
    expect(() => strategy.tell(trainIn(5), { timeSeconds: 2, powerWatts: 10 })).toThrow(
      /^mode 5 with "net" was told before; /,
    );
    expect(() => strategy.tell(trainIn(-1), { failed: "" })).toThrow(/^mode -1 with "net" is not in the grid; /);
  });

  test.each([
    ["no budget", { problem: within(0) }, /^the power budget has a value of 0 W; /],
    ["no probes", { probes: 0 }, /^the number of probes is 0; /],
    ["half a probe", { probes: 1.5 }, /^the number of probes is 1.5; /],
    ["no modes", { grid: { dimensions: grid.dimensions, modes: [], names: [] } }, /^the grid of modes is empty; /],
    [
      "a mode twice",
      { grid: { ...grid, modes: [grid.modes[0]!, grid.modes[0]!], names: ["a", "b"] } },
      /^mode 1 appears twice: /,
    ],
    [
      "a mode of one value",
      { grid: { ...grid, modes: [[4]], names: ["a"] } },
      /^mode 0 has 1 values, but the grid has 4 dimensions; /,
    ],
    ["a clock of zero", { grid: { ...grid, modes: [[4, 0, 1, 1]], names: ["a"] } }, /^mode 0 has 0 for "CPU clock"; /],
  ])("refuses %s", (_, change, message) => {
    const input = { grid, problem: within(20), probes: 3, random: seededRandom(1), ...change };
    expect(() => strategies[name](input)).toThrow(message);
  });
});

/** Whether one mode is at least another in every dimension. */
function isAtLeast(higher: number, lower: number): boolean {
  return grid.modes[higher]!.every((value, d) => value >= grid.modes[lower]![d]!);
}

describe.each(["gmd", "roofline"] as const)("%s", (name) => {
  test("asks for nothing hungrier than a mode clearly over the budget", () => {
    for (const [board, workload, budgetWatts] of [
      ["A", "bert", 14],
      ["B", "resnet18", 20],
      ["C", "lstm", 10],
    ] as const) {
      const table = tableOf(board, workload);
      const { strategy, asked } = run({ name, table, budgetWatts, probes: 12 });
      for (const {
        run: { mode: index },
        powerWatts,
      } of strategy.observations()) {
        if (powerWatts <= 1.02 * budgetWatts) continue;
        const later = asked.slice(asked.indexOf(index) + 1);
        expect(later.filter((other) => isAtLeast(other, index))).toEqual([]);
      }
    }
  });

  test("rules every mode out when the slowest one is over the budget", () => {
    const { strategy, asked } = run({ name, table: tableOf("A", "bert"), budgetWatts: 5, probes: 50 });
    expect(strategy.answer().status).toBe("infeasible");
    expect(strategy.candidates()).toBe(0);
    expect(asked.length).toBeLessThan(15);
  });

  test("takes measurements that it did not ask for into account", () => {
    const strategy = strategies[name]({
      learn: logLinear,
      grid,
      problem: within(20),
      probes: 5,
      random: seededRandom(1),
    });
    const table = tableOf("A", "yolo");
    strategy.tell(trainIn(0), table[0]!);
    strategy.tell(trainIn(grid.modes.length - 1), table.at(-1)!);
    const proposal = strategy.ask();
    expect(proposal).not.toBeNull();
    expect([0, grid.modes.length - 1]).not.toContain(proposal!.run.mode);
  });
});

describe("gmd", () => {
  test("asks for nothing slower than a mode within the budget", () => {
    const table = tableOf("A", "mobilenet");
    const { strategy, asked } = run({ name: "gmd", table, budgetWatts: 24, probes: 12 });
    for (const {
      run: { mode: index },
    } of strategy.observations().filter(({ powerWatts }) => powerWatts <= 24)) {
      const later = asked.slice(asked.indexOf(index) + 1);
      expect(later.filter((other) => isAtLeast(index, other))).toEqual([]);
    }
  });

  test("measures the centre, then half-way towards the budget along each dimension", () => {
    const costs = grid441.modes.map((mode) => ({ timeSeconds: 1e9 / mode[2]!, powerWatts: mode[2]! / 1e8 }));
    const strategy = strategies.gmd({ grid: grid441, problem: within(20), probes: 5, random: seededRandom(1) });
    const asked = Array.from({ length: 5 }, () => {
      const { run } = strategy.ask()!;
      strategy.tell(run, costs[run.mode]!);
      return grid441.modes[run.mode]!;
    });
    const centre = [8, 1344e6, 726.75e6, 2133e6];
    expect(asked).toEqual([
      centre,
      centre.with(0, 12),
      centre.with(1, 1958.4e6),
      centre.with(2, 1134.75e6),
      centre.with(3, 3199e6),
    ]);
  });

  test("finds the best batch and cap, although more of a batch may be slower", () => {
    const caps = [100, 125, 150, 175, 200, 225, 250];
    const batches = [8, 16, 32, 64, 128, 256];
    const small: ModeGrid = {
      dimensions: [
        { name: "batch", kind: "free", quantity: "batch" },
        { name: "cap", kind: "mono", quantity: "power-cap" },
      ],
      modes: batches.flatMap((batch) => caps.map((cap) => [batch, cap])),
      names: batches.flatMap((batch) => caps.map((cap) => `${batch}/${cap}`)),
    };
    const costs = small.modes.map(([batch, cap]) => {
      const load = 1 - 0.15 * Math.abs(Math.log2(batch! / 32));
      return { timeSeconds: (100 / load) * (1 + 50 / cap!), powerWatts: cap! * (0.75 + 0.25 * load) };
    });
    const strategy = strategies.gmd({ grid: small, problem: within(180), probes: 12, random: seededRandom(1) });
    for (let next = strategy.ask(); next !== null; next = strategy.ask())
      strategy.tell(next.run, costs[next.run.mode]!);
    const feasible = costs.filter(({ powerWatts }) => powerWatts <= 180);
    const optimum = Math.min(...feasible.map(({ timeSeconds }) => timeSeconds));
    expect(strategy.answer()).toMatchObject({ status: "optimal", value: optimum });
  });
});

describe("exhaustive", () => {
  test("finds the optimum when it may measure everything", () => {
    const table = tableOf("C", "resnet18") as { timeSeconds: number; powerWatts: number }[];
    const { strategy } = run({ name: "exhaustive", table, budgetWatts: 25, probes: grid.modes.length });
    const feasible = table.filter(({ powerWatts }) => powerWatts <= 25);
    const fastest = Math.min(...feasible.map(({ timeSeconds }) => timeSeconds));
    expect((strategy.answer() as { value: number }).value).toBeLessThanOrEqual(1.005 * fastest);
  });
});
