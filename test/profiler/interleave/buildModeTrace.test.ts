import { modeTrace } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { buildModeTrace } from "../../../packages/profiler/src/interleave/buildModeTrace.ts";
import { latenessOf } from "../../../packages/profiler/src/interleave/lateness.ts";
import type { Minibatch } from "../../../packages/profiler/src/interleave/minibatch.ts";
import { alignOrigin, type TurnSamples } from "../../../packages/profiler/src/interleave/turnSamples.ts";
import { turnWarnings } from "../../../packages/profiler/src/interleave/turnWarnings.ts";
import { outcomes, type StreamSamples } from "../../../packages/profiler/src/live/load.ts";
import { exampleModePlan } from "../../emitter/fixtures/exampleModePlan.ts";

const example = exampleModePlan();
const plan = exampleModePlan({
  inferences: [{ ...example.inferences[0]!, batch: 2, ratePerSecond: 2, windowSeconds: 1 }],
});
const context = { made: plan.made, arrivals: "even", managed: true, warmupSeconds: 1, durationSeconds: 2.5 } as const;
const origin = 1000;

/** Requests by when they were due and answered, seconds since the start of the load; NaN without an answer. */
function stream(rows: readonly (readonly [due: number, end: number])[]): StreamSamples {
  const column = (read: (row: readonly [number, number]) => number) => Float64Array.from(rows, read);
  return {
    placement: "camera",
    intended: column(([due]) => due),
    sent: column(([due]) => due),
    end: column(([, end]) => end),
    queue: column(() => 0),
    service: column(() => 0),
    batch: column(() => 2),
    outcome: Uint8Array.from(rows, ([, end]) => (Number.isNaN(end) ? outcomes.timedOut : outcomes.answered)),
    errors: [],
  };
}

function minibatch(job: string, start: number, end: number, putOff = 0): Minibatch {
  const task = job === "camera" ? "inference" : "background";
  return {
    job,
    task,
    size: 2,
    putOff,
    ready: origin + start - 0.1,
    start: origin + start,
    end: origin + end,
    service: end - start,
  };
}

const window = (closed: number, came: number) => ({
  job: "camera",
  opened: origin + closed - 1,
  closed: origin + closed,
  came,
  overflowed: came > 2,
});

const samples: TurnSamples = {
  origin,
  streams: [
    stream([
      [0.5, 1.2],
      [1.1, 2.2],
      [1.2, 2.2],
      [1.3, 3.25],
      [2.5, 3.25],
      [3.4, Number.NaN],
    ]),
  ],
  logged: {
    minibatches: [
      minibatch("backlog", 0.5, 1.5),
      minibatch("camera", 2, 2.2),
      minibatch("backlog", 2.2, 2.7),
      minibatch("backlog", 2.7, 3.1),
      minibatch("camera", 3.1, 3.25, 1),
    ],
    windows: [window(1, 1), window(2, 3), window(3, 1)],
  },
};

describe("the trace of a mode plan at work", () => {
  const trace = buildModeTrace(plan, samples, context);
  const [period] = trace.periods;

  it("is one by its schema, and of the window alone", () => {
    expect(modeTrace.parse(trace)).toEqual(trace);
    expect(trace).toMatchObject({ source: "measured", sharing: "managed", seconds: 2.5 });
    expect(period!.inferences[0]).toMatchObject({ requests: 4, waiting: 1, minibatches: 2, windows: 2, overflowed: 1 });
    expect(period!.inferences[0]!.offeredPerSecond).toBeCloseTo(2, 12);
  });

  it("counts latency from the moment a request was due, and apart what was put off to a later window", () => {
    expect(period!.inferences[0]!.worstSeconds).toBeCloseTo(3.25 - 1.3, 12);
    expect(period!.inferences[0]!.worstWithinRateSeconds).toBeCloseTo(2.2 - 1.1, 12);
    expect(period!.inferences[0]!.p50Seconds).toBeCloseTo(1.1, 12);
  });

  it("takes rates over whole windows, with minibatches at the edges in parts", () => {
    expect(period!.seconds).toBe(2);
    expect(period!.background!.minibatches).toBeCloseTo(0.5 + 1 + 0.75, 9);
    expect(period!.background!.minibatchesPerSecond).toBeCloseTo(1.125, 9);
    expect(period!.busyFraction).toBeCloseTo((0.5 + 1) / 2, 9);
  });

  it("claims no power", () => {
    expect(period).toMatchObject({ joules: null, meanWatts: null, peakWatts: 0 });
  });

  it("finds the start of the load exactly by the ends that both sides tell of", () => {
    for (const about of [origin - 0.02, origin + 0.02])
      expect(alignOrigin([stream([[1.1, 2.2]])], samples.logged, about)).toBeCloseTo(origin, 9);
    expect(alignOrigin([stream([[1.1, Number.NaN]])], samples.logged, 7)).toBe(7);
  });

  it("says how late minibatches began and how long they took", () => {
    const [camera, backlog] = latenessOf(plan, samples, context);
    expect(camera).toMatchObject({ job: "camera", minibatches: 2, expectedSeconds: 0.06 });
    expect(camera!.worstLateSeconds).toBeCloseTo(0.1, 9);
    expect(camera!.longestSeconds).toBeCloseTo(0.2, 9);
    expect(backlog).toMatchObject({ worstLateSeconds: null, minibatches: 2 });
  });

  it("warns of minibatches slower than expected, of requests without an answer, and of power that is not measured", () => {
    const promises = [{ ...plan.promises[0]!, metric: "peak_power_w", subject: "board" } as const];
    const lateness = latenessOf(plan, samples, context);
    const codes = turnWarnings({ ...plan, promises }, samples, trace, lateness, context).map(({ code }) => code);
    expect(codes).toEqual(["requests-failed", "slower-than-expected", "slower-than-expected", "power-not-measured"]);
  });

  it("warns when requests were sent late", () => {
    const late = { ...samples.streams[0]!, sent: samples.streams[0]!.intended.map((due) => due + 0.5) };
    const codes = turnWarnings(plan, { ...samples, streams: [late] }, trace, [], context).map(({ code }) => code);
    expect(codes).toContain("load-late");
  });
});
