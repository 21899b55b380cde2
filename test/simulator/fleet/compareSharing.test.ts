import { type SharingComparison, sharingComparison } from "@partitune/schema";
import {
  type CardLawName,
  type CardTimes,
  type CompareSharingOptions,
  cardLaws,
  compareSharing,
} from "@partitune/simulator";
import { describe, expect, it } from "vitest";
import { hasPublished, publishedTimes } from "./publishedNetworks.ts";
import { mig, mps, type TestPiece, testFleet } from "./testFleet.ts";

const names = ["a", "b", "c"] as const;
/** Synthetic networks: a batch of one takes `fixed + work / share`. */
const networks = { a: [0.0015, 0.0004], b: [0.003, 0.001], c: [0.0005, 0.002] } as const;
const secondsOn = (name: (typeof names)[number], share: number): number =>
  networks[name][0] + networks[name][1] / share;

const times = new Map(
  names.map((name): [string, CardTimes] => [
    name,
    {
      ratios: [1],
      sizes: [0.2, 0.5, 1].map((share) => ({ share, batches: [{ batch: 1, seconds: secondsOn(name, share) }] })),
    },
  ]),
);

const services = names.map((name) => ({ name, ratePerSecond: 50, deadlineSeconds: 0.02 }));
const plan = testFleet({
  services,
  pieces: names.map((service, i) => ({
    partition: mig(2, 2 * i),
    tenants: [{ service, times: [secondsOn(service, 2 / 7)] }],
  })),
});
const starts = { a: { startSeconds: 0 }, b: { startSeconds: 50 }, c: { startSeconds: 100, endSeconds: 200 } };
const everyLaw = Object.keys(cardLaws) as readonly CardLawName[];

const compared = (options: Partial<CompareSharingOptions> = {}): SharingComparison =>
  compareSharing(plan, times, { seed: 1, durationSeconds: 250, starts, arrivals: "even", laws: everyLaw, ...options });

type Phase = SharingComparison["lanes"][number]["streams"][number]["phases"][number];

/** What happened to a service in a phase of a lane. */
function phaseOf({ lanes }: SharingComparison, lane: string, service: string, phase: number): Phase {
  const { streams } = lanes.find(({ name }) => name === lane)!;
  return streams.find((stream) => stream.service === service)!.phases[phase]!;
}

