import { trace as traceSchema } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { buildLiveTrace } from "../../../packages/profiler/src/live/buildLiveTrace.ts";
import { liveWarnings } from "../../../packages/profiler/src/live/liveWarnings.ts";
import { type LoadRequest, outcomes, type StreamSamples } from "../../../packages/profiler/src/live/load.ts";
import { examplePlacement, examplePlan } from "../../emitter/fixtures/examplePlan.ts";

interface Request {
  readonly due: number;
  readonly late?: number;
  readonly queue?: number;
  readonly service?: number;
  readonly batch?: number;
  readonly outcome?: number;
}

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00.000Z", seed: 1, inputs: [] };
const load: LoadRequest = { streams: [], warmupSeconds: 10, durationSeconds: 100, timeoutSeconds: 4, seed: 1 };
const plan = examplePlan({
  placements: [examplePlacement("a", "tiny", { kind: "cpu-share", share: 0.5 }, 2)],
  promises: [
    {
      id: "p",
      subject: "tiny",
      metric: "response_s",
      percentile: 0.9,
      relation: "at-most",
      target: 1,
      predicted: null,
    },
  ],
});

function samples(requests: readonly Request[], errors: readonly string[] = []): StreamSamples {
  const column = (read: (request: Request) => number) => Float64Array.from(requests, read);
  const isAnswered = ({ outcome }: Request) => outcome === undefined;
  const end = ({ due, queue = 0, service = 0.5 }: Request) => due + queue + service;
  return {
    placement: "a",
    intended: column(({ due }) => due),
    sent: column(({ due, late = 0 }) => due + late),
    end: column((request) => (isAnswered(request) ? end(request) : Number.NaN)),
    queue: column((request) => (isAnswered(request) ? (request.queue ?? 0) : Number.NaN)),
    service: column((request) => (isAnswered(request) ? (request.service ?? 0.5) : Number.NaN)),
    batch: column((request) => (isAnswered(request) ? (request.batch ?? 1) : Number.NaN)),
    outcome: Uint8Array.from(requests, ({ outcome }) => outcome ?? outcomes.answered),
    errors,
  };
}

const built = (requests: readonly Request[]) => buildLiveTrace(plan, load, [samples(requests)], made);
const every = (count: number, request: (i: number) => Omit<Request, "due">) =>
  Array.from({ length: count }, (_, i) => ({ due: 10 + (100 * i) / count, ...request(i) }));

describe("buildLiveTrace", () => {
  it("counts requests that were due in the window, and completions that fell into it", () => {
    const trace = built([
      { due: 9.8, queue: 0.1, service: 0.5 },
      { due: 20, queue: 1, service: 1, batch: 2 },
      { due: 20, queue: 1, service: 1, batch: 2 },
      { due: 50, service: 0.25 },
      { due: 60, outcome: outcomes.failed },
      { due: 109.9, service: 0.5 },
    ]);
    expect(traceSchema.parse(trace)).toEqual(trace);
    expect(trace.streams[0]).toMatchObject({
      placement: "a",
      workload: "tiny",
      offeredPerSecond: 5 / 100,
      completedPerSecond: 4 / 100,
      requests: 4,
      failed: 1,
      queueMeanSeconds: 0.5,
      serviceMeanSeconds: (1 + 1 + 0.25 + 0.5) / 4,
      batchCounts: [2, 1],
      saturated: false,
    });
    expect(trace.streams[0]!.busyFraction).toBeCloseTo((1 + 0.25 + 0.5) / 100, 12);
    expect(trace.streams[0]!.response.mean).toBeCloseTo((2 + 2 + 0.25 + 0.5) / 4, 12);
  });

  it("tells the percentiles that the plan promises, and none of those with too few requests", () => {
    const [stream] = built(every(400, (i) => ({ service: 0.1 + (i % 10) / 100 }))).streams;
    expect(stream!.promised).toHaveLength(1);
    expect(stream!.promised[0]).toMatchObject({ percentile: 0.9, response: { value: expect.closeTo(0.19, 9) } });
    expect(stream!.response.p99).toBeNull();
  });

  it("counts a request without an answer as slower than every answer", () => {
    const requests = every(500, (i) => (i % 4 === 0 ? { outcome: outcomes.timedOut } : { service: 0.1 }));
    const [stream] = built(requests).streams;
    expect(stream!.response.p90).toEqual({ value: 4, low: 4, high: null });
    expect(stream!.response.p50!.value).toBeCloseTo(0.1, 9);
    expect(stream!.failed).toBe(125);
  });

  it("calls a growing backlog saturated, and neither a full nor a recovering one", () => {
    const isSaturated = (request: (i: number) => Omit<Request, "due">) =>
      built(every(200, request)).streams[0]!.saturated;
    expect(isSaturated((i) => ({ batch: 2, queue: i / 40 }))).toBe(true);
    expect(isSaturated((i) => ({ batch: 2, queue: 2 + (i % 3) / 10 }))).toBe(false);
    expect(isSaturated((i) => ({ batch: i === 180 ? 1 : 2, queue: i / 40 }))).toBe(false);
    expect(isSaturated((i) => (i > 150 ? { outcome: outcomes.timedOut } : { batch: 2, queue: i / 50 }))).toBe(true);
  });

  it("stands for a stream without any answer", () => {
    const trace = built(every(10, () => ({ outcome: outcomes.failed })));
    expect(traceSchema.parse(trace).streams[0]).toMatchObject({
      requests: 0,
      failed: 10,
      distribution: [],
      saturated: false,
    });
  });
});

describe("liveWarnings", () => {
  const codes = (requests: readonly Request[], errors: readonly string[] = []) => {
    const streams = [samples(requests, errors)];
    return liveWarnings(plan, load, streams, buildLiveTrace(plan, load, streams, made)).map(({ code }) => code);
  };
  const steady = (late: number) => every(1_000, (i) => ({ service: 0.1 + (i % 7) / 100, late }));

  it("is silent about a measurement that can be trusted", () => {
    expect(codes(steady(0.001))).toEqual([]);
  });

  it("warns when requests were sent late against the median response", () => {
    expect(codes(steady(0.02))).toEqual(["load-late"]);
  });

  it("warns of failed requests in the server's words, of saturation, and of too few requests", () => {
    const failing = every(1_000, (i) => (i % 100 === 0 ? { outcome: outcomes.failed } : {}));
    expect(codes(failing, ["engine died"])).toEqual(["requests-failed"]);
    expect(codes(every(1_000, (i) => ({ batch: 2, queue: i / 100 })))).toContain("saturated");
    expect(codes(every(20, () => ({})))).toEqual(["few-samples"]);
  });
});
