import { type MeasureOverlapOptions, measureOverlap, type OverlapTraces } from "@partitune/profiler";
import { type KernelFillPlan, kernelFillPlan, kernelOverlap, kernelTrace } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { virtualDeviceClock, virtualLowTask, virtualTask } from "./virtualDevice.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00Z", seed: "a", inputs: [] };

/** Every operator as long as in its last recorded step, every gap as long as its shortest. */
function plan({ high, low }: OverlapTraces): KernelFillPlan {
  const toTask = (trace: OverlapTraces["high"], priority: number): KernelFillPlan["tasks"][0] => ({
    name: trace.task,
    priority,
    role: priority === 0 ? "high" : "low",
    streamPriority: 0,
    maxInFlight: 1,
    identities: trace.identities,
    hashes: trace.identities.map((_, i) => i.toString(16).padStart(16, "0")),
    table: trace.identities.map((_, identity) => {
      const time = trace.steps.at(-1)!.durations[identity]!;
      const idle = Math.min(...trace.steps.map(({ idles }) => idles[identity]!));
      return {
        identity,
        occurrence: 0,
        samples: trace.steps.length,
        execution: { q50: time, q90: time, planned: time, longest: time },
        idle: { q10: idle, q50: idle, planned: idle },
      };
    }),
  });
  return kernelFillPlan.parse({
    kind: "kernel-fill-plan",
    version: 1,
    made,
    deviceName: null,
    tasks: [toTask(high, 0), ...low.map((trace, i) => toTask(trace, i + 1))],
    key: "occurrence",
    estimator: "quantile",
    executionQuantile: 0.9,
    idleQuantile: 0.1,
    minGap: 20_000,
    dispatch: 0,
    fit: "best-prio-fit",
    feedback: false,
    maxOverrun: null,
    disableBelowGain: 0.02,
    expected: { steps: 1, delay: { mean: 0, longest: 0 }, filled: { mean: 0, least: 0 } },
    promises: [],
    voidWhen: [],
    synthetic: true,
  } satisfies KernelFillPlan);
}

function options(changes: Partial<MeasureOverlapOptions> = {}): MeasureOverlapOptions {
  const clock = virtualDeviceClock();
  return {
    high: virtualTask("high", [50_000, 60_000, 70_000, 80_000], clock),
    low: [virtualLowTask("low", [30_000, 90_000], clock, 1)],
    clock,
    think: { every: 2, mean: 500_000, spread: 0.2 },
    seed: "a",
    recordSteps: 5,
    steps: 4,
    plan,
    deviceName: "virtual",
    made,
    synthetic: true,
    ...changes,
  };
}

