import { type Arrivals, InputError, trace as traceSchema } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { type SimulateOptions, simulate } from "../../packages/simulator/src/index.ts";
import { responsePromise, type TestPlacement, testPlan } from "./testPlan.ts";

const resnet: TestPlacement = {
  workload: "resnet",
  partition: { kind: "cpu-share", share: 0.5 },
  service: [0.01, 0.016, 0.022, 0.028],
  ratios: [0.9, 1, 1.05, 1.4],
  ratePerSecond: 80,
};
const bert: TestPlacement = {
  workload: "bert",
  service: [0.02],
  ratePerSecond: 20,
  partition: { kind: "core-set", cores: [3] },
};

describe("a trace", () => {
  const plan = testPlan([resnet, bert], [responsePromise("resnet", 0.1, 0.97), responsePromise("bert", 0.2)]);
  const trace = simulate(plan, { seed: 7, durationSeconds: 300, warmupSeconds: 20 });
  const [first, second] = trace.streams;

  it("is one that its schema accepts, and says what it is", () => {
    expect(traceSchema.parse(trace)).toEqual(trace);
    expect(trace).toMatchObject({
      source: "simulated",
      durationSeconds: 300,
      warmupSeconds: 20,
      confidence: 0.99,
      synthetic: true,
    });
    expect(trace.made).toEqual({ ...plan.made, seed: 7 });
  });

  it("has a stream per placement, in the plan's order", () => {
    expect(trace.streams.map(({ placement, workload }) => [placement, workload])).toEqual([
      ["resnet-0", "resnet"],
      ["bert-0", "bert"],
    ]);
  });

  it("tells the promised percentiles of each workload", () => {
    expect(first!.promised.map(({ percentile }) => percentile)).toEqual([0.97]);
    expect(second!.promised).toEqual([{ percentile: 0.99, response: second!.response.p99 }]);
  });

  it("adds up", () => {
    expect(first!.requests).toBe(Math.round(first!.offeredPerSecond * 300));
    expect(first!.queueMeanSeconds + first!.serviceMeanSeconds).toBeCloseTo(first!.response.mean, 12);
    const inBatches = first!.batchCounts.reduce((total, count, i) => total + count * (i + 1), 0);
    expect(Math.abs(inBatches - first!.requests)).toBeLessThan(10);
    expect(second!.busyFraction).toBeCloseTo(second!.completedPerSecond * 0.02, 3);
    expect(first!.failed).toBe(0);
    expect(first!.saturated).toBe(false);
  });

  it("draws a distribution that rises from the fastest request to the slowest", () => {
    const { distribution } = first!;
    expect(distribution[0]!.probability).toBe(0);
    expect(distribution.at(-1)!.probability).toBe(1);
    distribution.slice(1).forEach((point, i) => {
      expect(point.probability).toBeGreaterThan(distribution[i]!.probability);
      expect(point.seconds).toBeGreaterThanOrEqual(distribution[i]!.seconds);
    });
    expect(distribution.find(({ probability }) => probability === 0.9)!.seconds).toBe(first!.response.p90!.value);
  });
});

describe("randomness", () => {
  const run = (placements: readonly TestPlacement[], seed: string | number) =>
    simulate(testPlan(placements), { seed, durationSeconds: 60 }).streams;

  it("is fixed by the seed", () => {
    expect(run([resnet, bert], 1)).toEqual(run([resnet, bert], 1));
    expect(run([resnet], 1)).not.toEqual(run([resnet], 2));
    expect(run([resnet], 1)).not.toEqual(run([resnet], "1"));
  });

  it("of one placement does not depend on the others", () => {
    expect(run([bert, resnet], 1)[1]).toEqual(run([resnet], 1)[0]);
  });

  it("of the arrivals does not depend on the service", () => {
    const faster = { ...resnet, service: resnet.service.map((seconds) => seconds / 2) };
    expect(run([faster], 1)[0]!.requests).toBe(run([resnet], 1)[0]!.requests);
  });
});

