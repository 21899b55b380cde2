import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernelTrace, loadJson, saveJson, type TaskSet } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { writeOnnxFixture } from "../profiler/fixtures/writeOnnxFixture.ts";
import {
  syntheticFillPlan,
  syntheticKernelProfile,
  syntheticKernelSharing,
  syntheticKernelTrace,
  syntheticResponseTimes,
  syntheticSchedulability,
} from "../report/syntheticKernels.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, `${name}.json`);
const high = syntheticKernelTrace({ task: "detector", steps: 5, operations: 40, gaps: [60_000, 300_000] });
const low = syntheticKernelTrace({ task: "translator", steps: 3, operations: 12, gaps: [0, 0], names: ["matmul"] });
const busy = syntheticKernelTrace({ task: "trainer", steps: 3, operations: 40, gaps: [500, 900] });

/** Table 2 of the published GCAPS case: without priorities of its own on the accelerator, t4 misses its deadline. */
const taskSet: TaskSet = {
  kind: "task-set",
  version: 1,
  cores: 2,
  accelerator: { sliceSeconds: 0.001024, switchSeconds: 0.0002, updateSeconds: 0.001 },
  tasks: (
    [
      [
        "t1",
        1,
        4,
        0.08,
        0.009,
        [
          [0.002, 0.004],
          [0.002, 0.002],
        ],
      ],
      ["t2", 1, 3, 0.15, 0.04, []],
      ["t3", 0, 2, 0.19, 0.034, [[0.005, 0.08]]],
      ["t4", 1, 1, 0.2, 0.018, [[0.002, 0.01]]],
    ] as const
  ).map(([name, core, priority, periodSeconds, cpuSeconds, segments]) => ({
    name,
    core,
    priority,
    gpuPriority: null,
    periodSeconds,
    deadlineSeconds: periodSeconds,
    cpuSeconds,
    segments: segments.map(([launchSeconds, executionSeconds]) => ({ launchSeconds, executionSeconds })),
    bestEffort: false,
  })),
};

beforeAll(async () => {
  for (const [name, content] of Object.entries({ high, low, busy })) saveJson(at(name), content);
  saveJson(at("once"), kernelTrace.parse({ ...low, task: "once", steps: low.steps.slice(0, 1) }));
  writeFileSync(at("tasks"), JSON.stringify(taskSet));
  await writeOnnxFixture(join(folder, "net.onnx"), [{ name: "input", type: "float32", dimensions: ["batch", 8] }]);
});

describe("kernels record", () => {
  test("records a network on this machine's processor, and the profile says whether there is anything to gain", async () => {
    const words = ["--steps", "3", "--warmup", "1", "--task", "net", "--out", at("recorded")];
    const answer = await runCli("kernels", "record", join(folder, "net.onnx"), ...words);
    expect(answer.code).toBe(0);
    expect(loadJson(at("recorded"), "kernel-trace")).toMatchObject({ task: "net", format: "onnxruntime" });
    const profiled = await runCli("kernels", "profile", at("recorded"));
    expect(profiled.code).toBe(0);
    expect(profiled.stdout).toMatch(/^(worth filling|nothing to gain): /mu);
  });

  test("asks for whole numbers", async () => {
    const answer = await runCli("kernels", "record", "net.onnx", "--steps", "0", "--out", at("x"));
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr).toContain('option --steps "0" is not a whole number from 1 on');
  });
});

describe("kernels profile", () => {
  test("says what the gaps hold, and saves samples of every operation", async () => {
    const answer = await runCli("kernels", "profile", at("high"), "--out", at("profile"));
    expect(answer.code).toBe(0);
    expect(answer.stdout).toMatch(/^detector on synthetic device, synthetic, 5 steps\nworth filling: /u);
    expect(loadJson(at("profile"), "kernel-profile")).toMatchObject({ steps: 5, gain: "worthwhile", minGap: 25_000 });
  });

  test("leaves warm-up steps out, and judges gaps by the least that is asked for", async () => {
    const words = ["--warmup", "2", "--min-gap-us", "1000", "--json"];
    const answer = await runCli("kernels", "profile", at("high"), ...words);
    expect(JSON.parse(answer.stdout)).toMatchObject({ steps: 3, minGap: 1_000_000, gain: "nothing-to-gain" });
  });
});