describe("a comparison of ways to share", () => {
  const comparison = compared();

  it("holds what its schema says, with a lane for the plan and one for each law", () => {
    expect(sharingComparison.parse(comparison)).toEqual(comparison);
    expect(comparison.lanes.map(({ name }) => name)).toEqual(["plan", ...everyLaw]);
  });

  it("has a phase between each two moments at which a service begins or ends", () => {
    expect(comparison.phases).toEqual([
      { startSeconds: 0, endSeconds: 50, active: ["a"] },
      { startSeconds: 50, endSeconds: 100, active: ["a", "b"] },
      { startSeconds: 100, endSeconds: 200, active: ["a", "b", "c"] },
      { startSeconds: 200, endSeconds: 250, active: ["a", "b"] },
    ]);
    expect(comparison.services[2]).toMatchObject({ service: "c", startSeconds: 100, endSeconds: 200 });
  });

  it("gives all lanes the same requests", () => {
    const poisson = compared({ arrivals: "poisson" });
    for (const service of names)
      for (const phase of [0, 1, 2, 3])
        expect(new Set(poisson.lanes.map(({ name }) => phaseOf(poisson, name, service, phase).requests)).size).toBe(1);
    expect(phaseOf(poisson, "plan", "c", 0).requests).toBe(0);
    expect(phaseOf(poisson, "plan", "c", 2).requests).toBeGreaterThan(4500);
    expect(phaseOf(poisson, "plan", "c", 3).requests).toBe(0);
  });

  it("has no spread at all for even arrivals on MIG instances, whoever else runs", () => {
    for (const [service, phases] of [
      ["a", [0, 1, 2, 3]],
      ["b", [1, 2, 3]],
      ["c", [2]],
    ] as const)
      for (const phase of phases) {
        const { p50, p99, deviationSeconds, attainment } = phaseOf(comparison, "plan", service, phase);
        expect(deviationSeconds).toBe(0);
        expect([p50!.value, p99!.value]).toEqual([secondsOn(service, 2 / 7), secondsOn(service, 2 / 7)]);
        expect(attainment).toBe(1);
      }
  });

  it("is calm under every law while one service runs, and fluctuates once a second does", () => {
    for (const law of everyLaw) {
      expect(phaseOf(comparison, law, "a", 0)).toMatchObject({
        deviationSeconds: 0,
        p50: { value: secondsOn("a", 1) },
      });
      expect(phaseOf(comparison, law, "a", 1).deviationSeconds).toBeGreaterThan(1e-5);
      expect(phaseOf(comparison, law, "a", 2).deviationSeconds).toBeGreaterThan(
        phaseOf(comparison, law, "a", 1).deviationSeconds!,
      );
    }
  });

  it("lends idle parts: the median without partitions is lower than on a part of the card", () => {
    for (const service of names)
      expect(phaseOf(comparison, "mps-fair", service, 2).p50!.value).toBeLessThan(
        phaseOf(comparison, "plan", service, 2).p50!.value,
      );
  });

  it("lies between lending and taking turns, whatever is mixed of both", () => {
    const poisson = compared({ arrivals: "poisson" });
    for (const service of names) {
      const [fair, mixed, alternate] = ["mps-fair", "mps-mixed", "mps-alternate"].map(
        (law) => phaseOf(poisson, law, service, 2).p99!.value,
      );
      expect(mixed).toBeGreaterThan(fair!);
      expect(alternate).toBeGreaterThan(mixed!);
    }
  });

  it("tells every interval with requests, and nothing of those without", () => {
    const { streams } = comparison.lanes[0]!;
    expect(comparison.intervalSeconds).toBe(1);
    expect(streams[0]!.timeline).toHaveLength(250);
    expect(streams[2]!.timeline[0]!.seconds).toBe(100);
    expect(streams[2]!.timeline.at(-1)!.seconds).toBe(199);
    for (const { p50, p99, longest } of comparison.lanes[1]!.streams[1]!.timeline) {
      expect(p50).toBeLessThanOrEqual(p99);
      expect(p99).toBeLessThanOrEqual(longest);
    }
    const counted = streams[1]!.timeline.reduce((sum, { requests }) => sum + requests, 0);
    expect(counted).toBe(streams[1]!.phases.reduce((sum, { requests }) => sum + requests, 0));
  });

  it("is the same for the same seed", () => {
    expect(compared()).toEqual(comparison);
  });
});

describe("time slicing", () => {
  it("gives each process turns of 2 ms: two batches of 5 ms that begin together take 9 and 10 ms", () => {
    const slow = new Map(
      ["a", "b"].map((name): [string, CardTimes] => [
        name,
        { ratios: [1], sizes: [{ share: 1, batches: [{ batch: 1, seconds: 0.005 }] }] },
      ]),
    );
    const both = testFleet({
      services: ["a", "b"].map((name) => ({ name, ratePerSecond: 1 })),
      pieces: ["a", "b"].map((service) => ({ partition: mps(0.5), tenants: [{ service, times: [0.005] }] })),
    });
    const at = { kind: "recorded", times: [0.5], repeat: false } as const;
    const comparison = compareSharing(both, slow, {
      seed: 1,
      durationSeconds: 1,
      arrivals: { a: at, b: at },
      laws: ["time-slice"],
    });
    const longest = comparison.lanes[1]!.streams.map(({ timeline }) => timeline[0]!.longest);
    expect(longest[0]).toBeCloseTo(0.009, 9);
    expect(longest[1]).toBeCloseTo(0.01, 9);
  });
});