describe("a measurement", () => {
  test("records traces of each task alone, with the waits marked as what can be filled", async () => {
    const { traces, alone } = await measureOverlap(options());
    expect(kernelTrace.parse(traces.high).steps).toHaveLength(5);
    expect(traces.high.steps[0]!.durations).toEqual([50_000, 60_000, 70_000, 80_000]);
    expect(traces.high.steps[0]!.idleKinds).toEqual([0, 1, 0, 0]);
    expect(traces.high.steps[0]!.idles[1]).toBeGreaterThanOrEqual(400_000);
    expect(traces.high.warnings.map(({ code }) => code)).toEqual(["waits-on-purpose"]);
    expect(traces.low[0]!.steps[4]).toMatchObject({ durations: [30_000, 90_000], idles: [0, 0] });
    expect(alone.steps).toHaveLength(4);
    expect(alone.steps[0]!.idles).not.toEqual(traces.high.steps[0]!.idles);
  });

  test("plays every policy with the same waits; filling by a careful plan delays nothing", async () => {
    const { overlap, alone } = await measureOverlap(options());
    expect(kernelOverlap.parse(overlap).outcomes.map(({ policy }) => policy)).toEqual([
      "exclusive",
      "timeslice",
      "fifo",
      "greedy",
      "fill",
    ]);
    const completions = (policy: string) =>
      overlap.outcomes.find((outcome) => outcome.policy === policy)!.steps.map(({ completion }) => completion);
    expect(completions("exclusive")).toEqual(alone.steps.map(({ idles }) => 260_000 + idles[1]!));
    expect(completions("fill")).toEqual(completions("exclusive"));
    for (const [step, completion] of completions("greedy").entries())
      expect(completion).toBeGreaterThan(completions("exclusive")[step]!);
    const fill = overlap.outcomes.find(({ policy }) => policy === "fill")!;
    expect(Math.min(...fill.steps.map(({ lowWork }) => lowWork))).toBeGreaterThan(200_000);
    expect(overlap.ended).toBe("complete");
  });

  test("chosen policies never come without the urgent task alone and stream priorities", async () => {
    const { overlap } = await measureOverlap(options({ policies: ["fill"] }));
    expect(overlap.outcomes.map(({ policy }) => policy)).toEqual(["exclusive", "greedy", "fill"]);
  });

  test("each policy has low tasks of its own, which go on where its last step left them", async () => {
    const { overlap } = await measureOverlap(options({ think: { every: 2, mean: 20_000, spread: 0 } }));
    const greedy = overlap.outcomes.find(({ policy }) => policy === "greedy")!;
    expect(greedy.steps.map(({ lowStarts }) => lowStarts)).toEqual([[0], [1], [0], [1]]);
    expect(overlap.outcomes[0]!.steps.map(({ lowStarts }) => lowStarts)).toEqual([[0], [0], [0], [0]]);
  });

  test("ends after the limit of time, with whole rounds only", async () => {
    const { overlap } = await measureOverlap(options({ steps: 100, longest: 10_000_000 }));
    expect(overlap.ended).toBe("time-over");
    const steps = overlap.outcomes.map((outcome) => outcome.steps.length);
    expect(new Set(steps).size).toBe(1);
    expect(steps[0]).toBeGreaterThan(1);
    expect(steps[0]).toBeLessThan(10);
  });

  test("an interruption keeps whole rounds; before the first one there is nothing to keep", async () => {
    const controller = new AbortController();
    const onProgress: MeasureOverlapOptions["onProgress"] = ({ phase, done }) => {
      if (phase === "play" && done === 10) controller.abort();
    };
    const { overlap } = await measureOverlap(options({ steps: 100, signal: controller.signal, onProgress }));
    expect(overlap.ended).toBe("interrupted");
    expect(overlap.outcomes.map(({ steps }) => steps.length)).toEqual([2, 2, 2, 2, 2]);
    await expect(measureOverlap(options({ signal: AbortSignal.abort() }))).rejects.toThrow("aborted");
  });

  test("progress counts up to the end", async () => {
    const seen: string[] = [];
    await measureOverlap(options({ onProgress: ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`) }));
    expect(seen.filter((text) => text.startsWith("record"))).toHaveLength(10);
    expect(seen.at(-1)).toBe("play 20/20");
  });
});

describe("bad input", () => {
  const clock = virtualDeviceClock();

  test.each([
    ["no low task", { low: [] }, "low tasks"],
    ["tasks of one name", { low: [virtualLowTask("high", [1], clock, 1)] }, "name of a task"],
    ["the urgent task's own priority", { low: [virtualLowTask("low", [1], clock, 0)] }, "priority"],
    ["too few recorded steps", { recordSteps: 2 }, "recorded steps"],
    ["no steps", { steps: 0 }, "steps"],
    ["an empty queue", { window: 0 }, "window"],
    ["turns of no time", { quantum: 0 }, "quantum"],
  ] as const)("%s is refused", async (_what, changes, problem) => {
    await expect(measureOverlap(options(changes))).rejects.toThrow(problem);
  });

  test("a plan of other tasks is refused", async () => {
    const other = (traces: OverlapTraces): KernelFillPlan => {
      const made = plan(traces);
      return { ...made, tasks: made.tasks.map((task) => ({ ...task, name: `old ${task.name}` })) };
    };
    await expect(measureOverlap(options({ plan: other }))).rejects.toThrow('has no task "high"');
  });
});
