import { type EmitOptions, emit } from "@partitune/emitter";
import { type KernelFillPlan, type KernelIdentity, kernelFillPlan, kernelHash } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileText } from "../fixtures/hostileText.ts";

const options: EmitOptions = { name: "desk", home: "/opt/partitune", directory: "/home/me" };

const plain = (name: string): KernelIdentity => ({ name, grid: null, block: null });
const execution = (planned: number) => ({ q50: planned, q90: planned, planned, longest: planned });

/** A plan for an urgent task of two kernels and one that fills its gaps; synthetic. */
function examplePlan(
  changes: Partial<KernelFillPlan> = {},
  names: readonly string[] = ["gemm", "relu"],
): KernelFillPlan {
  const identities = names.map(plain).sort((a, b) => (kernelHash(a) < kernelHash(b) ? -1 : 1));
  const table = identities.flatMap((_, identity) =>
    [0, null].map((occurrence) => ({
      identity,
      occurrence,
      samples: 3,
      execution: execution(100 + identity),
      idle: occurrence === null ? null : { q10: 30_000, q50: 40_000, planned: 30_000 + identity },
    })),
  );
  const common = { maxInFlight: 1, identities, hashes: identities.map(kernelHash), table };
  return {
    kind: "kernel-fill-plan",
    version: 1,
    made: { tool: "test", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] },
    deviceName: "card",
    tasks: [
      { name: "urgent", priority: 0, role: "high", streamPriority: -1, ...common },
      { name: "other", priority: 1, role: "low", streamPriority: 0, ...common },
    ],
    key: "occurrence",
    estimator: "quantile",
    executionQuantile: 0.9,
    idleQuantile: 0.1,
    minGap: 20_000,
    dispatch: 5_000,
    fit: "best-prio-fit",
    feedback: false,
    maxOverrun: 150_000,
    disableBelowGain: 0.02,
    expected: {
      steps: 5,
      delay: { mean: 187_000.4, longest: 300_000 },
      filled: { mean: 81_000_000, least: 80_000_000 },
    },
    promises: [],
    voidWhen: ["clocks"],
    synthetic: false,
    ...changes,
  };
}

function filesOf(plan: KernelFillPlan) {
  const emission = emit(plan, "kernel-fill", options);
  if (emission.status === "refused") throw new Error(JSON.stringify(emission.refusals));
  const content = (path: string) => emission.files.find((file) => file.path === path)!.content;
  return { ...emission, content };
}

