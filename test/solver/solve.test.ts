import { formatPartition, type Plan } from "@partitune/schema";
import { type FormulateInput, formulate, solve } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkPlan } from "./checkPlan.ts";
import { demand, device, lawOf, made, share, workload } from "./fixtures.ts";

const grid = Array.from({ length: 20 }, (_, i) => share(Number(((i + 1) * 0.05).toPrecision(12))));
const input: FormulateInput = {
  device,
  workloads: [workload("a"), workload("b")],
  demands: [demand("a", 20, 0.2), demand("b", 10, 0.3)],
  predict: lawOf({ a: 0.008, b: 0.012 }),
  candidates: { a: { partitions: grid, batches: [1, 2, 4, 8] }, b: { partitions: grid, batches: [1, 2, 4, 8] } },
  made,
};
const problem = formulate(input);

async function planOf(solution: ReturnType<typeof solve>): Promise<Plan> {
  const answer = await solution;
  if (!("plan" in answer)) throw new Error(answer.reasons.map(({ text }) => text).join("; "));
  return answer.plan;
}

describe("a solved problem", () => {
  test("has a plan with a promise per demand and per device limit", async () => {
    const plan = await planOf(solve(problem));
    expect(checkPlan(problem, plan)).toEqual([]);
    expect(plan.promises.map(({ id }) => id)).toEqual([
      "a response",
      "a throughput",
      "b response",
      "b throughput",
      "device share",
      "device memory",
    ]);
    for (const promise of plan.promises) {
      const { predicted, relation, target } = promise;
      expect(relation === "at-most" ? predicted!.high! <= target : predicted!.value >= target).toBe(true);
    }
    expect(plan.service.map(({ placement, batches }) => [placement, batches.length])).toEqual(
      plan.placements.map(({ id, config }) => [id, config.batch]),
    );
  });

  test("has the threads that its share can keep busy", async () => {
    const plan = await planOf(solve(problem));
    for (const { config, threads } of plan.placements)
      expect(threads).toBe(config.partition.kind === "cpu-share" ? Math.ceil(config.partition.share * 4 - 1e-9) : 4);
  });

  test("makes no promise of memory that was never predicted", async () => {
    const known = lawOf({ a: 0.008, b: 0.012 });
    const blind = formulate({
      ...input,
      predict: (config) => {
        const { memory_peak_bytes: _, ...metrics } = known(config)!.metrics;
        return { ...known(config)!, metrics };
      },
    });
    const plan = await planOf(solve(blind));
    expect(plan.promises.some(({ metric }) => metric === "memory_bytes")).toBe(false);
  });

  test("is the same from both methods", async () => {
    const [enumerated, programmed] = [
      await planOf(solve(problem, { method: "exhaustive" })),
      await planOf(solve(problem)),
    ];
    expect(enumerated.optimality.value).toBeCloseTo(programmed.optimality.value, 9);
  });
});

describe("a judge in the loop", () => {
  test("that agrees changes nothing", async () => {
    expect(await planOf(solve(problem, { accept: () => true }))).toEqual(await planOf(solve(problem)));
  });

  test("gets plans until one has the share it wants, and that plan is the cheapest such", async () => {
    const seen: string[] = [];
    const plan = await planOf(
      solve(problem, {
        rounds: 100,
        accept: async (tried) => {
          const placement = tried.placements.find(({ id }) => id === "a")!;
          seen.push(formatPartition(placement.config.partition));
          const enough = placement.config.partition.kind === "cpu-share" && placement.config.partition.share >= 0.6;
          return enough || { reject: ["a"], reason: "its simulated p99 is 250 ms" };
        },
      }),
    );
    expect(seen.length).toBeGreaterThan(1);
    expect(formatPartition(plan.placements[0]!.config.partition)).toBe("cpu-share:0.6");
    expect(plan.placements[1]).toEqual((await planOf(solve(problem))).placements[1]);
  });

  test("that accepts nothing ends in unknown or infeasible, with what it said", async () => {
    const refuse = () => ({ reject: ["a"], reason: "never" });
    const givenUp = await solve(problem, { accept: refuse, rounds: 2 });
    expect(givenUp.status).toBe("unknown");
    if ("reasons" in givenUp) {
      expect(givenUp.reasons[0]!.text).toContain("rejected 3 plans");
      expect(givenUp.reasons.filter(({ workload }) => workload === "a")).toHaveLength(3);
    }
    const exhausted = await solve(problem, { accept: refuse, rounds: 1000 });
    expect(exhausted.status).toBe("infeasible");
    if ("reasons" in exhausted)
      expect(exhausted.reasons.some(({ text }) => text.endsWith("was rejected: never"))).toBe(true);
  });

  test("that names nobody is told to", async () => {
    const solution = await solve(problem, { accept: () => ({ reject: ["c"], reason: "a feeling" }) });
    expect(solution.status).toBe("unknown");
    if ("reasons" in solution)
      expect(solution.reasons[0]!.text).toContain("without naming a workload of it: a feeling");
  });
});

test("workloads may bear any name", async () => {
  const names = ['x1 "quoted" <= 3', "End", "a default cpu-share:0.5 batch 1"];
  const odd = formulate({
    ...input,
    workloads: names.map(workload),
    demands: names.map((name) => demand(name, 5, 0.5)),
    predict: lawOf(Object.fromEntries(names.map((name) => [name, 0.008]))),
    candidates: Object.fromEntries(names.map((name) => [name, input.candidates.a!])),
  });
  const plan = await planOf(solve(odd));
  expect(plan.placements.map(({ id }) => id)).toEqual(names);
  expect(checkPlan(odd, plan)).toEqual([]);
});
