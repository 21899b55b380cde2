import { type FleetSchedule, type FleetService, fleetReport, type PlanPromise } from "@partitune/schema";
import { acceptFleet, verifyFleet, verifyFleetSchedule } from "@partitune/simulator";
import { describe, expect, it } from "vitest";
import { migFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { mig, mps, responsePromise, type TestFleet, testFleet } from "./testFleet.ts";

/** An M/D/1 queue at load 0.7 in seconds: its p99 is 7.485. */
function queue(deadlineSeconds: number, promises?: readonly PlanPromise[]) {
  const services: readonly FleetService[] = [
    { name: "a", workload: "a", ratePerSecond: 0.7, deadlineSeconds, percentile: 0.99 },
  ];
  const fleet: TestFleet = {
    services,
    pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", times: [1] }] }],
    ...(promises === undefined ? {} : { promises }),
  };
  return testFleet(fleet);
}

const throughput = (target: number): PlanPromise => ({
  ...responsePromise({ name: "a", percentile: 0.99, deadlineSeconds: 1 }),
  id: "a-throughput",
  metric: "throughput_per_s",
  percentile: null,
  relation: "at-least",
  target,
});

describe("a promise of a fleet plan", () => {
  it("is kept well above the exact percentile, broken below, and undecided at it", () => {
    const verdict = (deadline: number) =>
      verifyFleet(queue(deadline), { requests: 50_000, seeds: 6 }).checks[0]!.verdict;
    expect(verdict(9)).toBe("kept");
    expect(verdict(6)).toBe("broken");
    expect(verdict(7.485)).toBe("undecided");
  });

  it("is judged over a longer run when a short one does not decide it", () => {
    const { checks, traces } = verifyFleet(queue(7.9), { seeds: 3 });
    expect(checks[0]!.verdict).toBe("kept");
    expect(traces[0]!.services[0]!.requests).toBeGreaterThan(40_000);
  });

  it("is broken when requests are never answered, with a warning", () => {
    const plan = queue(10);
    const overloaded = { ...plan, services: [{ ...plan.services[0]!, ratePerSecond: 5 }] };
    const report = verifyFleet(overloaded, { durationSeconds: 300, seeds: 2 });
    expect(report.checks[0]!.verdict).toBe("broken");
    expect(report.warnings).toMatchObject([{ code: "saturated", where: 'service "a"' }]);
  });

  it("of throughput is kept when all that is offered is answered", () => {
    const verdicts = (target: number) =>
      verifyFleet(queue(10, [throughput(target)]), { requests: 5000 }).checks[0]!.verdict;
    expect(verdicts(0.7)).toBe("kept");
    expect(verdicts(1.5)).toBe("undecided");
  });

  it("is kept where nobody sends requests", () => {
    const plan = testFleet({ services: [{ name: "idle", ratePerSecond: 0 }], pieces: [] });
    expect(verifyFleet(plan).checks).toMatchObject([{ verdict: "kept", why: "nobody sends requests" }]);
    expect(acceptFleet(plan)).toBe(true);
  });

  it("of memory is judged by what the plan expects", () => {
    const memory: PlanPromise = {
      ...throughput(2 ** 30),
      id: "a-memory",
      metric: "memory_bytes",
      relation: "at-most",
      predicted: { value: 2 ** 31, low: 2 ** 31, high: 2 ** 31 },
    };
    expect(verifyFleet(queue(10, [memory]), { requests: 1000 }).checks[0]).toMatchObject({
      verdict: "broken",
      simulated: null,
      why: "the plan needs 2 GiB, promised at most 1 GiB",
    });
  });
});

describe("a fleet report", () => {
  it("holds what its schema says and judges promises in the order of the plan", () => {
    const plan = migFleetPlan();
    const report = verifyFleet(plan, { seeds: 2, durationSeconds: 100 });
    expect(fleetReport.parse(report)).toEqual(report);
    expect(report.checks.map(({ promise }) => promise)).toEqual(plan.promises);
    expect(report.synthetic).toBe(true);
  });

  it("plays services that never meet apart, each for as long as its own rate asks", () => {
    const plan = testFleet({
      services: [
        { name: "often", ratePerSecond: 1000 },
        { name: "seldom", ratePerSecond: 1, deadlineSeconds: 9 },
      ],
      pieces: [
        { partition: mig(1, 0), tenants: [{ service: "often", times: [0.0005] }] },
        { partition: mig(1, 1), tenants: [{ service: "seldom", times: [0.5] }] },
      ],
    });
    const { traces } = verifyFleet(plan, { seeds: 2 });
    expect(traces.map(({ services }) => services.map(({ service }) => service))).toEqual([
      ["often"],
      ["often"],
      ["seldom"],
      ["seldom"],
    ]);
    for (const { services } of traces) expect(services[0]!.requests).toBeLessThan(30_000);
  });

  it("does not come from the seeds that accept", () => {
    const plan = queue(8.5);
    const fresh = verifyFleet(plan, { seeds: 2, requests: 1000 }).traces.map(({ made }) => made.seed);
    expect(fresh).toEqual(["fresh:0:0", "fresh:0:1"]);
  });

  it("needs two seeds", () => {
    expect(() => verifyFleet(queue(10), { seeds: 1 })).toThrow(/number of seeds must be a whole number from 2/);
  });
});

describe("acceptFleet", () => {
  it("takes a plan whose promises are kept, and names the services of one that breaks some", () => {
    expect(acceptFleet(queue(9))).toBe(true);
    expect(acceptFleet(queue(6))).toMatchObject({
      reject: ["a"],
      reason: expect.stringMatching(/^"a": .* of the requests simulated missed 6 s, promised at most 1 %$/),
    });
  });

  it("is not taken in by a short run that begins empty: near saturation the backlog is still to come", () => {
    const plan = queue(20);
    const loaded = { ...plan, services: [{ ...plan.services[0]!, ratePerSecond: 0.97 }] };
    expect(acceptFleet(loaded)).toMatchObject({ reject: ["a"] }); // exact p99 is 76 s
    expect(acceptFleet(loaded, { durationSeconds: 30 })).toMatchObject({ reject: ["a"] });
  });

  it("judges means and throughputs as well, and leaves memory to the plan", () => {
    const mean = (target: number): PlanPromise => ({ ...queue(target).promises[0]!, percentile: null });
    const memory: PlanPromise = { ...throughput(1), metric: "memory_bytes", relation: "at-most" };
    // M/D/1 at load 0.7: the mean is 1 + 0.7 / 0.6 = 2.17.
    expect(acceptFleet(queue(9, [mean(2.6), throughput(0.7), memory]))).toBe(true);
    expect(acceptFleet(queue(9, [mean(2)]))).toMatchObject({
      reject: ["a"],
      reason: expect.stringContaining("mean response"),
    });
    expect(acceptFleet(queue(9, [throughput(0.9)]))).toMatchObject({ reject: ["a"] });
  });

  it("takes hardly any plan that breaks its promise by 5 %, and all that keep it by 20 %, on whichever seeds", () => {
    // p99 of M/D/1 in service times at these loads (Erlang 1909)
    const exact = [
      [0.3, 2.891],
      [0.5, 4.336],
      [0.8, 11.356],
    ] as const;
    const accepted = (part: number): number =>
      exact.flatMap(([load, p99]) => {
        const given = queue(part * p99);
        const plan = { ...given, services: [{ ...given.services[0]!, ratePerSecond: load }] };
        return Array.from({ length: 6 }, (_, seed) => acceptFleet(plan, { seed })).filter((each) => each === true);
      }).length;
    expect(accepted(0.95)).toBeLessThanOrEqual(1);
    expect(accepted(1.2)).toBe(18);
  });

  it("does not take what it cannot tell from broken", () => {
    expect(acceptFleet(queue(7.485), { requests: 5000 })).toMatchObject({ reject: ["a"] });
  });

  it("rejects only those at fault among services that share a card", () => {
    const plan = testFleet({
      services: [
        { name: "tight", ratePerSecond: 60, deadlineSeconds: 0.02 },
        { name: "loose", ratePerSecond: 60, deadlineSeconds: 0.2 },
      ],
      interference: { model: "constant", slowdown: 1.1 },
      pieces: ["tight", "loose"].map((service) => ({
        partition: mps(0.5),
        tenants: [{ service, times: [0.01] }],
      })),
    });
    expect(acceptFleet(plan)).toMatchObject({ reject: ["tight"] });
  });
});

describe("a fleet schedule", () => {
  it("is judged period by period, each as if it lasted", () => {
    const { kind: _, services, gpus, promises, optimality, ...basis } = queue(9);
    const day = { services, gpus, promises, optimality, name: "day", seconds: 3600, change: null };
    const busy = services.map((service) => ({ ...service, ratePerSecond: 1.5 }));
    const schedule: FleetSchedule = {
      ...basis,
      kind: "fleet-schedule",
      periods: [day, { ...day, name: "evening", services: busy }],
      repeat: true,
      gpuSeconds: 7200,
      peakGpuSeconds: 7200,
    };
    const report = verifyFleetSchedule(schedule, { requests: 40_000, seeds: 8 });
    expect(fleetReport.parse(report)).toEqual(report);
    expect(report.checks.map(({ promise, verdict }) => [promise.id, verdict])).toEqual([
      ["day/a-response", "kept"],
      ["evening/a-response", "broken"],
    ]);
    expect(report.traces).toHaveLength(16);
  });
});
