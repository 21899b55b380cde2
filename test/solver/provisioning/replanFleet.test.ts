import {
  type Demand,
  type FleetPlan,
  fleetPlan,
  fleetSchedule,
  fleetTransition,
  type Profile,
} from "@partitune/schema";
import {
  type FleetProblem,
  type FleetReplan,
  fewestGpus,
  type PieceKind,
  packingConfigs,
  planTransition,
  replanFleet,
  toFleetPlan,
  toFleetSchedule,
  toPackingProblem,
} from "@partitune/solver";
import { lookup } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { smallFleetProfile } from "../packing/fleetProfile.ts";
import { playTransition } from "./playTransition.ts";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };
const profile = smallFleetProfile();

function demand(service: string, workload: string, ratePerSecond: number, deadlineSeconds = 0.2): Demand {
  return { service, workload, ratePerSecond, deadlineSeconds, percentile: 0.99 };
}

const base = [
  demand("faces", "resnet50", 600),
  demand("photos", "vgg16", 250),
  demand("scenes", "resnet50", 250, 0.1),
  demand("notes", "bert", 25, 0.8),
];

function stated(demands: readonly Demand[], piece: PieceKind = "mig", source: Profile = profile): FleetProblem {
  const { configs } = packingConfigs(source, [...new Set(demands.map(({ workload }) => workload))]);
  return toPackingProblem({
    device: source.device,
    workloads: source.workloads,
    demands,
    predict: lookup(source),
    configs,
    pieces: [piece],
    powerMode: "default",
    rule: "half-slo",
    margin: { kind: "relative", excess: 0 },
    interference: { model: "constant", slowdown: 1.09 },
  });
}

async function packed(fleet: FleetProblem): Promise<FleetPlan> {
  const packing = await fewestGpus(fleet);
  if (packing.status !== "packed") throw new Error("not packed");
  return toFleetPlan({ ...packing, made });
}

async function replan(fleet: FleetProblem, running: FleetPlan): Promise<Extract<FleetReplan, { status: "packed" }>> {
  const answer = await replanFleet(fleet, running, { made });
  if (answer.status !== "packed") throw new Error("not packed");
  return answer;
}

const withRate = (rate: number) =>
  base.map((each) => (each.service === "photos" ? { ...each, ratePerSecond: rate } : each));

describe.each(["mig", "mps-share"] as const)("re-planning a fleet plan of a synthetic profile, cut by %s", (piece) => {
  test("gives the running plan back when nothing changes", async () => {
    const fleet = stated(base, piece);
    const running = await packed(fleet);
    const { plan, changes } = await replan(fleet, running);
    expect(plan.gpus).toEqual(running.gpus);
    expect(plan.promises).toEqual(running.promises);
    expect(changes.touched).toBe(0);
    expect(planTransition(running, plan, { made }).steps).toEqual([]);
  });

  test.each([20, 120, 400, 900])("makes a plan, and steps to it that keep what is promised, at %d/s", async (rate) => {
    const running = await packed(stated(base, piece));
    const fleet = stated(withRate(rate), piece);
    const { plan, afreshGpus } = await replan(fleet, running);
    fleetPlan.parse(plan);
    expect(plan.gpus.length).toBeLessThanOrEqual(afreshGpus!);
    const tenants = plan.gpus.flatMap(({ pieces }) => pieces.flatMap((each) => each.tenants));
    expect(new Set(tenants.map(({ id }) => id)).size).toBe(tenants.length);
    for (const service of plan.services) {
      const own = tenants.filter((each) => each.service === service.name);
      const sum = (of: (each: (typeof own)[number]) => number) => own.reduce((all, each) => all + of(each), 0);
      expect(sum((each) => each.capacityPerSecond)).toBeGreaterThanOrEqual(service.ratePerSecond * (1 - 1e-9));
      expect(sum((each) => each.ratePerSecond)).toBeCloseTo(service.ratePerSecond, 6);
    }
    const transition = planTransition(running, plan, { made, spares: 1 });
    fleetTransition.parse(transition);
    expect(playTransition(transition)).toEqual([]);
    expect(transition.dips).toEqual([]);
  });
});