describe("kernels fill", () => {
  test("plans, shows what caution costs, and calls its setting a choice", async () => {
    const answer = await runCli("kernels", "fill", at("high"), "--with", `${at("low")}:3`, "--out", at("plan"));
    expect(answer.code).toBe(0);
    expect(answer.stdout).toContain("filling at pairs of quantiles:");
    expect(answer.stdout).toContain("a choice among these, not the right one");
    expect(answer.stdout).toMatch(
      /stream priorities alone, which need no plan: delay .+ a step, work of others .+ a step/u,
    );
    const plan = loadJson(at("plan"), "kernel-fill-plan");
    expect(plan.tasks.map(({ name, priority }) => [name, priority])).toEqual([
      ["detector", 0],
      ["translator", 3],
    ]);
    expect(plan).toMatchObject({ executionQuantile: 0.9, idleQuantile: 0.1, minGap: 20_000, expected: { steps: 5 } });
    expect(plan.made.inputs.map(({ name }) => name)).toEqual(["high.json", "low.json"]);
  });

  test("takes the quantiles with most work that no held-out step is delayed by more", async () => {
    const words = ["--with", at("low"), "--longest-delay-us", "50", "--json"];
    const { code, stdout } = await runCli("kernels", "fill", at("high"), ...words);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as ReturnType<typeof syntheticFillPlan>).expected.delay.longest).toBeLessThanOrEqual(
      50_000,
    );
  });

  test("promises a response time where the period is known, and says when the deadline may be missed", async () => {
    const words = ["kernels", "fill", at("high"), "--with", at("low"), "--json", "--period-ms", "100"];
    const kept = await runCli(...words);
    expect(kept.code).toBe(0);
    expect(JSON.parse(kept.stdout)).toMatchObject({ promises: [{ subject: "detector", target: 0.1 }] });
    const missed = await runCli(...words, "--deadline-ms", "1");
    expect(missed.code).toBe(1);
    expect(missed.stderr).toContain("beyond its deadline of 1 ms");
    expect(JSON.parse(missed.stdout)).toMatchObject({ promises: [] });
  });

  test("recommends no plan where there is nothing to gain, and writes one only when told to", async () => {
    const words = ["kernels", "fill", at("busy"), "--with", at("low"), "--out", at("no-plan")];
    const answer = await runCli(...words);
    expect(answer).toMatchObject({ code: 1, stdout: "" });
    expect(answer.stderr).toMatch(/nothing to gain: gaps of at least .+ no plan is recommended/u);
    expect(existsSync(at("no-plan"))).toBe(false);
    expect((await runCli(...words, "--anyway")).code).toBe(0);
    expect(existsSync(at("no-plan"))).toBe(true);
  });
});

describe("kernels fill where operations hardly fit", () => {
  const scattered = {
    ...low,
    task: "scattered",
    steps: [40_000, 40_000, 900_000, 40_000].map((first) => ({
      ...low.steps[0]!,
      durations: low.steps[0]!.durations.map(() => first),
    })),
  };
  const long = {
    ...scattered,
    task: "long",
    steps: scattered.steps.map((step) => ({ ...step, durations: step.durations.map(() => 900_000) })),
  };

  test("warns when the chosen setting fills nothing and others would", async () => {
    saveJson(at("scattered"), kernelTrace.parse(scattered));
    const answer = await runCli("kernels", "fill", at("high"), "--with", at("scattered"));
    expect(answer.code).toBe(0);
    expect(answer.stderr).toContain("fills-nothing: no operation of the others is predicted to fit into a gap");
    const bold = await runCli("kernels", "fill", at("high"), "--with", at("scattered"), "--execution-quantile", "0.5");
    expect(bold.stderr).not.toContain("fills-nothing");
  });

  test("recommends nothing when nothing fits at any setting", async () => {
    saveJson(at("long"), kernelTrace.parse(long));
    const answer = await runCli("kernels", "fill", at("high"), "--with", at("long"));
    expect(answer).toMatchObject({ code: 1, stdout: "" });
    expect(answer.stderr).toContain("nothing to gain: ");
  });
});