describe("what cannot be compared is refused", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "a service that begins after the end",
      () => compared({ starts: { a: { startSeconds: 300 } } }),
      /service "a" is to get requests from 300 s to 250 s/,
    ],
    [
      "a service that ends before it begins",
      () => compared({ starts: { a: { startSeconds: 9, endSeconds: 5 } } }),
      /from 9 s to 5 s/,
    ],
    ["starts of strangers", () => compared({ starts: { z: { startSeconds: 0 } } }), /"z" name no service/],
    ["a speed-up by company", () => compared({ slowdown: 0.9 }), /slowdown must be a factor of at least 1/],
    ["no time", () => compared({ durationSeconds: 0 }), /duration must be a time above 0 s/],
    ["more requests than memory", () => compared({ durationSeconds: 1e6, starts: {} }), /million requests/],
    [
      "a workload of unknown speed",
      () => compareSharing(plan, new Map(), { seed: 1, durationSeconds: 10 }),
      /workload "a" has no times on the whole card/,
    ],
    [
      "a law that asks for parts of the card",
      () => {
        const whole = new Map(
          [...times].map(([name, { sizes, ratios }]) => [name, { ratios, sizes: sizes.slice(-1) }]),
        );
        return compareSharing(plan, whole, { seed: 1, durationSeconds: 10, laws: ["mps-fair"] });
      },
      /only known on the whole card, but "default MPS, idle parts are lent \(optimistic\)" asks/,
    ],
    [
      "larger batches than were measured",
      () => {
        const larger = testFleet({
          services: [{ name: "a", ratePerSecond: 50 }],
          pieces: [{ partition: mig(1, 0), tenants: [{ service: "a", times: [0.01, 0.02] }] }],
        });
        return compareSharing(larger, times, { seed: 1, durationSeconds: 10 });
      },
      /batches of up to 2 of "a" are in the plan, but on the whole card it was only measured up to 1/,
    ],
    [
      "a plan for nobody",
      () =>
        compareSharing(testFleet({ services: [{ name: "a", ratePerSecond: 0 }], pieces: [] }), times, {
          seed: 1,
          durationSeconds: 1,
        }),
      /has no service that gets requests/,
    ],
  ])("%s", (_, compare, message) => {
    expect(compare).toThrow(message);
  });
});

/**
 * ResNet50 and VGG16 as measured on slices of an A100, ResNet18 taken as 0.42 of ResNet50, 50 requests/s each, batches of one. The expected
 * numbers, in ms, come from a separate simulation of the same set-up; random streams and clocks differ.
 */
