import { devices } from "@partitune/profiler";
import {
  type FleetGpu,
  type FleetPiece,
  type FleetTransition,
  fleetTransition,
  type Partition,
} from "@partitune/schema";
import { assumedStepSeconds, planTransition, type TransitionEnd, type TransitionOptions } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleTenant } from "../../schema/exampleFleetPlan.ts";
import { playTransition } from "./playTransition.ts";
import { randomFleets } from "./randomFleets.ts";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };
const options: TransitionOptions = { made };

/** A piece with one tenant that answers so many requests per second. */
function piece(id: string, partition: Partition, service: string, perSecond: number): FleetPiece {
  return {
    id,
    partition,
    tenants: [exampleTenant(`${service} on ${id}`, service, 0.005, { capacityPerSecond: perSecond })],
  };
}

function gpu(id: string, ...pieces: readonly FleetPiece[]): FleetGpu {
  return { id, device: devices.a100.name, powerMode: "default", pieces };
}

function fleet(rates: Readonly<Record<string, number>>, ...gpus: readonly FleetGpu[]): TransitionEnd {
  const services = Object.entries(rates).map(([name, ratePerSecond]) => {
    return { name, workload: "resnet50", ratePerSecond, deadlineSeconds: 0.1, percentile: 0.99 };
  });
  return { devices: [devices.a100], services, gpus, synthetic: true };
}

const instance = (profile: string, start: number): Partition => ({ kind: "mig", profile, start });
const share = (part: number): Partition => ({ kind: "mps-share", share: part });
const actions = ({ steps }: FleetTransition) => steps.map(({ action }) => action);

describe("every step of a transition", () => {
  test.each(["mig", "mps"] as const)(
    "keeps all invariants, from any synthetic fleet to any other, cut by %s",
    (cut) => {
      fc.assert(
        fc.property(
          fc.nat(),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 2, max: 8 }),
          fc.integer({ min: 0, max: 2 }),
          fc.constantFrom(0, 0, 0.2),
          (seed, cards, services, spares, allowedLoss) => {
            const { before, after } = randomFleets(seed, cut, cards, services);
            const transition = planTransition(before, after, { made, spares, allowedLoss });
            expect(playTransition(transition)).toEqual([]);
            fleetTransition.parse(transition);
          },
        ),
        { numRuns: 40, seed: 4 },
      );
    },
  );

  test("is checked by a judge that finds fault with steps that are left out or come too early", () => {
    const { before, after } = randomFleets(3, "mig", 4, 5);
    const transition = planTransition(before, after, { made, spares: 1 });
    expect(playTransition(transition)).toEqual([]);
    const lame = transition.steps.flatMap((step, at) => {
      const without = { ...transition, steps: transition.steps.toSpliced(at, 1) };
      return playTransition(without).length === 0 ? [`${at} ${step.action}`] : [];
    });
    expect(lame).toEqual([]);
    expect(playTransition({ ...transition, steps: transition.steps.toReversed() }).length).toBeGreaterThan(0);
    const dipping = randomFleets(16, "mig", 1, 2);
    const dips = planTransition(dipping.before, dipping.after, options);
    expect(dips.dips.length).toBeGreaterThan(0);
    expect(playTransition({ ...dips, dips: [] }).length).toBeGreaterThan(0);
  });
});