describe("kernels simulate", () => {
  const simulate = (...words: readonly string[]) =>
    runCli("kernels", "simulate", at("high"), "--with", at("low"), ...words);

  test("puts ways of sharing side by side, stream priorities among them, and gives the verdict", async () => {
    const { code, stdout } = await simulate("--held-out", "4,5");
    expect(code).toBe(0);
    for (const way of ["alone", "time slices", "one queue", "stream priorities", "gaps filled, p90/p10 by occurrence"])
      expect(stdout).toContain(way);
    expect(stdout).toContain("2 held-out steps");
    expect(stdout).toMatch(/worth filling: .+ of a step/u);
  });

  test("fills as a plan says", async () => {
    saveJson(at("bold"), { ...syntheticFillPlan(), executionQuantile: 0.5, idleQuantile: 0.6, minGap: 70_000 });
    const { stdout } = await simulate("--plan", at("bold"), "--json");
    const sharing = JSON.parse(stdout) as ReturnType<typeof syntheticKernelSharing>;
    expect(sharing.minGap).toBe(70_000);
    expect(sharing.outcomes.map(({ title }) => title)).toContain(
      "gaps filled, p50/p60 by occurrence, feedback, limited",
    );
    expect(sharing.front.map(({ idleQuantile }) => idleQuantile)).toContain(0.6);
  });

  test("lets the urgent task arrive among jobs of the others", async () => {
    const words = ["--scenario", "preemption", "--jobs", "30", "--arrival-us", "500", "--default", "fifo"];
    const { stdout } = await simulate(...words, "--json", "--out", at("preemption"));
    const sharing = JSON.parse(stdout) as ReturnType<typeof syntheticKernelSharing>;
    expect(sharing).toMatchObject({ scenario: "preemption", default: "fifo", low: [{ jobs: 30 }] });
    const usual = sharing.outcomes.find(({ policy }) => policy === "fifo")!;
    expect([usual.speedUp, usual.lowRatio]).toEqual([1, 1]);
    expect(loadJson(at("preemption"), "kernel-sharing")).toEqual(sharing);
  });

  test("adds stream priorities and the default way to the policies asked for", async () => {
    const { stdout } = await simulate("--policies", "exclusive", "--json");
    const { outcomes } = JSON.parse(stdout) as ReturnType<typeof syntheticKernelSharing>;
    expect(outcomes.map(({ policy }) => policy).sort()).toEqual(["exclusive", "greedy", "timeslice"]);
  });
});

describe("kernels rta", () => {
  test("says that nothing is proved, with exit code 1", async () => {
    const answer = await runCli("kernels", "rta", at("tasks"), "--analysis", "gcaps-suspend");
    expect(answer.code).toBe(1);
    expect(answer.stdout).toContain('not schedulable; "t4" may take 347 ms of the 200 ms it has');
    expect(answer.stdout).toMatch(/t3 +153 ms +190 ms +2 +meets its deadline/u);
  });

  test("puts all analyses side by side, and succeeds when one of them does", async () => {
    const answer = await runCli("kernels", "rta", at("tasks"), "--out", join(folder, "bounds"));
    expect(answer.code).toBe(0);
    expect(answer.stdout).toMatch(/^t4 +200 ms +over 347 ms +over 347 ms +143 ms +120 ms +120 ms +over 240 ms$/mu);
    expect(answer.stderr).toContain('limited-preemptive does not cover it: task "t1" needs the processor');
    const files = readdirSync(join(folder, "bounds"));
    expect(files).toContain("gcaps-busy-gpu-priorities.json");
    expect(files).toHaveLength(6);
  });

  test("attacks the bounds and breaks none", async () => {
    const answer = await runCli("kernels", "rta", at("tasks"), "--attack", "8");
    expect(answer.code).toBe(0);
    expect(answer.stdout).toMatch(/gcaps-suspend +t1 +26.0 ms .+holds$/mu);
    expect(answer.stdout).not.toContain("BROKEN");
  });

  test("runs the published experiment from a seed", async () => {
    const words = ["kernels", "rta", "--experiment", "utilisation", "--sets", "20", "--analysis", "gcaps-suspend"];
    const curves = async (seed: string) => {
      const { code, stdout } = await runCli(...words, "--seed", seed, "--json");
      expect(code).toBe(0);
      return (JSON.parse(stdout) as ReturnType<typeof syntheticSchedulability>).curves;
    };
    const first = await curves("1");
    expect(first.map(({ analysis }) => analysis)).toEqual(["gcaps-suspend"]);
    expect(first[0]!.points.length).toBeGreaterThan(4);
    expect(await curves("1")).toEqual(first);
    expect(await curves("2")).not.toEqual(first);
  });
});

