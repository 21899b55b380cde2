import { type Estimate, type FleetPlan, fleetTrace, type InterferenceModel } from "@partitune/schema";
import { simulateFleet } from "@partitune/simulator";
import { describe, expect, it } from "vitest";
import { migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { mig, mps, type TestFleet, type TestTenant, testFleet } from "./testFleet.ts";

function expectWithin(estimate: Estimate | null, truth: number): void {
  expect(estimate).not.toBeNull();
  expect(estimate!.low).toBeLessThanOrEqual(truth);
  expect(estimate!.high).toBeGreaterThanOrEqual(truth);
}

/** One service on one MIG instance. */
function alone(ratePerSecond: number, tenant: Omit<TestTenant, "service">): FleetPlan {
  return testFleet({
    services: [{ name: "a", ratePerSecond }],
    pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", ...tenant }] }],
  });
}

describe("M/D/1 on a piece: responses in units of the service time, from the exact waiting-time distribution (Erlang 1909)", () => {
  it.each([
    [0.3, 1, 2.071, 2.891],
    [0.5, 1, 3.051, 4.336],
    [0.7, 1.73, 5.103, 7.485],
    [0.8, 2.276, 7.62, 11.356],
    [0.9, 4.013, 15.129, 22.898],
  ])("at load %d", (load, p50, p95, p99) => {
    const { services, pieces } = simulateFleet(alone(load, { times: [1] }), { seed: 1, requests: 800_000 });
    const { response } = services[0]!;
    expect(Math.abs(response.mean / (1 + load / (2 * (1 - load))) - 1)).toBeLessThan(0.02);
    expectWithin(response.p50, p50);
    expectWithin(response.p95, p95);
    expectWithin(response.p99, p99);
    expect(pieces[0]!.busyFraction).toBeCloseTo(load, 2);
  });
});

/** Quantiles of an exponential distribution relative to its median. */
const exponential = Array.from({ length: 4000 }, (_, i) => -Math.log(1 - (i + 0.5) / 4000) / Math.LN2);

it("M/M/2 on a piece with two processes: the mean response is 1 / (1 − ρ²) (Kleinrock, Queueing Systems 1, section 3.5)", () => {
  for (const load of [0.4, 0.8]) {
    const plan = alone(2 * load, { times: [Math.LN2], processes: 2, ratios: exponential });
    const { services } = simulateFleet(plan, { seed: 2, requests: 800_000 });
    expect(Math.abs(services[0]!.response.mean * (1 - load ** 2) - 1)).toBeLessThan(0.02);
  }
});

it("random routing by weight divides Poisson arrivals into independent M/D/1 queues", () => {
  const plan = testFleet({
    services: [{ name: "a", ratePerSecond: 1.2 }],
    pieces: [
      { partition: mig(1, 0), tenants: [{ service: "a", times: [1], ratePerSecond: 0.8 }] },
      { partition: mig(1, 1), tenants: [{ service: "a", times: [1], ratePerSecond: 0.4 }] },
    ],
  });
  const { services, pieces } = simulateFleet(plan, { seed: 3, requests: 1_000_000 });
  const mean = (load: number) => 1 + load / (2 * (1 - load));
  const expected = (2 / 3) * mean(0.8) + (1 / 3) * mean(0.4);
  expect(Math.abs(services[0]!.response.mean / expected - 1)).toBeLessThan(0.02);
  expect(pieces[0]!.tenants[0]!.requests / pieces[1]!.tenants[0]!.requests).toBeCloseTo(2, 1);
});

describe("a fleet trace", () => {
  it("is the same for the same seed, another for another, and holds what its schema says", () => {
    for (const plan of [migFleetPlan(), mpsFleetPlan()]) {
      const [first, again, other] = [1, 1, 2].map((seed) => simulateFleet(plan, { seed, durationSeconds: 50 }));
      expect(first).toEqual(again);
      expect(other).not.toEqual(first);
      expect(fleetTrace.parse(first)).toEqual(first);
    }
  });

  it("counts every request once: those of the services are those of their tenants", () => {
    const { services, pieces } = simulateFleet(migFleetPlan(), { seed: 1, durationSeconds: 200 });
    const ofTenants = pieces.flatMap(({ tenants }) => tenants).reduce((sum, { requests }) => sum + requests, 0);
    const ofServices = services.reduce((sum, { requests }) => sum + requests, 0);
    expect(ofTenants).toBe(ofServices);
    for (const { offeredPerSecond, requests, failed } of services)
      expect(offeredPerSecond).toBeCloseTo((requests + failed) / 200, 9);
  });

  it("keeps to the attainment that the response times say", () => {
    const plan = alone(0.7, { times: [1] });
    const late = { ...plan, services: [{ ...plan.services[0]!, deadlineSeconds: 5.103 }] };
    const { services } = simulateFleet(late, { seed: 1, requests: 400_000 });
    expect(services[0]!.attainment).toBeCloseTo(0.95, 2);
  });

  it("does not change for a service when others it never meets are added", () => {
    const pieces = [{ partition: mig(3, 4), tenants: [{ service: "a", times: [0.01, 0.012] }] }];
    const services = [{ name: "a", ratePerSecond: 80 }];
    const more = {
      services: [...services, { name: "b", ratePerSecond: 10 }],
      pieces: [...pieces, { partition: mig(1, 0), tenants: [{ service: "b", times: [0.01] }] }],
    };
    const [few, many] = [{ services, pieces }, more].map((fleet) =>
      simulateFleet(testFleet(fleet), { seed: 1, durationSeconds: 100 }),
    );
    expect(many!.services[0]).toEqual(few!.services[0]);
  });

  it("has no variance at all for even arrivals on a piece of one's own", () => {
    const plan = alone(50, { times: [0.0047] });
    const { services } = simulateFleet(plan, {
      seed: 1,
      durationSeconds: 200,
      arrivals: { a: { kind: "periodic", ratePerSecond: 50, jitter: 0.1, offsetSeconds: 0 } },
    });
    expect(services[0]!.distribution[0]!.seconds).toBe(0.0047);
    expect(services[0]!.distribution.at(-1)!.seconds).toBe(0.0047);
  });

  it("is slower the more neighbours slow each other down", () => {
    const fleet = (interference: InterferenceModel) =>
      testFleet({
        services: ["a", "b"].map((name) => ({ name, ratePerSecond: 60 })),
        interference,
        pieces: ["a", "b"].map((service) => ({ partition: mps(0.5), tenants: [{ service, times: [0.01] }] })),
      });
    const means = [1, 1.1, 1.3].map((slowdown) => {
      const plan = fleet({ model: "constant", slowdown });
      return simulateFleet(plan, { seed: 1, durationSeconds: 1000 }).services[0]!.response.mean;
    });
    expect(means[1]).toBeGreaterThan(means[0]!);
    expect(means[2]).toBeGreaterThan(means[1]!);
    const overruled = simulateFleet(fleet({ model: "constant", slowdown: 1.3 }), {
      seed: 1,
      durationSeconds: 1000,
      interference: { model: "none" },
    });
    expect(overruled.services[0]!.response.mean).toBeCloseTo(means[0]!, 9);
  });

  it("spreads recorded arrivals over tenants without losing or doubling one", () => {
    const times = Array.from({ length: 3000 }, (_, i) => i / 100);
    const plan = testFleet({
      services: [{ name: "a", ratePerSecond: 100 }],
      pieces: [0, 1, 2].map((start) => ({
        partition: mig(1, start),
        tenants: [{ service: "a", times: [0.001], ratePerSecond: 1 + start }],
      })),
    });
    const { services } = simulateFleet(plan, {
      seed: 1,
      durationSeconds: 40,
      warmupSeconds: 0,
      arrivals: { a: { kind: "recorded", times, repeat: false } },
    });
    expect(services[0]!.requests).toBe(3000);
  });
});

describe("services that cannot or need not be answered", () => {
  it("an overloaded service ends, has failed requests and a growing backlog", () => {
    const { services } = simulateFleet(alone(5, { times: [1] }), { seed: 1, durationSeconds: 500 });
    expect(services[0]!.saturated).toBe(true);
    expect(services[0]!.failed).toBeGreaterThan(1000);
    expect(services[0]!.completedPerSecond).toBeCloseTo(1, 1);
    expect(services[0]!.attainment).toBeLessThan(0.1);
  });

  it("an overloaded tenant that takes turns is found out as well, and does not starve the others", () => {
    const plan = testFleet({
      services: [
        { name: "much", ratePerSecond: 5 },
        { name: "little", ratePerSecond: 0.1 },
      ],
      pieces: [{ partition: mig(1, 0), tenants: ["much", "little"].map((service) => ({ service, times: [1] })) }],
    });
    const [much, little] = simulateFleet(plan, { seed: 1, durationSeconds: 2000 }).services;
    expect(much!.saturated).toBe(true);
    expect(little!.saturated).toBe(false);
    expect(little!.response.p50!.value).toBeLessThan(3);
  });

  it("a service at 0/s needs no tenant and keeps its deadline", () => {
    const plan = testFleet({
      services: [
        { name: "a", ratePerSecond: 10 },
        { name: "idle", ratePerSecond: 0 },
      ],
      pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", times: [0.01] }] }],
    });
    const idle = simulateFleet(plan, { seed: 1, durationSeconds: 10 }).services[1]!;
    expect(idle).toMatchObject({ service: "idle", requests: 0, failed: 0, attainment: 1, saturated: false });
    expect(idle.response.p99).toBeNull();
  });

  it("a tenant at 0/s is sent nothing", () => {
    const plan = testFleet({
      services: [{ name: "a", ratePerSecond: 10 }],
      pieces: [
        { partition: mig(1, 0), tenants: [{ service: "a", times: [0.01], ratePerSecond: 10 }] },
        { partition: mig(1, 1), tenants: [{ service: "a", times: [0.01], ratePerSecond: 0 }] },
      ],
    });
    const { pieces } = simulateFleet(plan, { seed: 1, durationSeconds: 20 });
    const spare = pieces.find(({ piece }) => piece === "gpu0.1")!;
    expect(spare).toMatchObject({ busyFraction: 0, tenants: [{ requests: 0, busyFraction: 0, batchMean: 0 }] });
  });

  it("a plan without cards, for nobody, is simulated as well", () => {
    const plan = testFleet({ services: [{ name: "idle", ratePerSecond: 0 }], pieces: [] });
    expect(simulateFleet(plan, { seed: 1 })).toMatchObject({ services: [{ requests: 0 }], pieces: [] });
  });
});

describe("a plan that contradicts itself or the hardware is refused", () => {
  const fine: TestFleet = {
    services: [{ name: "a", ratePerSecond: 10 }],
    pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", times: [0.01, 0.02] }] }],
  };
  const simulated = (changes: Partial<TestFleet>) => () =>
    simulateFleet(testFleet({ ...fine, ...changes }), { seed: 1, durationSeconds: 1 });

  it.each<[string, Partial<TestFleet>, RegExp]>([
    [
      "pieces that overlap",
      {
        pieces: [
          { partition: mig(3, 4), tenants: [{ service: "a", times: [0.01] }] },
          { partition: mig(1, 6), tenants: [{ service: "a", times: [0.01] }] },
        ],
      },
      /GPU "gpu0" cannot be cut so: .*slice 6/,
    ],
    [
      "shares beyond the card",
      { pieces: [0.7, 0.4].map((share) => ({ partition: mps(share), tenants: [{ service: "a", times: [0.01] }] })) },
      /GPU "gpu0" cannot be cut so: .*110 %/,
    ],
    [
      "a card that is whole twice",
      {
        pieces: [0, 1].map(() => ({ partition: { kind: "whole" }, tenants: [{ service: "a", times: [0.01] }] })),
      },
      /several pieces that each take the whole/,
    ],
    [
      "a tenant of no service",
      { pieces: [{ partition: mig(1, 0), tenants: [{ service: "b", times: [0.01] }] }] },
      /answers "b", which is no service of the plan; name one of "a"/,
    ],
    [
      "names that stand twice",
      {
        pieces: [0, 1].map((start) => ({
          partition: mig(1, start),
          tenants: [{ id: "same", service: "a", times: [0.01] }],
        })),
      },
      /tenant "same" stands in the plan twice/,
    ],
    [
      "requests that nobody is sent",
      { pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", times: [0.01], ratePerSecond: 0 }] }] },
      /service "a" gets requests, but no tenant of the plan is sent any/,
    ],
    ["requests that no tenant answers", { pieces: [] }, /service "a" gets requests, but no tenant/],
    [
      "a process that is free before it answers",
      { pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", times: [0.02], occupancy: [0.01] }] }] },
      /frees the process before a batch of 1 is answered/,
    ],
  ])("%s", (_, changes, message) => {
    expect(simulated(changes)).toThrow(message);
  });

  it("a table with gaps", () => {
    const plan = testFleet(fine);
    const [gpu] = plan.gpus;
    const [piece] = gpu!.pieces;
    const [tenant] = piece!.tenants;
    const expected = { ...tenant!.expected, batches: tenant!.expected.batches.slice(1) };
    const gpus = [{ ...gpu!, pieces: [{ ...piece!, tenants: [{ ...tenant!, expected }] }] }];
    expect(() => simulateFleet({ ...plan, gpus }, { seed: 1 })).toThrow(
      /has no batch of 1; list every size from 1 to 2/,
    );
  });

  it("a card of a kind that is not described", () => {
    const plan = testFleet(fine);
    const gpus = plan.gpus.map((gpu) => ({ ...gpu, device: "other" }));
    expect(() => simulateFleet({ ...plan, gpus }, { seed: 1 })).toThrow(
      /is of a kind that the plan does not describe, "other"/,
    );
  });

  it("options out of range, and arrivals of strangers", () => {
    const plan = testFleet(fine);
    const poisson = { kind: "poisson", ratePerSecond: 1 } as const;
    expect(() => simulateFleet(plan, { seed: 1, durationSeconds: 0 })).toThrow(/duration must be/);
    expect(() => simulateFleet(plan, { seed: 1, confidence: 1 })).toThrow(/confidence must lie/);
    expect(() => simulateFleet(plan, { seed: 1, durationSeconds: 1, requests: 1 })).toThrow(/both in seconds and/);
    expect(() => simulateFleet(plan, { seed: 1, arrivals: { b: poisson } })).toThrow(/arrivals "b" name no service/);
  });
});
