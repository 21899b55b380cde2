import { devices } from "@partitune/profiler";
import {
  checkLayout,
  type Demand,
  formatPartition,
  type Partition,
  type Predict,
  parsePartition,
  partitionFraction,
  type Workload,
} from "@partitune/schema";
import { formulate, solve } from "@partitune/solver";
import { expect, test } from "vitest";
import { deviceBudgets, partitionUses } from "../../packages/solver/src/budgets.ts";
import { made } from "./fixtures.ts";

const device = devices.a100;
const workloads = ["a", "b", "c"].map(
  (name): Workload => ({ name, task: "inference", engine: { engine: "recorded", source: "test" }, batches: [1] }),
);
const demand = (workload: string, ratePerSecond: number): Demand => ({
  workload,
  ratePerSecond,
  deadlineSeconds: 1,
  percentile: 0.9,
});
/** 40 requests/s on the whole card, in proportion on a part of it; every workload needs 12 GiB. */
const predict: Predict = ({ partition }) => {
  const seconds = 1 / 40 / partitionFraction(partition, device);
  const exact = (value: number) => ({ value, low: value, high: value });
  return {
    metrics: {
      latency_p50_s: exact(seconds),
      throughput_per_s: exact(1 / seconds),
      memory_peak_bytes: exact(12 * 2 ** 30),
    },
    serviceRatios: [1],
    extrapolated: false,
    synthetic: true,
  };
};
const everywhere = (texts: readonly string[]) =>
  texts.flatMap((text): Partition[] => {
    const partition = parsePartition(text);
    const profile = device.partitionSchemes
      .flatMap((scheme) => (scheme.kind === "mig" ? scheme.profiles : []))
      .find(({ name }) => partition.kind === "mig" && name === partition.profile);
    return partition.kind === "mig" && profile !== undefined
      ? profile.starts.map((start) => ({ ...partition, start }))
      : [partition];
  });
const problemOf = (demands: readonly Demand[], partitions: readonly Partition[]) =>
  formulate({
    device,
    workloads,
    demands,
    predict,
    candidates: Object.fromEntries(demands.map(({ workload }) => [workload, { partitions, batches: [1] }])),
    made,
  });

const instances = everywhere(["mig:1g.10gb", "mig:2g.20gb", "mig:3g.40gb", "mig:4g.40gb"]);

test("MIG instances of a plan are a legal layout, and proved best", async () => {
  const solution = await solve(problemOf([demand("a", 12), demand("b", 6), demand("c", 6)], instances));
  if (solution.status !== "optimal") return expect.fail(solution.status);
  const partitions = solution.plan.placements.map(({ config }) => config.partition);
  expect(checkLayout(device, partitions)).toEqual({ fits: true, partitions });
  expect(solution.plan.placements.map(({ threads }) => threads)).toEqual([1, 1, 1]); // of the host, not of the card
  expect(partitions.map((each) => each.kind === "mig" && each.profile)).toEqual(["3g.40gb", "2g.20gb", "2g.20gb"]);
});

test("three workloads of which each needs half the slices find no plan, and every reason names what they share", async () => {
  const large = everywhere(["mig:3g.40gb", "mig:4g.40gb"]);
  const solution = await solve(problemOf([demand("a", 12), demand("b", 12), demand("c", 12)], large));
  if (solution.status !== "infeasible") return expect.fail(solution.status);
  expect(solution.reasons.map(({ constraint }) => constraint)).toEqual(["share"]);
  expect(solution.reasons[0]!.text).toContain("all workloads together take at least");
});

test("an instance without memory for a workload is no choice for it", () => {
  const problem = problemOf([demand("a", 1)], instances);
  const choices = problem.settings[0]!.groups[0]!.choices;
  const small = choices.filter(({ config }) => formatPartition(config.partition).startsWith("mig:1g.10gb"));
  expect(small.length).toBeGreaterThan(0);
  for (const { violations } of small) expect(violations.map(({ constraint }) => constraint)).toContain("memory");
  expect(small[0]!.violations[0]!.text).toContain("its partition has");
});

test("ways of cutting that exclude each other are settings of their own, and a plan is of one", async () => {
  const mixed = [...instances, ...["mps-share:0.25", "mps-share:0.5"].map(parsePartition), parsePartition("whole")];
  const problem = problemOf([demand("a", 12), demand("b", 6)], mixed);
  expect(problem.settings.map(({ name }) => name)).toEqual(["default, MPS shares", "default, MIG instances"]);
  const solution = await solve(problem);
  if (solution.status !== "optimal") return expect.fail(solution.status);
  expect(
    checkLayout(
      device,
      solution.plan.placements.map(({ config }) => config.partition),
    ).fits,
  ).toBe(true);
});

test("budgets hold every memory slice and the media engines once", () => {
  const own = everywhere(["mig:3g.40gb", "mig:1g.10gb+me"]);
  expect(Object.keys(deviceBudgets(device, own))).toEqual([
    "share",
    "memory",
    "memory slice 0",
    "media engines",
    ...[1, 2, 3, 4, 5, 6, 7].map((slice) => `memory slice ${slice}`),
  ]);
  expect(partitionUses(device, parsePartition("mig:3g.40gb@4"), 1)).toEqual({
    share: 42 / 108,
    memory: 1,
    "memory slice 4": 1,
    "memory slice 5": 1,
    "memory slice 6": 1,
    "memory slice 7": 1,
  });
});