describe("make before break", () => {
  const old = gpu("gpu0", piece("a", instance("2g.20gb", 0), "photos", 100));
  const moved = gpu("gpu0", piece("b", instance("3g.40gb", 4), "photos", 100));

  test("starts the new piece where there is room before it drains the old one", () => {
    const transition = planTransition(fleet({ photos: 100 }, old), fleet({ photos: 100 }, moved), options);
    expect(actions(transition)).toEqual(["create", "start", "drain", "stop", "destroy"]);
    expect(transition).toMatchObject({ dips: [], spares: [], changed: { pieces: 2, tenants: 2, kept: 0 } });
    const { create, start, drain, stop, destroy } = assumedStepSeconds;
    expect(transition.seconds).toBe(create + start + drain + stop + destroy);
    expect(transition.criticalSeconds).toBe(transition.seconds);
  });

  const full = gpu("gpu0", piece("a", instance("7g.80gb", 0), "photos", 200));
  const halves = gpu(
    "gpu0",
    piece("b", instance("4g.40gb", 0), "photos", 120),
    piece("c", instance("3g.40gb", 4), "photos", 100),
  );

  test("goes over a spare card when the new pieces need the place of the old one", () => {
    const [before, after] = [fleet({ photos: 150 }, full), fleet({ photos: 150 }, halves)];
    const transition = planTransition(before, after, { made, spares: 1 });
    expect(playTransition(transition)).toEqual([]);
    expect(transition).toMatchObject({ dips: [], spares: ["spare0"] });
    expect(transition.steps[0]).toMatchObject({ action: "create", gpu: "spare0" });
    expect(transition.steps.at(-1)).toMatchObject({ action: "destroy", gpu: "spare0" });
  });

  test("states the dip where there is no spare card: who lacks how much, from where to where, how long", () => {
    const transition = planTransition(fleet({ photos: 150 }, full), fleet({ photos: 150 }, halves), options);
    expect(playTransition(transition)).toEqual([]);
    expect(actions(transition).slice(0, 5)).toEqual(["drain", "stop", "destroy", "create", "start"]);
    const { drain, stop, destroy, create, start } = assumedStepSeconds;
    const seconds = drain + stop + destroy + 2 * (create + start);
    expect(transition.dips).toEqual([{ service: "photos", from: 0, to: 6, missingPerSecond: 150, seconds }]);
    expect(transition.steps[0]!.check).toBe("somebody agrees that photos may lack up to 150 requests/s until step 7");
  });

  test("needs neither when the loss is allowed", () => {
    const thirds = gpu(
      "gpu0",
      piece("a", instance("4g.40gb", 0), "photos", 120),
      piece("c", instance("3g.40gb", 4), "photos", 100),
    );
    const swapped = gpu(
      "gpu0",
      piece("a", instance("4g.40gb", 0), "photos", 120),
      piece("d", instance("2g.20gb", 4), "photos", 70),
      piece("e", instance("1g.10gb", 6), "photos", 30),
    );
    const [before, after] = [fleet({ photos: 200 }, thirds), fleet({ photos: 200 }, swapped)];
    expect(planTransition(before, after, options).dips).toHaveLength(1);
    expect(planTransition(before, after, { made, allowedLoss: 0.4 }).dips).toEqual([]);
  });

  test("takes temporary pieces in free room rather than a spare card", () => {
    const beside = gpu("gpu1", piece("x", instance("3g.40gb", 4), "notes", 50));
    const before = fleet(
      { photos: 90, notes: 50 },
      gpu("gpu0", piece("a", instance("4g.40gb", 0), "photos", 100), piece("n", instance("3g.40gb", 4), "notes", 10)),
      beside,
    );
    const after = fleet(
      { photos: 90, notes: 50 },
      gpu(
        "gpu0",
        piece("b", instance("2g.20gb", 0), "photos", 50),
        piece("c", instance("2g.20gb", 2), "photos", 50),
        piece("n", instance("3g.40gb", 4), "notes", 10),
      ),
      beside,
    );
    const transition = planTransition(before, after, { made, spares: 1 });
    expect(playTransition(transition)).toEqual([]);
    expect(transition).toMatchObject({ dips: [], spares: [] });
    expect(transition.steps[0]).toMatchObject({ action: "create", gpu: "gpu1" });
  });

  test("finds an order without help on one card, where only one of two pieces can be spared first", () => {
    const before = gpu(
      "gpu0",
      piece("a", share(0.4), "photos", 100),
      piece("b", share(0.4), "notes", 40),
      piece("c", share(0.2), "photos", 40),
    );
    const after = gpu(
      "gpu0",
      piece("d", share(0.2), "notes", 40),
      piece("e", share(0.6), "photos", 140),
      piece("c", share(0.2), "photos", 40),
    );
    const transition = planTransition(
      fleet({ photos: 40, notes: 40 }, before),
      fleet({ photos: 40, notes: 40 }, after),
      options,
    );
    expect(playTransition(transition)).toEqual([]);
    expect(transition.dips).toEqual([]);
    expect(transition.steps.filter(({ action }) => action === "create")).toHaveLength(2);
  });
});

