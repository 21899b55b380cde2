import { problem as problemSchema } from "@partitune/schema";
import { type FormulateInput, formulate, responseQuantile, toStation } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { demand, device, lawOf, made, share, workload } from "./fixtures.ts";

const shares = [0.05, 0.2, 0.4, 0.6].map(share);

function input(changes: Partial<FormulateInput> = {}): FormulateInput {
  return {
    device,
    workloads: [workload("a"), workload("b"), workload("unused")],
    demands: [demand("a"), demand("b", 10)],
    predict: lawOf({ a: 0.01, b: 0.02 }),
    candidates: { a: { partitions: shares, batches: [1, 4] }, b: { partitions: shares, batches: [1, 8] } },
    made,
    ...changes,
  };
}

function choicesOf(changes: Partial<FormulateInput> = {}) {
  return formulate(input(changes)).settings[0]!.groups[0]!.choices;
}

describe("a formulated problem", () => {
  const stated = formulate(input());

  test("passes its own schema and survives being saved", () => {
    expect(problemSchema.parse(JSON.parse(JSON.stringify(stated)))).toEqual(stated);
  });

  test("names the demanded workloads, the budgets, the objective and the rule", () => {
    expect(stated.workloads.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(stated.settings[0]!.budgets).toEqual({ share: 1, memory: 8e9 });
    expect(stated.objective).toEqual({ name: "share", unit: "fraction" });
    expect(stated.rule).toBe("queue");
  });

  test("offers every candidate, but for those that another makes pointless", () => {
    const offered = stated.settings[0]!.groups.reduce((sum, group) => sum + group.choices.length, 0);
    expect(offered + stated.dropped).toBe(16);
  });

  test("promises the response at the interval's upper end", () => {
    const choice = choicesOf().find(({ id }) => id === "a default cpu-share:0.4 batch 4")!;
    expect(choice.margin).toBeCloseTo(0.1, 12);
    const planned = responseQuantile(toStation(choice.service, choice.margin), 20, 0.99);
    expect(choice.expected.responseSeconds!.high).toBe(planned);
    expect(choice.expected.responseSeconds!.value).toBeLessThan(planned!);
    expect(choice.values.response_s).toBe(planned);
  });

  test("keeps what may not be taken, with the amount and in words", () => {
    const overloaded = choicesOf({ demands: [demand("a", 27), demand("b")] }).find(
      ({ id }) => id === "a default cpu-share:0.2 batch 4",
    )!;
    expect(overloaded.violations.map(({ constraint }) => constraint)).toEqual(["rate"]);
    const { capacityPerSecond } = overloaded.expected;
    expect(overloaded.violations[0]!.amount).toBeCloseTo(27 / capacityPerSecond - 1, 12);
    expect(overloaded.violations[0]!.text).toMatch(/^27 requests\/s arrive, [\d.]+ requests\/s can be sustained$/);
    expect(overloaded.expected.responseSeconds).not.toBeNull();
    expect(overloaded.expected.responseSeconds!.high).toBeNull();
    const late = choicesOf({ demands: [demand("a", 5, 0.08), demand("b")] }).find(
      ({ id }) => id === "a default cpu-share:0.2 batch 1",
    )!;
    expect(late.violations[0]!.constraint).toBe("deadline");
    expect(late.violations[0]!.text).toContain("the deadline is 80 ms");
  });

  test("excludes extrapolated choices unless they are allowed", () => {
    const constraints = (allowExtrapolated: boolean) =>
      choicesOf({ allowExtrapolated, demands: [demand("a", 0.1, 10), demand("b")] })
        .find(({ id }) => id === "a default cpu-share:0.05 batch 1")!
        .violations.map(({ constraint }) => constraint);
    expect(constraints(false)).toEqual(["extrapolated"]);
    expect(constraints(true)).toEqual([]);
  });

  test("excludes a choice that needs more memory than there is", () => {
    const [choice] = choicesOf({ predict: lawOf({ a: 0.01, b: 0.02 }, { memoryBytes: 7.9e9 }) });
    expect(choice!.violations.map(({ constraint }) => constraint)).toContain("memory");
  });

  test("leaves out choices that are no better in cost, budgets and response", () => {
    const slower = choicesOf({
      candidates: { a: { partitions: [share(0.4)], batches: [1, 2, 3, 4, 5, 6, 7, 8] }, b: input().candidates.b! },
    });
    const admissible = slower.filter(({ violations }) => violations.length === 0);
    for (const choice of admissible)
      for (const other of admissible)
        if (other !== choice)
          expect(other.values.response_s! < choice.values.response_s! || other.uses.memory! < choice.uses.memory!).toBe(
            true,
          );
  });
});

describe("the margin", () => {
  test("can be left out, or be relative", () => {
    const marginOf = (margin: FormulateInput["margin"]) => choicesOf(margin === undefined ? {} : { margin })[0]!.margin;
    expect(marginOf({ kind: "relative", excess: 0 })).toBe(0);
    expect(marginOf({ kind: "relative", excess: 0.3 })).toBe(0.3);
    expect(marginOf(undefined)).toBeCloseTo(0.1, 12);
  });

  test("is a quarter where the interval is open, unless told otherwise", () => {
    const predict = lawOf({ a: 0.01, b: 0.02 }, { spread: null });
    expect(choicesOf({ predict })[0]!.margin).toBe(0.25);
    expect(choicesOf({ predict, margin: { kind: "interval", whenOpen: 0.5 } })[0]!.margin).toBe(0.5);
  });
});

describe("an objective", () => {
  const costs = (objective: FormulateInput["objective"]) =>
    choicesOf({
      ...(objective === undefined ? {} : { objective }),
      predict: lawOf({ a: 0.01, b: 0.02 }, { energy: true }),
    });

  test("costs what it says", () => {
    for (const choice of costs("share")) expect(choice.cost).toBe(choice.uses.share);
    for (const choice of costs("cores"))
      expect(choice.cost).toBe(Math.max(1, Math.ceil(choice.uses.share! * 4 - 1e-9)));
    for (const choice of costs("power")) expect(choice.cost).toBeCloseTo(choice.values.power_w!, 12);
    for (const choice of costs("latency"))
      if (choice.values.response_s !== undefined) expect(choice.cost).toBeCloseTo(choice.values.response_s / 0.2, 12);
  });

  test("that needs energy says so where there is none", () => {
    expect(() => formulate(input({ objective: "power" }))).toThrow(/objective "power" needs the energy per request/);
  });
});

describe("partitions in budgets", () => {
  test("a core belongs to one workload, and the whole device takes all that may be shared", () => {
    const partitions = [{ kind: "core-set" as const, cores: [0, 1] }, { kind: "whole" as const }];
    const reserved = {
      ...device,
      partitionSchemes: [
        ...device.partitionSchemes.filter(({ kind }) => kind !== "cpu-share"),
        { kind: "cpu-share" as const, granularity: 0.05, total: 0.9 },
      ],
    };
    const candidates = { a: { partitions, batches: [1] }, b: { partitions, batches: [1] } };
    const { budgets, groups } = formulate(input({ device: reserved, candidates })).settings[0]!;
    expect(budgets).toEqual({ share: 0.9, memory: 8e9, "core 0": 1, "core 1": 1 });
    const uses = groups[0]!.choices.map((choice) => choice.uses);
    expect(uses).toContainEqual(expect.objectContaining({ share: 0.5, "core 0": 1, "core 1": 1 }));
    expect(uses).toContainEqual(expect.objectContaining({ share: 0.9 }));
  });
});

describe("bad input", () => {
  test.each([
    [{ demands: [] }, /the demands are empty/],
    [{ demands: [demand("c")] }, /demand for "c" names no known workload; known are "a", "b", "unused"/],
    [{ demands: [demand("a"), demand("a")] }, /demand for "a" stands twice/],
    [{ demands: [demand("unused")] }, /demand for "unused" has no candidate/],
    [
      { candidates: { ...input().candidates, a: { partitions: [share(0.123)], batches: [1] } } },
      /"cpu-share:0.123" is not allowed on "bench"/,
    ],
    [{ candidates: { ...input().candidates, a: { partitions: shares, batches: [1.5] } } }, /has batch size 1.5/],
    [{ predict: lawOf({ b: 1 }) }, /workload "a" cannot be predicted on any candidate/],
    [{ workloads: [{ ...workload("a"), task: "training" as const }], demands: [demand("a")] }, /training job/],
  ] as const)("%# is refused with words that help", (changes, message) => {
    expect(() => formulate(input(changes))).toThrow(message);
  });
});

test("a power mode in which a workload is unknown is left out", () => {
  const two = { ...device, powerModes: [{ name: "default" }, { name: "slow" }] };
  const known = lawOf({ a: 0.01, b: 0.02 });
  const predict: FormulateInput["predict"] = (config) =>
    config.powerMode === "slow" && config.workload === "b" ? undefined : known(config);
  expect(formulate(input({ device: two, predict })).settings.map(({ name }) => name)).toEqual(["default"]);
  expect(formulate(input({ device: two })).settings.map(({ name }) => name)).toEqual(["default", "slow"]);
});
