import { paretoFront as frontSchema, type ParetoFront, type Profile } from "@partitune/schema";
import { configFront, formulate, type ObjectiveName, paretoSelections, planFront } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { demand, device, lawOf, made, problemOf, share, workload } from "./fixtures.ts";
import { randomProblem } from "./randomProblem.ts";

const source = {
  kind: "profile",
  device,
  workloads: [workload("a")],
  measurements: [0.05, 0.2, 0.4, 0.8].flatMap((value) =>
    [1, 4].map((batch) => ({
      point: { config: { workload: "a", powerMode: "default", partition: share(value), batch } },
      flags: [],
      outcome: { kind: "measured" },
    })),
  ),
} as unknown as Profile;
const predict = lawOf({ a: 0.01 });

/** Dominance by the book: no worse in all, better in one. */
function beats(front: ParetoFront, a: readonly number[], b: readonly number[]): boolean {
  const signs = front.objectives.map(({ better }) => (better === "lower" ? 1 : -1));
  return signs.every((sign, i) => sign * a[i]! <= sign * b[i]!) && signs.some((sign, i) => sign * a[i]! < sign * b[i]!);
}

describe("the front of configurations", () => {
  const front = configFront({ source, predict, metrics: ["latency_p50_s", "throughput_per_s"], made });

  test("passes its own schema", () => {
    expect(frontSchema.parse(front)).toEqual(front);
  });

  test("keeps every configuration, those that are extrapolated flagged and never on the front", () => {
    expect(front.points).toHaveLength(16 * 2);
    const outside = front.points.filter(({ id }) => id.includes("cpu-share:0.05 "));
    expect(outside).toHaveLength(2);
    for (const point of outside) {
      expect(point.onFront).toBe(false);
      expect(point.violations[0]!.constraint).toBe("extrapolated");
    }
  });

  test("holds exactly the feasible points that no feasible point beats", () => {
    const feasible = front.points.filter(({ violations }) => violations.length === 0);
    for (const point of feasible)
      expect(point.onFront).toBe(!feasible.some((other) => beats(front, other.values, point.values)));
  });

  test("records the reference point of its hypervolume, beyond the worst in each objective", () => {
    const [latency, throughput] = front.reference!;
    const feasible = front.points.filter(({ violations }) => violations.length === 0);
    expect(latency).toBeGreaterThan(Math.max(...feasible.map(({ values }) => values[0]!)));
    expect(throughput).toBeLessThan(Math.min(...feasible.map(({ values }) => values[1]!)));
    const sorted = feasible
      .filter(({ onFront }) => onFront)
      .map(({ values }) => values)
      .sort((a, b) => a[0]! - b[0]!);
    const area = sorted.reduce(
      (sum, [x, y], i) => sum + ((sorted[i + 1]?.[0] ?? latency!) - x!) * (y! - throughput!),
      0,
    );
    expect(front.hypervolume).toBeCloseTo(area, 9);
  });

  test("respects limits, and says which is broken", () => {
    const limits = [{ metric: "latency_p50_s" as const, relation: "at-most" as const, limit: 0.02 }];
    const limited = configFront({ source, predict, metrics: ["latency_p50_s", "throughput_per_s"], made, limits });
    const slow = limited.points.find(({ id }) => id === "a default cpu-share:0.2 batch 1")!;
    expect(slow.onFront).toBe(false);
    expect(slow.violations).toEqual([
      {
        constraint: "latency_p50_s",
        amount: expect.closeTo(1.5, 9),
        text: "latency_p50_s is 0.05 s, at most 0.02 s is wanted",
      },
    ]);
  });

  test("over three metrics is exact too", () => {
    const three = configFront({
      source,
      predict,
      metrics: ["latency_p50_s", "throughput_per_s", "memory_peak_bytes"],
      made,
    });
    const feasible = three.points.filter(({ violations }) => violations.length === 0);
    for (const point of feasible)
      expect(point.onFront).toBe(!feasible.some((other) => beats(three, other.values, point.values)));
  });

  test("of nothing feasible has no reference", () => {
    const limits = [{ metric: "latency_p50_s" as const, relation: "at-most" as const, limit: 0 }];
    const none = configFront({ source, predict, metrics: ["latency_p50_s", "throughput_per_s"], made, limits });
    expect([none.reference, none.hypervolume]).toEqual([null, null]);
  });

  test("asks for two metrics that are known, and for one workload", () => {
    const ask = (changes: object) => () =>
      configFront({ source, predict, metrics: ["latency_p50_s", "throughput_per_s"], made, ...changes });
    expect(ask({ metrics: ["latency_p50_s"] })).toThrow(/is not over two different metrics/);
    expect(ask({ metrics: ["latency_p50_s", "power_mean_w"] })).toThrow(
      /metric "power_mean_w" is not known for any configuration of "a"/,
    );
    expect(ask({ workload: "b" })).toThrow(/workload "b" is not in the source; known are "a"/);
    expect(ask({ source: { ...source, workloads: [workload("a"), workload("b")] } })).toThrow(/needs one workload/);
  });
});

