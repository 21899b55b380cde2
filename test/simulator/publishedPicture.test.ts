import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Arrivals, StreamTrace } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { type ScalingPoint, type Sharing, simulate } from "../../packages/simulator/src/index.ts";
import { type TestPlacement, testPlan } from "./testPlan.ts";

/**
 * ResNet50 and VGG16 as measured on slices of an A100 (public profile of ParvaGPU, SC'24), ResNet18 taken as 0.42 of ResNet50, 50 requests/s
 * each, batches of one. The expected numbers come from a separate simulation of the same set-up; they
 * are compared within 5 %, since random streams differ.
 */
const folder = fileURLToPath(new URL("../../../shared/data/parvagpu/prof_data/", import.meta.url));
const present = existsSync(folder);

/** Seconds per batch of one on 1, 2, 3, 4, 7 slices, one process. */
function profileOf(model: string): ReadonlyMap<number, number> {
  const rows = readFileSync(`${folder}${model}.csv`, "utf8").trim().split("\n").slice(1);
  return new Map(
    rows
      .map((row) => row.split(",").map(Number))
      .filter(([, batch, processes]) => batch === 1 && processes === 1)
      .map(([slices, , , throughput]) => [slices!, 1 / throughput!]),
  );
}

interface Network {
  readonly name: string;
  readonly seconds: (slices: number) => number;
}

function networks(): readonly Network[] {
  const resnet50 = profileOf("resnet50");
  const vgg16 = profileOf("vgg16");
  return [
    { name: "resnet18", seconds: (slices) => 0.42 * resnet50.get(slices)! },
    { name: "resnet50", seconds: (slices) => resnet50.get(slices)! },
    { name: "vgg16", seconds: (slices) => vgg16.get(slices)! },
  ];
}

const periodic = (i: number): Arrivals => ({
  kind: "periodic",
  ratePerSecond: 50 + 0.017 * i, // no two clients have quite the same clock
  jitter: 0.1,
  offsetSeconds: 0.003 * i,
});
const poisson = (): Arrivals => ({ kind: "poisson", ratePerSecond: 50 });

function run(slices: readonly number[], arrivals: (i: number) => Arrivals, sharing?: Sharing): readonly StreamTrace[] {
  const all = networks();
  const placements: TestPlacement[] = all.map(({ name, seconds }, i) => ({
    workload: name,
    service: [seconds(slices[i]!)],
  }));
  const trace = simulate(testPlan(placements), {
    seed: "picture",
    durationSeconds: 2000,
    arrivals: Object.fromEntries(all.map(({ name }, i) => [name, arrivals(i)])),
    ...(sharing === undefined ? {} : { sharing }),
  });
  return trace.streams;
}

/** Speed on one and two of three slices relative to all three. */
function scalingOnThree(): Readonly<Record<string, readonly ScalingPoint[]>> {
  return Object.fromEntries(
    networks().map(({ name, seconds }) => {
      const best = Math.min(...[1, 2, 3].map(seconds));
      return [name, [1, 2, 3].map((slices) => ({ share: slices / 3, speed: best / seconds(slices) }))];
    }),
  );
}

const milliseconds = (streams: readonly StreamTrace[], quantile: "p50" | "p99"): readonly number[] =>
  streams.map((stream) => 1000 * stream.response[quantile]!.value);

function expectNear(found: readonly number[], expected: readonly number[], part = 0.05): void {
  found.forEach((value, i) => {
    expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(part);
  });
}

describe.skipIf(!present)("three networks at 50 requests/s on one device (needs ../shared/data/parvagpu)", () => {
  const onThree = (law: "fair" | "alternate"): Sharing => ({ law, scaling: scalingOnThree(), interference: 0.09 });

  it("have no variance at all on pieces of their own, when arrivals are even", () => {
    for (const [slices, expected] of [
      [
        [1, 2, 4],
        [2.13, 4.69, 2.19],
      ],
      [
        [1, 1, 1],
        [2.13, 5.08, 8.11],
      ],
    ] as const) {
      const streams = run(slices, periodic);
      expectNear(milliseconds(streams, "p50"), expected, 0.003);
      for (const { distribution } of streams) expect(distribution.at(-1)!.seconds).toBe(distribution[0]!.seconds);
    }
  });

  it("fluctuate as soon as they share, though arrivals are even", () => {
    const fair = run([3, 3, 3], periodic, onThree("fair"));
    const alternate = run([3, 3, 3], periodic, onThree("alternate"));
    expectNear(milliseconds(fair, "p99"), [2.3, 5.4, 5.8], 0.08);
    expectNear(milliseconds(alternate, "p99"), [6.4, 10.1, 7.9], 0.08);
  });

  it("wait in line on pieces of their own, when arrivals are random", () => {
    const streams = run([1, 1, 1], poisson);
    expectNear(milliseconds(streams, "p50"), [2.13, 5.08, 8.11]);
    expectNear(milliseconds(streams, "p99"), [4.2, 13.5, 28.8]);
  });

  it("are slower at the tail on too small a piece than without partitions, when arrivals are random", () => {
    const fair = run([3, 3, 3], poisson, onThree("fair"));
    const alternate = run([3, 3, 3], poisson, onThree("alternate"));
    expectNear(milliseconds(fair, "p50"), [2, 4.9, 3]);
    expectNear(milliseconds(alternate, "p50"), [2.8, 6.9, 3.7]);
    expectNear(milliseconds(fair, "p99"), [4.2, 12.9, 9.3]);
    expectNear(milliseconds(alternate, "p99"), [11.1, 23.5, 14.4]);
  });
});