describe("what runs on", () => {
  const tenant = exampleTenant("t", "photos", 0.005, { capacityPerSecond: 100 });
  const end = (rate: number, changes: Partial<typeof tenant>, powerMode = "default") => {
    const partition = instance("3g.40gb", 0);
    const pieces = [{ id: "a", partition, tenants: [{ ...tenant, ...changes }] }];
    return fleet({ photos: rate }, { ...gpu("gpu0", ...pieces), powerMode });
  };

  test("is only sent another rate, in no time", () => {
    const transition = planTransition(end(50, { ratePerSecond: 50 }), end(80, { ratePerSecond: 80 }), options);
    expect(transition.steps).toMatchObject([{ action: "adjust", seconds: 0, tenant: { ratePerSecond: 80 } }]);
    expect(transition).toMatchObject({ seconds: 0, changed: { pieces: 0, tenants: 0, kept: 1 } });
  });

  test("gets another batch without a restart, and is restarted for another number of processes", () => {
    const batch = planTransition(end(50, {}), end(50, { batch: 2 }), options);
    expect(batch.steps).toMatchObject([{ action: "adjust", seconds: 1 }]);
    expect(batch.changed).toEqual({ pieces: 0, tenants: 1, kept: 0 });
    const processes = planTransition(end(0, {}), end(0, { processes: 2 }), options);
    expect(actions(processes)).toEqual(["drain", "stop", "start"]);
    expect(processes.changed).toEqual({ pieces: 0, tenants: 2, kept: 0 });
  });

  test("lasts through a change of the power mode only in its new configuration", () => {
    const slower = planTransition(end(50, {}), end(50, { capacityPerSecond: 60, batch: 2 }, "capped"), options);
    expect(actions(slower)).toEqual(["adjust", "set-power-mode"]);
    const quicker = planTransition(end(50, {}, "capped"), end(50, { capacityPerSecond: 160, batch: 8 }), options);
    expect(actions(quicker)).toEqual(["set-power-mode", "adjust"]);
    expect([...playTransition(slower), ...playTransition(quicker)]).toEqual([]);
  });

  test("has to be answered the greater of both rates, as far as both fleets can", () => {
    const rateOf = (before: TransitionEnd, after: TransitionEnd) =>
      planTransition(before, after, options).services[0]!.ratePerSecond;
    expect(rateOf(end(50, {}), end(80, {}))).toBe(80);
    expect(rateOf(end(95, {}), end(60, { capacityPerSecond: 70 }))).toBe(70);
    expect(planTransition(end(50, {}), fleet({}), options).services).toEqual([]);
  });
});

test("a card that was cut into shares is cut by MIG only once it is idle, and its mode is switched first", () => {
  const before = fleet({ photos: 50 }, gpu("gpu0", piece("a", share(0.5), "photos", 50)));
  const after = fleet({ photos: 50 }, gpu("gpu0", piece("b", instance("3g.40gb", 4), "photos", 60)));
  const transition = planTransition(before, after, { made, spares: 1 });
  expect(playTransition(transition)).toEqual([]);
  expect(transition.dips).toEqual([]);
  const create = transition.steps.find((step) => step.action === "create" && step.gpu === "gpu0")!;
  expect(create.check).toContain("switch it on while the card is idle");
  expect(create.seconds).toBe(assumedStepSeconds.create + assumedStepSeconds.migMode);
});

test("times are those that are given, and nobody is drained in less than the deadline", () => {
  const before = fleet({ photos: 10 }, gpu("gpu0", piece("a", share(0.5), "photos", 50)));
  const slow = { ...before, services: before.services.map((service) => ({ ...service, deadlineSeconds: 7 })) };
  const transition = planTransition(slow, fleet({}), { made, seconds: { stop: 3 } });
  expect(transition.steps.map(({ action, seconds }) => [action, seconds])).toEqual([
    ["drain", 7],
    ["stop", 3],
    ["destroy", 0],
  ]);
});

test("cards that have nothing to do with each other change at once", () => {
  const cards = (tag: string, start: number) =>
    ["gpu0", "gpu1"].map((id, i) => gpu(id, piece(`${id}.${tag}`, instance("1g.10gb", start), `s${i}`, 10)));
  const rates = { s0: 10, s1: 10 };
  const transition = planTransition(fleet(rates, ...cards("a", 0)), fleet(rates, ...cards("b", 1)), options);
  expect(playTransition(transition)).toEqual([]);
  expect(transition.criticalSeconds).toBe(transition.seconds / 2);
});

describe("bad input to a transition", () => {
  const one = fleet({ photos: 10 }, gpu("gpu0", piece("a", share(0.5), "photos", 50)));

  test.each([
    ["a card that is another kind", { ...gpu("gpu0"), device: devices.h100.name }, 'GPU "gpu0" is a'],
    [
      "names that stand twice",
      gpu("gpu0", piece("a", share(0.5), "photos", 50), piece("a", share(0.2), "notes", 50)),
      'piece "a" stands twice in the new plan',
    ],
    [
      "a new plan that does not fit its card",
      gpu("gpu0", piece("b", share(0.8), "photos", 50), piece("c", share(0.7), "notes", 50)),
      'GPU "gpu0" of the new plan has no room',
    ],
  ])("%s is refused", (_, card, message) => {
    const after = { ...fleet({ photos: 10 }, card), devices: [devices.a100, devices.h100] };
    expect(() => planTransition(one, after, options)).toThrow(message);
  });
});
