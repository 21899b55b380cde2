import { verifyFleet } from "@partitune/simulator";
import { describe, expect, it } from "vitest";
import { hasPublished, publishedLines, publishedTimes } from "./publishedNetworks.ts";
import { mig, type TestPiece, testFleet } from "./testFleet.ts";

interface Segment {
  readonly gpu: string;
  readonly model: string;
  readonly slices: 1 | 2 | 3 | 4 | 7;
  readonly start: number;
  readonly processes: number;
  readonly times: readonly number[];
  /** Requests per second of full batches. */
  readonly capacity: number;
}

/** The published plan of one scenario, its segments at legal starts. */
function segmentsOf(scenario: number): readonly Segment[] {
  return publishedLines("derived_legal_placement.csv")
    .filter(([of]) => Number(of) === scenario)
    .map(([, node, gpu, model = "", slices, batch, processes, , start]) => {
      const times = publishedTimes(model, Number(slices), Number(processes), Number(batch));
      return {
        gpu: `${node}.${gpu}`,
        model,
        slices: Number(slices) as Segment["slices"],
        start: Number(start),
        processes: Number(processes),
        times,
        capacity: (Number(processes) * Number(batch)) / times.at(-1)!,
      };
    });
}

/** Model → deadline, s, and requests per second, in one scenario. */
function demandsOf(scenario: number) {
  return new Map(
    publishedLines("slo_tidy.csv")
      .filter(([of]) => of === `S${scenario}`)
      .map(([, model, milliseconds, rate]) => [model!, { deadline: Number(milliseconds) / 1000, rate: Number(rate) }]),
  );
}

/**
 * p99 over the objective of every segment under Poisson arrivals, and its load: each segment is a service of its own here, with its part of the
 * requests, since the slowest of a service is what counts.
 */
function judge(scenario: number) {
  const segments = segmentsOf(scenario);
  const demands = demandsOf(scenario);
  const loads = segments.map(({ model }) => {
    const capacity = segments.reduce((sum, each) => sum + (each.model === model ? each.capacity : 0), 0);
    return demands.get(model)!.rate / capacity;
  });
  const plan = testFleet({
    services: segments.map(({ model, capacity }, i) => ({
      name: `${model} ${i}`,
      ratePerSecond: loads[i]! * capacity,
      deadlineSeconds: demands.get(model)!.deadline,
    })),
    pieces: segments.map(
      ({ gpu, model, slices, start, processes, times }, i): TestPiece => ({
        gpu,
        partition: mig(slices, start),
        tenants: [{ service: `${model} ${i}`, times, processes }],
      }),
    ),
  });
  const { traces } = verifyFleet(plan, { seeds: 2, requests: 150_000 });
  return segments.map(({ model }, i) => {
    const first = traces.flatMap(({ services }) => services).find(({ service }) => service === `${model} ${i}`)!;
    const p99 = first.distribution.find(({ probability }) => probability === 0.99)!.seconds;
    return { model, load: loads[i]!, response: p99 / demands.get(model)!.deadline };
  });
}

describe.skipIf(!hasPublished)(
  "published plans of ParvaGPU under Poisson arrivals (needs ../shared/data/parvagpu)",
  () => {
    it.each([1, 2, 3])("S%d: every service keeps its objective", (scenario) => {
      for (const { response } of judge(scenario)) expect(response).toBeLessThanOrEqual(1);
    });

    it("S4: one segment breaks it, densenet201 on the smallest instance, at load 0.855 by 8 %", () => {
      const broken = judge(4).filter(({ response }) => response > 1);
      expect(broken.map(({ model }) => model)).toEqual(["densenet201"]);
      expect(broken[0]!.load).toBeCloseTo(0.855, 3);
      expect(Math.abs(broken[0]!.response / 1.08 - 1)).toBeLessThan(0.05);
    });

    it("all segments keep the published rule: a batch takes less than 0.45 of the objective, at most 0.445", () => {
      const latencies = [1, 2, 3, 4].flatMap((scenario) => {
        const demands = demandsOf(scenario);
        return segmentsOf(scenario).map(({ model, times }) => times.at(-1)! / demands.get(model)!.deadline);
      });
      expect(Math.max(...latencies)).toBeCloseTo(0.445, 2);
    });
  },
);
