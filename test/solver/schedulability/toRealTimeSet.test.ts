import { InputError, type RealTimeTask } from "@partitune/schema";
import { analyses, analyseTaskSet, toRealTimeSet } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { made, setOf, task } from "./publishedSet.ts";

const one = task("one", [0, 2], [10, 1], [[1, 1]]);
const other = task("other", [1, 1], [20, 1], [[1, 1]]);

function refusal(tasks: readonly RealTimeTask[]): string {
  try {
    toRealTimeSet(setOf(tasks));
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("times become whole ns", () => {
  test("exactly, for every decimal of whole ns", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 15 }), (nanoseconds) => {
        const seconds = Number(`${nanoseconds}e-9`);
        const set = toRealTimeSet(setOf([{ ...one, periodSeconds: 1e6, deadlineSeconds: 1e6, cpuSeconds: seconds }]));
        expect(set.tasks[0]!.cpu).toBe(nanoseconds);
      }),
    );
  });

  test("upwards for what takes time and downwards for periods, where they are no whole ns", () => {
    const odd = { ...one, cpuSeconds: 1.2e-9, periodSeconds: 9.9e-9, deadlineSeconds: 9.9e-9 };
    const [analysed] = toRealTimeSet(setOf([{ ...odd, segments: [] }])).tasks;
    expect([analysed!.cpu, analysed!.period, analysed!.deadline]).toEqual([2, 9, 9]);
  });

  // 0.3/0.1 is 2.9999999999999996 in doubles and 0.7 + 0.1 is 0.7999999999999999: seconds would charge a job too few or too many.
  test("so that a window that ends with a period holds one job less than one that goes beyond", () => {
    const response = (milliseconds: number) => {
      const set = setOf([task("a", [0, 2], [100, 10], []), task("b", [0, 1], [1000, milliseconds], [])], { update: 0 });
      return analyseTaskSet(set, "gcaps-suspend", made).tasks[1]!.boundSeconds;
    };
    expect(response(270)).toBe(0.3);
    expect(response(270.000001)).toBe(0.310000001);
    expect(response(630)).toBe(0.7);
  });
});

describe("bad input", () => {
  const cases: readonly (readonly [what: string, tasks: readonly RealTimeTask[], message: RegExp])[] = [
    ["a deadline beyond its period", [{ ...one, deadlineSeconds: 0.011 }], /"one" has a deadline of 0.011 s beyond/],
    [
      "equal priorities",
      [one, { ...other, priority: 2 }],
      /"one" and "other" have the same priority on the processor, 2/,
    ],
    ["equal priorities on the accelerator", [{ ...one, gpuPriority: 1 }, other], /same priority on the accelerator/],
    ["a core that is not there", [{ ...one, core: 2 }], /bound to core 2 of 2; cores are counted from 0 to 1/],
    ["a negative time", [{ ...one, cpuSeconds: -1 }], /processor time of task "one" must be from 0/],
    ["a time that is no number", [{ ...one, periodSeconds: Number.NaN }], /period of task "one"/],
    ["a time in another unit", [{ ...one, periodSeconds: 2e6 }], /give it in seconds/],
    ["a task that does nothing", [{ ...one, cpuSeconds: 0, segments: [] }], /neither processor nor accelerator/],
    ["a segment of no time", [{ ...one, segments: [{ launchSeconds: 0, executionSeconds: 0 }] }], /0 s on the acc/],
    ["a name that stands there twice", [one, { ...other, name: "one" }], /stands there twice/],
    ["no tasks", [], /has no tasks/],
    [
      "two tasks of one core in different orders",
      [
        { ...one, gpuPriority: 1 },
        { ...other, core: 0, gpuPriority: 2 },
      ],
      /block each other for ever/,
    ],
  ];

  test.each(cases)("%s is refused with advice", (_, tasks, message) => {
    expect(refusal(tasks)).toMatch(message);
  });

  test("priorities of tasks without deadlines may be equal, since nobody reads them", () => {
    expect(refusal([one, { ...other, bestEffort: true, priority: 2 }])).toBe("accepted");
  });

  test("a time slice of nothing is refused", () => {
    expect(() => toRealTimeSet(setOf([one], { slice: 0 }))).toThrow(InputError);
  });

  test("processor work is refused where kernels follow each other at once, and shared cores where hosts wait for nobody", () => {
    expect(() => analyseTaskSet(setOf([one]), "limited-preemptive", made)).toThrow(/use "host-gap"/);
    expect(() => analyseTaskSet(setOf([one, { ...other, core: 0 }]), "host-gap", made)).toThrow(/share core 0/);
  });
});

describe("an honest no", () => {
  const heavy = [task("a", [0, 2], [10, 8], []), task("b", [0, 1], [20, 9], [])];

  test.each(["gcaps-suspend", "gcaps-busy", "round-robin-suspend", "round-robin-busy"] as const)(
    "%s says which core is asked for more than its time",
    (analysis) => {
      const { schedulable, tasks, why } = analyseTaskSet(setOf(heavy), analysis, made);
      expect(schedulable).toBe(false);
      expect(tasks[1]!.boundSeconds).toBeNull();
      expect(tasks[1]!.reachedSeconds).toBeGreaterThan(0.02);
      expect(why).toMatch(/"b" may take .* ms of the 20 ms it has; core 0 is asked for 125.0 % of its time/);
    },
  );

  test("an accelerator asked for more than its time is named, under every analysis of chains", () => {
    const chains = [task("a", [0, 2], [10, 0], [[0, 8]]), task("b", [1, 1], [20, 0], [[0, 9]])];
    for (const analysis of ["limited-preemptive", "host-gap"] as const)
      expect(analyseTaskSet(setOf(chains), analysis, made).why).toContain("the accelerator is asked for 125.0 %");
  });

  test("a task held up by one without a bound is unknown, not missed", () => {
    const tasks = [task("a", [0, 3], [10, 0], [[1, 20]]), task("b", [1, 2], [1000, 0], [[1, 1]])];
    const { tasks: rows, why } = analyseTaskSet(setOf(tasks), "gcaps-suspend", made);
    expect(rows.map(({ verdict }) => verdict)).toEqual(["misses", "unknown"]);
    expect(why).toContain('nothing can be said of "b"');
  });

  test("tasks without deadlines have no verdict, and a set of them alone passes", () => {
    const { schedulable, tasks, why } = analyseTaskSet(setOf([{ ...one, bestEffort: true }]), "gcaps-busy", made);
    expect([schedulable, tasks[0]!.verdict, why]).toEqual([true, "best-effort", "no task has a deadline"]);
  });

  test("cores without tasks and sets without segments are fine under every analysis that covers them", () => {
    const set = setOf([task("a", [3, 1], [10, 1], [])], { cores: 8 });
    for (const name of Object.keys(analyses) as (keyof typeof analyses)[])
      if (name !== "limited-preemptive") expect(analyseTaskSet(set, name, made).schedulable).toBe(true);
  });
});
