import { seededRandom } from "@partitune/numerics";
import type { Arrivals, InterferenceModel } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NaivePiece, naiveCard } from "./naiveCard.ts";
import { playFleet } from "./playFleet.ts";
import { mig, mps, type TestPiece, testFleet } from "./testFleet.ts";

interface Case {
  readonly pieces: readonly (readonly TenantCase[])[];
  readonly slowdown: number;
  readonly seed: number;
}

interface TenantCase {
  readonly maxBatch: number;
  readonly processes: number;
  readonly delayed: boolean;
  readonly pause: boolean;
  readonly load: number;
}

const tenantCase = fc.record({
  maxBatch: fc.integer({ min: 1, max: 5 }),
  processes: fc.integer({ min: 1, max: 3 }),
  delayed: fc.boolean(),
  pause: fc.boolean(),
  load: fc.double({ min: 0.1, max: 1.3, noNaN: true }),
});

const anyCase: fc.Arbitrary<Case> = fc.record({
  pieces: fc.array(fc.array(tenantCase, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
  slowdown: fc.constantFrom(1, 1.09, 2),
  seed: fc.integer(),
});

/** Times of a batch of k, s. */
const timesOf = ({ maxBatch }: TenantCase): readonly number[] =>
  Array.from({ length: maxBatch }, (_, i) => 0.01 + 0.004 * (i + 1));
const pauseOf = ({ pause }: TenantCase): number => (pause ? 0.003 : 0);
const delayOf = ({ delayed }: TenantCase): number => (delayed ? 0.006 : 0);

function arrivalsOf(tenant: TenantCase, turns: number, seed: string): readonly number[] {
  const random = seededRandom(seed);
  const capacity = (tenant.processes * tenant.maxBatch) / (0.01 + 0.004 * tenant.maxBatch);
  const rate = (tenant.load * capacity) / turns;
  let time = 0;
  return Array.from({ length: 60 }, () => {
    time += random.exponential(rate);
    return time;
  });
}

function build({ pieces, slowdown, seed }: Case) {
  const names = pieces.map((tenants, i) => tenants.map((_, j) => `s${i}.${j}`));
  const arrivals = pieces.map((tenants, i) =>
    tenants.map((tenant, j) => arrivalsOf(tenant, tenants.length, `${seed} ${i} ${j}`)),
  );
  const interference: InterferenceModel = slowdown === 1 ? { model: "none" } : { model: "constant", slowdown };
  const plan = testFleet({
    services: names.flat().map((name) => ({ name, ratePerSecond: 1 })),
    interference,
    pieces: pieces.map(
      (tenants, i): TestPiece => ({
        partition: mps(0.25),
        tenants: tenants.map((tenant, j) => ({
          id: names[i]![j]!,
          service: names[i]![j]!,
          processes: tenant.processes,
          maxDelaySeconds: delayOf(tenant),
          times: timesOf(tenant),
          occupancy: timesOf(tenant).map((time) => time + pauseOf(tenant)),
        })),
      }),
    ),
  });
  const recorded = pieces.flatMap((tenants, i) =>
    tenants.map((_, j): [string, Arrivals] => [
      names[i]![j]!,
      { kind: "recorded", times: arrivals[i]![j]!, repeat: false },
    ]),
  );
  const naive = pieces.map(
    (tenants, i): NaivePiece =>
      tenants.map((tenant, j) => ({
        arrivals: arrivals[i]![j]!,
        maxBatch: tenant.maxBatch,
        processes: tenant.processes,
        maxDelay: delayOf(tenant),
        service: (batch) => timesOf(tenant)[batch - 1]!,
        occupancy: (batch) => timesOf(tenant)[batch - 1]! + pauseOf(tenant),
      })),
  );
  return { plan, names, arrivals, recorded: Object.fromEntries(recorded), naive };
}

describe("an independent simulation of a card", () => {
  it("sees the same responses: batches, processes, delays, pauses, turns, neighbours that slow down", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { plan, names, arrivals, recorded, naive } = build(given);
        const expected = naiveCard(naive, (_, others) => (others === 0 ? 1 : given.slowdown));
        const found = playFleet(plan, { arrivals: recorded }, 1e6);
        given.pieces.forEach((tenants, i) => {
          tenants.forEach((_, j) => {
            const { arrivals: came, responses } = found.get(names[i]![j]!)!;
            expect(came).toEqual(arrivals[i]![j]);
            responses.forEach((response, k) => {
              expect(Math.abs(response - expected[i]![j]![k]!)).toBeLessThan(1e-9);
            });
          });
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe("a card", () => {
  it("loses no request and answers none before it could, however it is cut", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { plan, names, recorded } = build(given);
        const found = playFleet(plan, { arrivals: recorded }, 1e6);
        given.pieces.forEach((tenants, i) => {
          tenants.forEach((tenant, j) => {
            const { responses } = found.get(names[i]![j]!)!;
            expect(responses).toHaveLength(60);
            expect(Math.min(...responses)).toBeGreaterThanOrEqual(timesOf(tenant)[0]! - 1e-12);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it("conserves work: a tenant alone that serves one by one is never idle while a request waits", () => {
    const times = [0.01];
    const plan = testFleet({
      services: [{ name: "a", ratePerSecond: 80 }],
      pieces: [{ partition: mps(0.5), tenants: [{ service: "a", times }] }],
    });
    const { arrivals, responses } = playFleet(plan, {}, 100).get("t0")!;
    let free = 0;
    arrivals.forEach((arrival, i) => {
      free = Math.max(free, arrival) + times[0]!;
      expect(arrival + responses[i]!).toBeCloseTo(free, 9);
    });
  });

  it("keeps MIG instances apart: what others do there changes nothing, to the last bit", () => {
    const own = { partition: mig(3, 4), tenants: [{ id: "own", service: "a", times: [0.01, 0.015] }] };
    const services = [
      { name: "a", ratePerSecond: 90 },
      { name: "b", ratePerSecond: 500 },
    ];
    const other = (times: readonly number[]): TestPiece => ({
      partition: mig(4, 0),
      tenants: [{ id: "other", service: "b", times }],
    });
    const interference: InterferenceModel = { model: "constant", slowdown: 1.5 };
    const played = [[0.0001], [0.01]].map((times) =>
      playFleet(testFleet({ services, interference, pieces: [own, other(times)] }), {}, 20).get("own"),
    );
    expect(played[0]).toEqual(played[1]);
  });

  it("slows a batch down only while a neighbour works", () => {
    const plan = testFleet({
      services: [
        { name: "a", ratePerSecond: 1 },
        { name: "b", ratePerSecond: 1 },
      ],
      interference: { model: "constant", slowdown: 2 },
      pieces: [
        { partition: mps(0.5), tenants: [{ id: "a", service: "a", times: [1] }] },
        { partition: mps(0.5), tenants: [{ id: "b", service: "b", times: [1] }] },
      ],
    });
    const arrivals = {
      a: { kind: "recorded", times: [0], repeat: false },
      b: { kind: "recorded", times: [0.5], repeat: false },
    } as const;
    const found = playFleet(plan, { arrivals }, 10);
    // a works alone until 0.5, then both at half speed: a's other half takes 1 s; of b's second half are then left, alone.
    expect(found.get("a")!.responses).toEqual([1.5]);
    expect(found.get("b")!.responses[0]).toBeCloseTo(1.5, 12);
  });

  it("asks the pairwise model who works on the other pieces at the moment", () => {
    const plan = testFleet({
      services: ["a", "b", "c"].map((name) => ({ name, ratePerSecond: 1 })),
      interference: {
        model: "pairwise",
        pairs: [
          { subject: "a", neighbour: "b", slowdown: 4, measured: true },
          { subject: "b", neighbour: "a", slowdown: 1, measured: true },
        ],
        otherwise: 2,
      },
      pieces: [
        { partition: mps(0.5), tenants: [{ id: "a", service: "a", times: [1] }] },
        {
          partition: mps(0.5),
          tenants: [
            { id: "b", service: "b", times: [0.25] },
            { id: "c", service: "c", times: [0.5] },
          ],
        },
      ],
    });
    const at = (time: number): Arrivals => ({ kind: "recorded", times: [time], repeat: false });
    const found = playFleet(plan, { arrivals: { a: at(0), b: at(0), c: at(0.1) } }, 10);
    // b is not slowed: a does 0.25/4 until 0.25. Then c, slowed by 2, works until 1.25 while a does 0.5; the rest of a runs alone.
    expect(found.get("b")!.responses[0]).toBeCloseTo(0.25, 12);
    expect(found.get("c")!.responses[0]).toBeCloseTo(1.15, 12);
    expect(found.get("a")!.responses[0]).toBeCloseTo(1.25 + (1 - 0.0625 - 0.5), 12);
  });

  it("gives turns in the order of the tenants and passes over those with nothing to do", () => {
    const plan = testFleet({
      services: ["a", "b", "c"].map((name) => ({ name, ratePerSecond: 1 })),
      pieces: [
        {
          partition: mig(1, 0),
          tenants: ["a", "b", "c"].map((name) => ({ id: name, service: name, times: [1] })),
        },
      ],
    });
    const recorded = (...times: readonly number[]): Arrivals => ({ kind: "recorded", times, repeat: false });
    const found = playFleet(
      plan,
      { arrivals: { a: recorded(0, 0.1, 0.2), b: recorded(4.5), c: recorded(0.3, 0.4) } },
      100,
    );
    // Turns: a 0–1, c 1–2, a 2–3, c 3–4, a 4–5, b 5–6.
    const ends = (name: string) => {
      const { arrivals, responses } = found.get(name)!;
      return arrivals.map((arrival, i) => arrival + responses[i]!);
    };
    expect(ends("a").map((end) => end.toFixed(6))).toEqual(["1.000000", "3.000000", "5.000000"]);
    expect(ends("c").map((end) => end.toFixed(6))).toEqual(["2.000000", "4.000000"]);
    expect(ends("b").map((end) => end.toFixed(6))).toEqual(["6.000000"]);
  });
});