describe("the length of a run", () => {
  const slow = { ...bert, ratePerSecond: 4 };

  it("can be given in requests of the slowest stream", () => {
    const trace = simulate(testPlan([resnet, slow]), { seed: 1, requests: 2000 });
    expect(trace.durationSeconds).toBe(500);
    expect(trace.warmupSeconds).toBe(50);
    expect(Math.abs(trace.streams[1]!.requests - 2000)).toBeLessThan(4 * Math.sqrt(2000));
  });

  it("has a limit where streams differ widely in rate", () => {
    const [rare, often] = [
      { ...bert, ratePerSecond: 0.01 },
      { ...resnet, ratePerSecond: 499.99, service: [0.0001] },
    ];
    expect(simulate(testPlan([rare, often]), { seed: 1 }).durationSeconds).toBe(10_000);
  });

  it("is long enough for the promised percentile of a moderately loaded placement by default", () => {
    const trace = simulate(testPlan([slow], [responsePromise("bert", 1, 0.999)]), { seed: 1 });
    expect(trace.durationSeconds).toBe((40 * 5296) / 4);
    expect(trace.streams[0]!.promised[0]!.response).not.toBeNull();
  });
});

describe("names of the language itself", () => {
  it("are names like any others", () => {
    const odd = { ...resnet, workload: "constructor", id: "toString" };
    const [stream] = simulate(testPlan([odd]), { seed: 1, durationSeconds: 10 }).streams;
    expect(stream).toMatchObject({ workload: "constructor", placement: "toString" });
    const whole = { ...odd, partition: { kind: "whole" } } as const;
    expect(simulate(testPlan([whole]), { seed: 1, durationSeconds: 10, sharing: { law: "fair" } }).streams.length).toBe(
      1,
    );
  });
});

describe("arrivals", () => {
  const even: Arrivals = { kind: "periodic", ratePerSecond: 10, jitter: 0, offsetSeconds: 0 };
  const run = (arrivals: Readonly<Record<string, Arrivals>>, placements: readonly TestPlacement[] = [resnet]) =>
    simulate(testPlan(placements), { seed: 1, durationSeconds: 100, warmupSeconds: 0, arrivals }).streams;

  it("are Poisson at the demanded rate unless given", () => {
    expect(run({})[0]).toEqual(run({ resnet: { kind: "poisson", ratePerSecond: 80 } })[0]);
  });

  it("are found by the placement before the workload", () => {
    expect(run({ resnet: even })[0]!.requests).toBe(1000);
    expect(run({ resnet: even, "resnet-0": { ...even, ratePerSecond: 20 } })[0]!.requests).toBe(2000);
  });

  it("of a recording that ends leave the rest of the window empty", () => {
    const [stream] = run({ resnet: { kind: "recorded", times: [1, 1, 2], repeat: false } });
    expect(stream).toMatchObject({ requests: 3, saturated: false, offeredPerSecond: 0.03 });
    expect(stream!.batchCounts.slice(0, 2)).toEqual([1, 1]);
    expect(stream!.response.p50).toBeNull();
  });

  it("may leave the window without any request", () => {
    const [stream] = run({ resnet: { kind: "recorded", times: [500], repeat: false } });
    expect(stream).toMatchObject({
      requests: 0,
      distribution: [],
      busyFraction: 0,
      queueMeanSeconds: 0,
      saturated: false,
    });
  });

  it("of several placements of one workload are given one by one", () => {
    const twice = [resnet, { ...resnet, id: "resnet-1" }];
    expect(run({ "resnet-0": even, "resnet-1": even }, twice).map(({ requests }) => requests)).toEqual([1000, 1000]);
    expect(() => run({}, twice)).toThrow('workload "resnet" has several placements, so its arrivals must be divided');
  });
});

describe("sharing", () => {
  const whole = (workload: string, ratePerSecond: number): TestPlacement => ({
    workload,
    service: [0.01],
    ratePerSecond,
  });
  const plan = testPlan([whole("a", 30), whole("b", 30)]);
  const mean = (sharing: SimulateOptions["sharing"]) =>
    simulate(plan, { seed: 1, durationSeconds: 500, ...(sharing === undefined ? {} : { sharing }) }).streams[0]!
      .response.mean;

  it("slows placements down by taking turns, and less so when they lend what they cannot use", () => {
    const alternate = mean({ law: "alternate" });
    const fair = mean({ law: "fair", scaling: { a: [{ share: 0.6, speed: 1 }], b: [{ share: 0.6, speed: 1 }] } });
    expect(mean(undefined)).toBeLessThan(fair);
    expect(fair).toBeLessThan(alternate);
    expect(mean({ law: "fair" })).toBeCloseTo(alternate, 9); // both can use all four cores, so an even part is half the speed
    expect(mean({ law: "isolated" })).toBe(mean(undefined));
    expect(mean({ law: "alternate", interference: 0.1 })).toBeGreaterThan(alternate);
  });

  it("matches the stretch of a processor that divides itself among all jobs", () => {
    // M/M/1 with processor sharing: mean = s/(1 − ρ), whatever the service distribution (Kleinrock 1967). Forty light stations rarely hold two
    // jobs each, so they come close.
    const many = Array.from({ length: 12 }, (_, i) => whole(`w${i}`, 5));
    const streams = simulate(testPlan(many), { seed: 2, durationSeconds: 3000, sharing: { law: "alternate" } }).streams;
    const average = streams.reduce((total, stream) => total + stream.response.mean, 0) / many.length;
    expect(average / (0.01 / (1 - 0.6))).toBeGreaterThan(0.9);
    expect(average / (0.01 / (1 - 0.6))).toBeLessThan(1.02);
  });
});

