import { seededRandom } from "@partitune/numerics";
import { playPipeline } from "@partitune/simulator";
import { delayComposition } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { randomPipeline } from "../../solver/schedulability/randomPipeline.ts";

describe.each(["preemptive", "non-preemptive"] as const)("%s pipelines", (preemption) => {
  test("never take longer than delay composition says, and some take as long", () => {
    let reached = 0;
    for (let number = 0; number < 600; number++) {
      const jobs = randomPipeline(seededRandom(`pipeline ${number}`));
      const bounds = delayComposition(jobs, preemption);
      const inNanoseconds = (seconds: number) => Math.round(seconds * 1e9);
      const delays = playPipeline(
        jobs.map(({ priority, arrivalSeconds, stageSeconds }) => ({
          priority,
          arrival: inNanoseconds(arrivalSeconds),
          stages: stageSeconds.map(inNanoseconds),
        })),
        preemption,
      );
      for (const [index, delay] of delays.entries()) {
        const bound = inNanoseconds(bounds[index]!.boundSeconds);
        expect(delay).toBeLessThanOrEqual(bound);
        if (delay === bound && delay > 0) reached++;
      }
    }
    expect(reached).toBeGreaterThan(50);
  });

  test("a job alone takes the sum of its stages", () => {
    expect(playPipeline([{ priority: 1, arrival: 5, stages: [3, 0, 4] }], preemption)).toEqual([7]);
  });
});

test("a more urgent job that comes in between is let through only where stages can be interrupted", () => {
  const jobs = [
    { priority: 1, arrival: 0, stages: [10] },
    { priority: 2, arrival: 4, stages: [3] },
  ];
  expect(playPipeline(jobs, "preemptive")).toEqual([13, 3]);
  expect(playPipeline(jobs, "non-preemptive")).toEqual([10, 9]);
});