describe("bad input ends with exit code 2 and one line that names it:", () => {
  test.each([
    ["a trace that is none", ["profile", "@tasks"], 'is of kind "task-set"'],
    [
      "a level that is the urgent task's",
      ["fill", "@high", "--with", "@low:0"],
      "has a level that is none from 1 to 9",
    ],
    ["a task beside itself", ["fill", "@high", "--with", "@high"], 'task "detector" occurs twice'],
    ["a quantile beyond 1", ["fill", "@high", "--with", "@low", "--idle-quantile", "1.5"], "is not a part from 0 to 1"],
    ["a negative gap", ["fill", "@high", "--with", "@low", "--min-gap-us", "-1"], "is not a number from 0 on"],
    ["one step, which nothing can predict", ["simulate", "@once", "--with", "@low"], '"once" has 1 step'],
    [
      "a step that is not there",
      ["simulate", "@high", "--with", "@low", "--held-out", "6"],
      'names step 6 of "detector"',
    ],
    [
      "a policy that is none",
      ["simulate", "@high", "--with", "@low", "--policies", "fair"],
      'names "fair", which is none',
    ],
    ["an arrival in a co-run", ["simulate", "@high", "--with", "@low", "--arrival-us", "5"], "is for preemption"],
    ["an attack without a game", ["rta", "@tasks", "--analysis", "round-robin-busy", "--attack", "4"], "has no game"],
    ["no task set", ["rta"], "names neither a task set nor an experiment"],
    [
      "a task set beside an experiment",
      ["rta", "@tasks", "--experiment", "utilisation"],
      "has --experiment beside the file",
    ],
    [
      "an analysis that does not cover the set",
      ["rta", "@tasks", "--analysis", "limited-preemptive"],
      "needs the processor",
    ],
  ])("%s", async (_, words, expected) => {
    const answer = await runCli("kernels", ...words.map((word) => word.replace(/^@(\w+)/u, `${folder}/$1.json`)));
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    const complaints = answer.stderr.split("\n").filter((line) => line.startsWith("partitune: "));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(expected);
  });
});

describe("show", () => {
  const sentence = "\u001b[2J\u001b]0;owned\u0007";

  test.each([
    ["a trace of kernels", high, ["detector", "busy", "idle"]],
    ["a kernel profile", syntheticKernelProfile("nothing-to-gain"), ["nothing to gain: gaps hold so much of a step"]],
    [
      "a fill plan",
      syntheticFillPlan(),
      ["p90 of execution times, p10 of idle times", "≤ 150 ms", "clocks; a batch size"],
    ],
    [
      "ways of sharing kernels",
      syntheticKernelSharing(),
      ["stream priorities", "3.60×", "time slices (the default here)"],
    ],
    ["a task set", taskSet, ["t3", "190 ms", "62.6 %"]],
    [
      "response times",
      syntheticResponseTimes("host-gap"),
      ["not proved", "over 250 ms", "has no deadline", "not known"],
    ],
    ["schedulability", syntheticSchedulability(), ["80 % [75, 85]", "utilisation per core"]],
  ] as const)("prints %s", async (name, content, expected) => {
    const path = at(name.replaceAll(" ", "-"));
    saveJson(path, content);
    const { code, stdout } = await runCli("show", path);
    expect(code).toBe(0);
    for (const words of expected) expect(stdout).toContain(words);
  });

  test("makes control characters visible", async () => {
    saveJson(at("hostile"), { ...syntheticKernelProfile("worthwhile"), why: sentence });
    const { stdout } = await runCli("show", at("hostile"));
    for (const control of ["\u001b", "\u0007"]) expect(stdout).not.toContain(control);
  });
});

test("a report takes all files about kernels and deadlines", async () => {
  const files = {
    r1: syntheticKernelSharing(),
    r2: syntheticFillPlan(),
    r3: syntheticResponseTimes("gcaps-busy"),
    r4: syntheticSchedulability(),
  };
  for (const [name, content] of Object.entries(files)) saveJson(at(name), content);
  const page = join(folder, "page.html");
  const { code } = await runCli("report", at("high"), ...Object.keys(files).map(at), "--out", page);
  expect(code).toBe(0);
  const html = readFileSync(page, "utf8");
  for (const id of ["kernels-1", "kernel-sharing", "fill-plan-1", "response-times-1", "schedulability-1"])
    expect(html).toContain(`<section id="${id}">`);
});

test("the help of every kernels command shows an example", async () => {
  for (const name of ["record", "profile", "fill", "simulate", "rta"]) {
    const { code, stdout } = await runCli("kernels", name, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`$ partitune kernels ${name} `);
  }
});