describe("bad input is refused with the reason and what to do", () => {
  const run = (placement: TestPlacement, options: Partial<SimulateOptions> = {}) =>
    simulate(testPlan([placement]), { seed: 1, durationSeconds: 1, ...options });
  const noDemand: TestPlacement = { workload: "a", service: [0.01] };
  const recorded = (times: readonly number[], repeat: boolean): Readonly<Record<string, Arrivals>> => ({
    resnet: { kind: "recorded", times, repeat },
  });
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    [
      "arrivals for nobody",
      () => run(resnet, { arrivals: { vgg: { kind: "poisson", ratePerSecond: 1 } } }),
      'arrivals "vgg" name neither a placement nor a workload of the plan; use one of "resnet-0", "resnet"',
    ],
    ["no arrivals at all", () => run(noDemand), 'workload "a" has neither arrivals nor a demand; give its arrivals'],
    [
      "recorded times that go back",
      () => run(resnet, { arrivals: recorded([1, 3, 2], false) }),
      'arrivals of "resnet" go back at recorded time 3: 2 s after 3 s; sort them',
    ],
    [
      "a recording without length to repeat",
      () => run(resnet, { arrivals: recorded([1, 1], true) }),
      'arrivals of "resnet" repeat a recording of no length',
    ],
    [
      "a rate that is not positive",
      () => run(resnet, { arrivals: { resnet: { kind: "poisson", ratePerSecond: 0 } } }),
      'arrivals of "resnet" cannot be read: ratePerSecond',
    ],
    [
      "a worker that is free before it answers",
      () => run({ ...resnet, occupancy: [0.01, 0.01, 0.03, 0.03] }),
      'service of placement "resnet-0" frees the worker before a batch of 2 is answered',
    ],
    [
      "a window without length",
      () => run(resnet, { durationSeconds: 0 }),
      "duration must be a finite number above 0, got 0 s",
    ],
    [
      "a negative warm-up",
      () => run(resnet, { warmupSeconds: -1 }),
      "warm-up must be a finite time from 0 s on, got -1",
    ],
    [
      "two lengths",
      () => run(resnet, { requests: 10 }),
      "length is given both in seconds and in requests; give one of them",
    ],
    ["a confidence of one", () => run(resnet, { confidence: 1 }), "confidence must lie between 0 and 1, got 1"],
    [
      "an unknown law",
      () => run(resnet, { sharing: { law: "random" as "fair" } }),
      'sharing law "random" is not known; choose one of isolated, fair, alternate',
    ],
    [
      "sharing by a placement with its own partition",
      () => run(resnet, { sharing: { law: "fair" } }),
      'placement "resnet-0" runs on a partition of its own (cpu-share:0.5) and shares nothing',
    ],
    [
      "scaling of a stranger",
      () => run({ ...resnet, partition: { kind: "whole" } }, { sharing: { law: "fair", scaling: { vgg: [] } } }),
      'scaling of "vgg" is given, but the plan places no such workload',
    ],
    [
      "negative interference",
      () => run({ ...resnet, partition: { kind: "whole" } }, { sharing: { law: "fair", interference: -0.1 } }),
      "interference must be a finite number from 0 on, got -0.1",
    ],
  ];
  for (const [what, attempt, message] of cases) {
    it(what, () => {
      expect(attempt).toThrow(InputError);
      expect(attempt).toThrow(message);
    });
  }

  it("a service table with a gap", () => {
    const plan = testPlan([resnet]);
    const [service] = plan.service;
    const gap = { ...plan, service: [{ ...service!, batches: service!.batches.filter(({ batch }) => batch !== 3) }] };
    expect(() => simulate(gap, { seed: 1 })).toThrow(
      'service of placement "resnet-0" has no batch of 3; list every size from 1 to 4, since a worker takes what is waiting',
    );
    expect(() => simulate({ ...plan, service: [] }, { seed: 1 })).toThrow(
      'placement "resnet-0" has no service times in the plan',
    );
  });
});