test("names of what stays are kept, and names of what is gone are not used again", async () => {
  const running = await packed(stated(base));
  const { plan } = await replan(stated(withRate(900).filter(({ service }) => service !== "notes")), running);
  const old = new Map(running.gpus.flatMap((gpu) => gpu.pieces.map((piece) => [piece.id, { gpu: gpu.id, ...piece }])));
  const next = plan.gpus.flatMap((gpu) => gpu.pieces.map((piece) => ({ gpu: gpu.id, ...piece })));
  const stay = next.filter(({ id }) => old.has(id));
  expect(stay.length).toBeGreaterThan(0);
  for (const piece of stay)
    expect(piece).toMatchObject({ gpu: old.get(piece.id)!.gpu, partition: old.get(piece.id)!.partition });
  const gone = new Set(
    [...old.values()].flatMap(({ id, tenants }) =>
      stay.some((each) => each.id === id) ? [] : tenants.map((each) => each.id),
    ),
  );
  expect(next.flatMap(({ tenants }) => tenants).filter(({ id }) => gone.has(id))).toEqual([]);
});

test("a running plan on another kind of card is refused", async () => {
  const running = await packed(stated(base));
  const other = { ...running, gpus: running.gpus.map((gpu) => ({ ...gpu, device: "NVIDIA H100 SXM5 80GB" })) };
  await expect(replanFleet(stated(base), other, { made })).rejects.toThrow(
    'GPU "gpu0" of the running plan is a "NVIDIA H100 SXM5 80GB", and the new plan is for',
  );
});

test("a service that no piece can serve in time is named", async () => {
  const running = await packed(stated(base));
  const answer = await replanFleet(stated([...base, demand("quick", "bert", 10, 0.001)]), running, { made });
  expect(answer).toMatchObject({ status: "unservable", services: [{ service: "quick" }] });
});

describe("a schedule", () => {
  const at = (factor: number) => base.map((each) => ({ ...each, ratePerSecond: factor * each.ratePerSecond }));
  const periods = [
    { name: "night", seconds: 8 * 3600, fleet: stated(at(0.3)) },
    { name: "day", seconds: 10 * 3600, fleet: stated(at(2)) },
    { name: "evening", seconds: 6 * 3600, fleet: stated(at(1)) },
  ];
  const peak = stated(at(2));

  test("follows the rates with fewer GPU-hours than the peak needs, changes counted", async () => {
    const answer = await toFleetSchedule({ periods, peak, repeat: true, transition: { made, spares: 1 } });
    if (answer.status !== "packed") throw new Error("not packed");
    const { schedule, transitions } = answer;
    fleetSchedule.parse(schedule);
    const [night, day, evening] = schedule.periods.map(({ gpus }) => gpus.length);
    expect(night!).toBeLessThan(evening!);
    expect(evening!).toBeLessThan(day!);
    expect(schedule.peakGpuSeconds).toBe(24 * 3600 * day!);
    expect(schedule.gpuSeconds).toBeLessThan(schedule.peakGpuSeconds);
    const bare = schedule.periods.reduce((sum, { gpus, seconds }) => sum + gpus.length * seconds, 0);
    const extra = schedule.periods.reduce(
      (sum, { gpus, change }) => sum + (change!.gpus - gpus.length) * change!.seconds,
      0,
    );
    expect(schedule.gpuSeconds).toBeCloseTo(bare + extra, 3);
    for (const [i, transition] of transitions.entries()) {
      expect(playTransition(transition!)).toEqual([]);
      expect(transition!.after).toEqual(schedule.periods[i]!.gpus);
      expect(transition!.before).toEqual(schedule.periods.at(i - 1)!.gpus);
    }
  });

  test("begins with nothing before it unless it repeats", async () => {
    const answer = await toFleetSchedule({ periods: periods.slice(1), peak, repeat: false, transition: { made } });
    if (answer.status !== "packed") throw new Error("not packed");
    expect(answer.schedule.periods.map(({ change }) => change === null)).toEqual([true, false]);
    expect(answer.transitions[0]).toBeNull();
  });

  test("of one period repeats without a change", async () => {
    const answer = await toFleetSchedule({ periods: periods.slice(0, 1), peak, repeat: true, transition: { made } });
    if (answer.status !== "packed") throw new Error("not packed");
    expect(answer.schedule.periods[0]!.change).toBeNull();
  });

  test.each([
    ["no period", [], "the periods are none"],
    ["a period without length", [{ ...periods[0]!, seconds: 0 }], 'period "night" lasts 0 s'],
    ["names that stand twice", [periods[0]!, periods[0]!], 'period "night" stands twice'],
  ])("with %s is refused", async (_, some, message) => {
    const input = { periods: some, peak, repeat: false, transition: { made } };
    await expect(toFleetSchedule(input)).rejects.toThrow(message);
  });
});