describe.skipIf(!hasPublished)("three published networks on one device (needs ../shared/data/parvagpu)", () => {
  const models = ["resnet18", "resnet50", "vgg16"] as const;
  const seconds = (model: (typeof models)[number], slices: number): number =>
    model === "resnet18"
      ? 0.42 * publishedTimes("resnet50", slices, 1, 1)[0]!
      : publishedTimes(model, slices, 1, 1)[0]!;

  /** @param pieces  slices and start of each network's instance */
  function compare(
    pieces: readonly (readonly [slices: 1 | 2 | 4, start: number])[],
    sizes: readonly number[],
    arrivals: "even" | "poisson",
  ) {
    const plan = testFleet({
      services: models.map((name) => ({ name, ratePerSecond: 50 })),
      pieces: pieces.map(
        ([slices, start], i): TestPiece => ({
          partition: mig(slices, start),
          tenants: [{ service: models[i]!, times: [seconds(models[i]!, slices)] }],
        }),
      ),
    });
    const known = new Map(
      models.map((model): [string, CardTimes] => [
        model,
        {
          ratios: [1],
          sizes: sizes.map((size) => ({
            share: size / sizes.at(-1)!,
            batches: [{ batch: 1, seconds: seconds(model, size) }],
          })),
        },
      ]),
    );
    const laws = ["mps-fair", "mps-alternate", ...(arrivals === "even" ? [] : (["mps-mixed"] as const))] as const;
    return compareSharing(plan, known, {
      seed: "picture",
      durationSeconds: arrivals === "even" ? 600 : 2000,
      arrivals,
      laws,
    });
  }

  const onA100 = [
    [1, 6],
    [2, 4],
    [4, 0],
  ] as const;
  const onThree = [
    [1, 0],
    [1, 1],
    [1, 2],
  ] as const;

  const milliseconds = (comparison: SharingComparison, lane: string, quantile: "p50" | "p99") =>
    models.map((model) => 1000 * phaseOf(comparison, lane, model, 0)[quantile]!.value);

  function expectNear(found: readonly number[], expected: readonly number[], part: number): void {
    found.forEach((value, i) => {
      expect(Math.abs(value / expected[i]! - 1), `${value} against ${expected[i]}`).toBeLessThan(part);
    });
  }

  /** Variances of all networks, ms²; printed to two digits, so half a unit of the last is allowed beside 5 %. */
  function expectVariances(
    comparison: SharingComparison,
    lane: string,
    expected: readonly (readonly [number, number])[],
  ): void {
    models.forEach((model, i) => {
      const [variance, unit] = expected[i]!;
      const found = (1000 * phaseOf(comparison, lane, model, 0).deviationSeconds!) ** 2;
      expect(Math.abs(found - variance), `${found} against ${variance}`).toBeLessThan(0.05 * variance + unit / 2);
    });
  }

  it("an A100 with even arrivals: no spread on instances of 1, 2 and 4 slices, a fluctuating default MPS", () => {
    const comparison = compare(onA100, [1, 2, 3, 4, 7], "even");
    expectNear(milliseconds(comparison, "plan", "p50"), [2.13, 4.69, 2.19], 0.005);
    for (const model of models) expect(phaseOf(comparison, "plan", model, 0).deviationSeconds).toBe(0);
    expectNear(milliseconds(comparison, "mps-fair", "p50"), [1.96, 4.7, 1.51], 0.05);
    expectNear(milliseconds(comparison, "mps-fair", "p99"), [2.2, 5.1, 2.2], 0.05);
    expectVariances(comparison, "mps-fair", [
      [0.007, 0.001],
      [0.013, 0.001],
      [0.036, 0.001],
    ]);
    expectNear(milliseconds(comparison, "mps-alternate", "p50"), [1.96, 5, 1.51], 0.05);
    expectNear(milliseconds(comparison, "mps-alternate", "p99"), [5.8, 8.7, 4.9], 0.05);
    expectVariances(comparison, "mps-alternate", [
      [1.15, 0.01],
      [1.5, 0.01],
      [0.83, 0.01],
    ]);
  });

  it("a device of three slices with even arrivals", () => {
    const comparison = compare(onThree, [1, 2, 3], "even");
    expectNear(milliseconds(comparison, "plan", "p50"), [2.13, 5.08, 8.11], 0.005);
    for (const model of models) expect(phaseOf(comparison, "plan", model, 0).deviationSeconds).toBe(0);
    expectNear(milliseconds(comparison, "mps-fair", "p50"), [2, 4.8, 2.8], 0.05);
    expectNear(milliseconds(comparison, "mps-fair", "p99"), [2.3, 5.4, 5.8], 0.05);
    expectVariances(comparison, "mps-fair", [
      [0.016, 0.001],
      [0.048, 0.001],
      [0.83, 0.01],
    ]);
    expectNear(milliseconds(comparison, "mps-alternate", "p50"), [2.1, 5.5, 3], 0.06); // printed to two digits
    expectNear(milliseconds(comparison, "mps-alternate", "p99"), [6.4, 10.1, 7.9], 0.05);
    expectVariances(comparison, "mps-alternate", [
      [1.55, 0.01],
      [2.63, 0.01],
      [2.19, 0.01],
    ]);
  });

  it("a device of three slices with Poisson arrivals: too small a piece has a longer tail than default MPS", () => {
    const comparison = compare(onThree, [1, 2, 3], "poisson");
    expectNear(milliseconds(comparison, "plan", "p50"), [2.13, 5.08, 8.11], 0.05);
    expectNear(milliseconds(comparison, "plan", "p99"), [4.2, 13.5, 28.8], 0.05);
    expectNear(milliseconds(comparison, "mps-fair", "p50"), [2, 4.9, 3], 0.05);
    expectNear(milliseconds(comparison, "mps-fair", "p99"), [4.2, 12.9, 9.3], 0.05);
    expectNear(milliseconds(comparison, "mps-alternate", "p50"), [2.8, 6.9, 3.7], 0.05);
    expectNear(milliseconds(comparison, "mps-alternate", "p99"), [11.1, 23.5, 14.4], 0.05);
    const [fair, mixed, alternate] = ["mps-fair", "mps-mixed", "mps-alternate"].map((lane) =>
      milliseconds(comparison, lane, "p99"),
    );
    models.forEach((_, i) => {
      expect(mixed![i]).toBeGreaterThan(fair![i]!);
      expect(mixed![i]).toBeLessThan(alternate![i]!);
    });
  });
});
