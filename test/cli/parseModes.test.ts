import type { Workload } from "@partitune/schema";
import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { type ModeProblemOptions, readModeProblem } from "../../packages/cli/src/modeProblemOptions.ts";
import { parseLevels } from "../../packages/cli/src/parseLevels.ts";
import { parsePeriods } from "../../packages/cli/src/parsePeriods.ts";
import { parseServed } from "../../packages/cli/src/parseServed.ts";

describe("parseServed", () => {
  test("reads a workload with its rate and latency, in the units people write", () => {
    const net = { workload: "my net", ratePerSecond: 60, latencySeconds: 0.3 };
    for (const text of ["my net 60/s 300ms", " my net  60 /s  0.3 s ", "my net 60/s 300000us"]) {
      expect(parseServed("--serve", text)).toEqual(net);
    }
    expect(parseServed("--serve", "net .5/s")).toEqual({ workload: "net", ratePerSecond: 0.5, latencySeconds: null });
  });

  test.each(["", "net", "net 60", "60/s 300ms", "net 60/s 0ms"])("refuses %j", (text) => {
    expect(() => parseServed("--serve", text)).toThrow(InputError);
  });
});

describe("parseLevels", () => {
  test("reads a range with and without a step, ends included, and lists, rising and each once", () => {
    expect(parseLevels("--budgets", "10..13")).toEqual([10, 11, 12, 13]);
    expect(parseLevels("--budgets", "100 .. 300 / 50")).toEqual([100, 150, 200, 250, 300]);
    expect(parseLevels("--budgets", "0.1..0.3/0.1")).toHaveLength(3);
    expect(parseLevels("--budgets", "30, 20,30")).toEqual([20, 30]);
  });

  test.each(["", "a", "20,", "0,1", "-5", "5..1", "1..2/0", "1..100000", "0..3"])(
    "refuses %j with an example",
    (text) => {
      expect(() => parseLevels("--budgets", text)).toThrow(/--budgets .*write for example --budgets 10\.\.50/s);
    },
  );
});

describe("parsePeriods", () => {
  test("reads lengths in hours, minutes and seconds, each with a rate, which may be 0", () => {
    expect(parsePeriods("--periods", "8h 10/s, 30min 60/s,5 s 0/s")).toEqual([
      { seconds: 28_800, ratePerSecond: 10 },
      { seconds: 1800, ratePerSecond: 60 },
      { seconds: 5, ratePerSecond: 0 },
    ]);
  });

  test.each(["", "8h", "8h 10", "0s 10/s", "8 days 10/s", "8h 10/s,"])("refuses %j", (text) => {
    expect(() => parsePeriods("--periods", text)).toThrow(InputError);
  });
});

describe("readModeProblem", () => {
  const recorded = (name: string, task: Workload["task"], batches: readonly number[]): Workload => ({
    name,
    task,
    engine: { engine: "recorded", source: "a table" },
    batches,
  });
  const workloads = [
    recorded("train", "training", [16]),
    recorded("tunable", "training", [8, 16]),
    recorded("a", "inference", [1, 4]),
    recorded("b", "inference", [1, 8]),
  ];
  const read = (options: Partial<ModeProblemOptions>) =>
    readModeProblem({ budgetKind: "peak", policy: "slack", ...options }, workloads);
  const peak = { kind: "peak", watts: 30 };

  test("trains alone, with the batches to choose from where there are several", () => {
    expect(read({ train: "train", budget: "20" })).toEqual({
      kind: "training",
      training: "train",
      objective: "time",
      budgetWatts: 20,
    });
    expect(read({ train: "tunable", objective: "energy" })).toMatchObject({ batches: [8, 16], objective: "energy" });
    expect(read({ train: "tunable", batches: "8" })).not.toHaveProperty("batches");
  });

  test("serves alone with both dispatchers, and without a budget where none is given", () => {
    const problem = read({ serve: ["a 60/s 300ms"] });
    expect(problem).toMatchObject({ kind: "inference", dispatchers: ["windowed", "on-full"], objective: "latency" });
    expect(problem).not.toHaveProperty("budget");
  });

  test("trains beside inference, serves a backlog, or serves two inferences, as the options name them", () => {
    const turns = { policy: "slack", dispatcher: "windowed", budget: peak };
    const a = { workload: "a", ratePerSecond: 60, latencySeconds: 0.3, batches: [1, 4] };
    const b = { workload: "b", ratePerSecond: 1, latencySeconds: 2, batches: [1, 8] };
    expect(read({ train: "train", serve: ["a 60/s 300ms"], budget: "30" })).toEqual({
      kind: "concurrent",
      training: "train",
      inference: a,
      ...turns,
    });
    expect(read({ backlog: "b", serve: ["a 60/s 300ms"], budget: "30" })).toMatchObject({
      kind: "backlogged",
      backlog: { workload: "b", batches: [1, 8] },
    });
    expect(read({ serve: ["a 60/s 300ms", "b 1/s 2s"], budget: "30", train: "train" })).toEqual({
      kind: "two-inferences",
      urgent: a,
      nonUrgent: b,
      training: "train",
      objective: "latency",
      budget: peak,
    });
  });

  test.each<[string, Partial<ModeProblemOptions>, RegExp]>([
    ["nothing to run", {}, /names nothing to run/],
    ["an unknown workload", { train: "trian" }, /"trian".*is not among/],
    ["training what serves", { train: "a" }, /"a" is of task "inference".*choose one of train, tunable/],
    ["serving what trains", { serve: ["train 60/s 300ms"] }, /"train" is of task "training".*choose one of a, b/],
    ["a minibatch that is not there", { serve: ["a 60/s 300ms"], batches: "1,3" }, /names 3, .*choose of 1, 4/],
    ["a missing budget", { train: "train", serve: ["a 60/s 300ms"] }, /gives no power budget/],
    ["a missing latency", { train: "train", serve: ["a 60/s"], budget: "30" }, /promises no latency/],
    ["a strange objective", { train: "train", objective: "latency" }, /"latency".*time, energy, power/],
    ["three inferences", { serve: ["a 1/s 1s", "b 1/s 1s", "a 1/s 1s"], budget: "30" }, /more than twice/],
    ["a backlog alone", { backlog: "b" }, /needs inference beside it/],
    ["a budget that is no number", { train: "train", budget: "lots" }, /--budget "lots"/],
  ])("refuses %s", (_, options, message) => {
    expect(() => read(options)).toThrow(message);
  });
});