describe("the target kernel-fill", () => {
  test("contains the plan itself and its tables as ascending numbers", () => {
    const plan = examplePlan();
    const { content } = filesOf(plan);
    expect(kernelFillPlan.parse(JSON.parse(content("plan.json")))).toEqual(plan);
    const [first, second] = plan.tasks[0]!.hashes;
    expect(content("tables.csv").split("\n")).toEqual([
      "task,hash,occurrence,execution_ns,idle_ns",
      `0,${first},-1,100,-1`,
      `0,${first},0,100,30000`,
      `0,${second},-1,101,-1`,
      `0,${second},0,101,30001`,
      `1,${first},-1,100,-1`,
      `1,${first},0,100,30000`,
      `1,${second},-1,101,-1`,
      `1,${second},0,101,30001`,
      "",
    ]);
  });

  test("says what a scheduler needs: who it can be, priorities, thresholds, what is expected, and when it is void", () => {
    const readme = filesOf(examplePlan()).content("README.md");
    for (const words of [
      "# Plan `desk`: kernels in the gaps of `urgent`",
      "`LD_PRELOAD`",
      "No such scheduler ships with partitune",
      "`other`, priority 1 (0 is the most urgent), stream priority 0",
      "cudaStreamCreateWithPriority",
      "at least **20000 ns**",
      "**5000 ns** fit",
      "more than **150000 ns** together",
      "the 90 % quantile",
      "187.0 µs later on average",
      "- 30001 ns after `",
      "- clocks",
    ])
      expect(readme).toContain(words);
    expect(readme).not.toContain("synthetic");
  });

  test("says that there is no limit, no gap, one row for an identity, feedback and promises, where that is so", () => {
    const promise = {
      id: "p",
      subject: "urgent",
      metric: "response_s",
      percentile: null,
      relation: "at-most",
    } as const;
    const plan = examplePlan({
      maxOverrun: null,
      feedback: true,
      estimator: "mean",
      key: "identity",
      promises: [{ ...promise, target: 0.02, predicted: null }],
      tasks: examplePlan().tasks.map((task) => ({
        ...task,
        table: task.table.filter(({ occurrence }) => occurrence === null),
      })),
    });
    const readme = filesOf(plan).content("README.md");
    for (const words of [
      "There is no limit",
      "expect no more of it from then on",
      "Both times are means",
      "how often it came before does not matter",
      "this plan fills nothing",
      "- `urgent`: response_s at most 0.02",
    ])
      expect(readme).toContain(words);
  });

  test("warns that it needs a scheduler, and that synthetic numbers are", () => {
    expect(filesOf(examplePlan()).warnings.map(({ code }) => code)).toEqual(["needs-a-scheduler"]);
    const { warnings, content } = filesOf(examplePlan({ synthetic: true }));
    expect(warnings.map(({ code }) => code)).toEqual(["needs-a-scheduler", "synthetic"]);
    expect(content("README.md")).toContain("**This plan rests on synthetic traces.");
  });

  test("survives kernels of any name: tables stay numbers, the list of gaps stays one line for each", () => {
    const names = fc.uniqueArray(hostileText(1), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, hostileText(), (hostile, change) => {
        const voided = change.replaceAll(/\p{Cc}/gu, "") || "x";
        const plan = examplePlan({ voidWhen: [voided] }, hostile);
        const { content } = filesOf(plan);
        const [, ...rows] = content("tables.csv").trimEnd().split("\n");
        expect(rows).toHaveLength(4 * hostile.length);
        for (const row of rows) expect(row).toMatch(/^[01],[0-9a-f]{16},(?:-1|0),\d+,-?\d+$/);
        const gaps = content("README.md").split("## Gaps it counts on most\n\n")[1]!.split("\n\n## When")[0]!;
        expect(gaps.split("\n")).toHaveLength(hostile.length);
        for (const line of gaps.split("\n")) expect(line).toMatch(/^- \d+ ns after `+.*`+, occurrence 0$/su);
      }),
      { numRuns: 100 },
    );
  });

  test("shows markup in names as the text that it is", () => {
    const plan = examplePlan({ voidWhen: ['the device ("<script>*a*_b_[c](d)`e" was traced)'] }, ["`a` <b>"]);
    const readme = filesOf(plan).content("README.md");
    expect(readme).toContain("`` `a` <b> ``");
    expect(readme).toContain("\\<script\\>\\*a\\*\\_b\\_\\[c\\](d)\\`e");
  });

  test("carries nothing else, and nothing else carries it", () => {
    expect(emit(examplePlan(), "mps", options)).toMatchObject({
      status: "refused",
      refusals: [{ cause: 'target "mps" does not carry a kernel-fill-plan', advice: "choose kernel-fill" }],
    });
  });

  test.each([
    [
      "two urgent tasks",
      (plan: KernelFillPlan) => plan.tasks.map((task) => ({ ...task, role: "high" as const })),
      /2 tasks whose gaps/,
    ],
    [
      "a hash too few",
      (plan: KernelFillPlan) => plan.tasks.map((task) => ({ ...task, hashes: task.hashes.slice(1) })),
      /2 identities and 1 hashes/,
    ],
    [
      "hashes out of order",
      (plan: KernelFillPlan) => plan.tasks.map((task) => ({ ...task, hashes: task.hashes.toReversed() })),
      /do not ascend/,
    ],
    [
      "an entry of no identity",
      (plan: KernelFillPlan) => plan.tasks.map((task) => ({ ...task, table: [{ ...task.table[0]!, identity: 7 }] })),
      /task "urgent" names identity 7 of 2/,
    ],
  ] as const)("refuses %s", (_, tasks, message) => {
    expect(() => emit(examplePlan({ tasks: tasks(examplePlan()) }), "kernel-fill", options)).toThrow(message);
  });
});
