import type { SharingComparison } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { type LaneSamples, laneOf } from "../../../packages/profiler/src/live/laneOf.ts";
import { outcomes, type StreamSamples } from "../../../packages/profiler/src/live/load.ts";

const phases: SharingComparison["phases"] = [
  { startSeconds: 0, endSeconds: 2, active: ["a"] },
  { startSeconds: 2, endSeconds: 4, active: ["a"] },
];

/** Requests: when each was due from the start of the load, and its response; null when it was given up. */
function stream(requests: readonly (readonly [due: number, response: number | null])[]): StreamSamples {
  const column = (read: (due: number, response: number | null) => number) =>
    Float64Array.from(requests, ([due, response]) => read(due, response));
  return {
    placement: "a",
    intended: column((due) => due),
    sent: column((due) => due),
    end: column((due, response) => (response === null ? Number.NaN : due + response)),
    queue: column(() => 0),
    service: column(() => 0.01),
    batch: column((_, response) => (response === null ? Number.NaN : 1)),
    outcome: Uint8Array.from(requests, ([, response]) => (response === null ? outcomes.timedOut : outcomes.answered)),
    errors: [],
  };
}

function streamOf(requests: Parameters<typeof stream>[0]) {
  const samples: LaneSamples = {
    name: "plan",
    title: "partitioned as planned",
    load: { streams: [], warmupSeconds: 1, durationSeconds: 4, timeoutSeconds: 2, seed: 1 },
    streams: [stream(requests)],
    served: [
      {
        placement: "a",
        arrivals: { kind: "poisson", ratePerSecond: 1 },
        service: { service: "a", ratePerSecond: 1, startSeconds: 0, deadlineSeconds: 0.25 },
      },
    ],
    phases,
    durationSeconds: 4,
    intervalSeconds: 1,
    confidence: 0.99,
  };
  return laneOf(samples).streams[0]!;
}

describe("laneOf", () => {
  it("leaves out the warm-up, and puts each request into the phase and the interval in which it was due", () => {
    const { phases: seen, timeline } = streamOf([
      [0.5, 9],
      [1, 0.1],
      [1.5, 0.3],
      [2.9, 0.2],
      [3, 0.4],
    ]);
    expect(seen.map(({ requests, failed, attainment }) => [requests, failed, attainment])).toEqual([
      [3, 0, 2 / 3],
      [1, 0, 0],
    ]);
    expect(timeline.map(({ seconds, requests }) => [seconds, requests])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ]);
    expect(timeline[1]!.p50).toBeCloseTo(0.2, 9);
    expect(timeline[0]!.longest).toBeCloseTo(0.3, 9);
  });

  it("gives percentiles of few requests without an interval, and the sample standard deviation", () => {
    const [first, second] = streamOf([
      [1, 0.1],
      [1.5, 0.3],
      [1.7, 0.2],
    ]).phases;
    expect(first!.p50).toEqual({ value: expect.closeTo(0.2, 9), low: null, high: null });
    expect(first!.deviationSeconds).toBeCloseTo(0.1, 9); // √((0.1² + 0.1²) / 2)
    expect(second).toEqual({ requests: 0, failed: 0, p50: null, p99: null, deviationSeconds: null, attainment: null });
  });

  it("counts requests without an answer as slower than every answer, up to the time after which they were given up", () => {
    const { phases: seen, timeline } = streamOf([
      [1, 0.1],
      [1.2, null],
      [1.4, 0.2],
    ]);
    expect(seen[0]).toMatchObject({ requests: 2, failed: 1, attainment: 2 / 3 });
    expect(seen[0]!.p99).toEqual({ value: 2, low: null, high: null });
    expect(seen[0]!.deviationSeconds).toBeCloseTo(Math.SQRT1_2 * 0.1, 9);
    expect(timeline).toEqual([{ seconds: 0, requests: 3, p50: expect.closeTo(0.2, 9), p99: 2, longest: 2 }]);
  });

  it("gives an interval where requests are many and independent", () => {
    const many = Array.from({ length: 1500 }, (_, i) => [1 + i / 1000, 0.1 + ((i * 617) % 1500) / 15000] as const);
    const { p99, p50 } = streamOf(many).phases[0]!;
    expect(p50!.low).toBeLessThan(p50!.value);
    expect(p99!.high).toBeGreaterThan(p99!.value);
    expect(p99!.high).toBeLessThanOrEqual(0.2);
  });
});