describe("the front of plans", () => {
  test("is the front of all selections within the budgets", () => {
    fc.assert(
      fc.property(randomProblem, (problem) => {
        const setting = problem.settings[0]!;
        const all: number[][] = [];
        const combine = (g: number, shares: number, latency: number, memory: number) => {
          if (g === setting.groups.length) {
            if (shares <= setting.budgets.share! + 1e-9 && memory <= setting.budgets.memory! + 1e-9)
              all.push([shares, latency]);
            return;
          }
          for (const choice of setting.groups[g]!.choices)
            combine(
              g + 1,
              shares + choice.uses.share!,
              latency + choice.values.response_over_deadline!,
              memory + choice.uses.memory!,
            );
        };
        combine(0, 0, 0, 0);
        const rounded = (rows: readonly (readonly number[])[]) =>
          new Set(rows.map((row) => row.map((x) => x.toFixed(6)).join()));
        const better = (a: readonly number[], b: readonly number[]) =>
          a.every((x, i) => x <= b[i]! + 1e-9) && a.some((x, i) => x < b[i]! - 1e-9);
        const expected = rounded(all.filter((row) => !all.some((other) => better(other, row))));
        const found = paretoSelections(problem, ["share", "latency"]);
        expect(rounded(found.map(({ totals }) => totals))).toEqual(expected);
        for (const { choices, totals } of found)
          expect(choices.reduce((sum, choice) => sum + choice.uses.share!, 0)).toBeCloseTo(totals[0]!, 9);
      }),
      { seed: 9, numRuns: 150 },
    );
  });

  const grid = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map(share);
  const problem = formulate({
    device,
    workloads: ["a", "b", "c"].map(workload),
    demands: ["a", "b", "c"].map((name) => demand(name, 10, 0.4)),
    predict: lawOf({ a: 0.008, b: 0.01, c: 0.006 }, { energy: true }),
    candidates: Object.fromEntries(["a", "b", "c"].map((name) => [name, { partitions: grid, batches: [1, 2, 4] }])),
    made,
  });

  test.each([[["share", "latency"]], [["share", "latency", "power"]]] as [ObjectiveName[]][])(
    "over %j passes its schema and has only points on the front",
    (names) => {
      const front = planFront(problem, names, made);
      expect(frontSchema.parse(front)).toEqual(front);
      expect(front.points.length).toBeGreaterThan(1);
      expect(front.points.every(({ onFront }) => onFront)).toBe(true);
      expect(front.points.map(({ id }) => id)).toEqual(
        paretoSelections(problem, names).map(({ choices }) => choices.map(({ id }) => id).join(" | ")),
      );
    },
  );

  test("is empty, without a reference, when nothing fits", () => {
    const none = planFront(problemOf([[[1, { share: 2 }]]], { share: 1 }), ["share", "latency"], made);
    expect([none.points, none.reference]).toEqual([[], null]);
  });

  test("asks for two different objectives that have numbers", () => {
    expect(() => planFront(problem, ["share"], made)).toThrow(/is not over two different objectives/);
    expect(() => planFront(problemOf([[[1, {}]]], { share: 1 }), ["share", "power"], made)).toThrow(
      /objective "power_w" has no number/,
    );
  });
});
