import { seededRandom } from "@partitune/numerics";
import { devices } from "@partitune/profiler";
import {
  exactly,
  type FleetGpu,
  type FleetPiece,
  type FleetPlan,
  type FleetReport,
  type FleetSchedule,
  type FleetService,
  type FleetStep,
  type FleetTrace,
  type FleetTransition,
  fleetPlan as fleetPlanSchema,
  fleetReport as fleetReportSchema,
  fleetSchedule as fleetScheduleSchema,
  fleetTrace as fleetTraceSchema,
  fleetTransition as fleetTransitionSchema,
  type Interference,
  interference as interferenceSchema,
  maximalLayouts,
  migTables,
  type Partition,
  type SharingComparison,
  sharingComparison as sharingComparisonSchema,
} from "@partitune/schema";
import { exampleTenant, migFleetPlan } from "../schema/exampleFleetPlan.ts";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: "synthetic fleet", inputs: [] };
const a100 = devices.a100;
const models = ["resnet50", "vgg16", "bert", "inceptionv3", "densenet121", "mobilenetv2", "resnet101", "vgg19"];

/** What a synthetic fleet looks like. */
export interface FleetShape {
  readonly cards: number;
  readonly services: number;
  readonly cut: "mig" | "mps";
  /** As many different cards; the others repeat them. Every card is its own kind by default. */
  readonly kinds?: number;
  /** Names of the services, in order; further ones are numbered. */
  readonly names?: readonly string[];
}

/** A synthetic fleet of any size: every card is cut at random into legal pieces, some of them shared by turns. */
export function syntheticFleet(shape: FleetShape): FleetPlan {
  const services = syntheticServices(shape);
  const random = seededRandom(`fleet of ${shape.cards}`);
  const kinds = Math.min(shape.kinds ?? shape.cards, shape.cards);
  const cuts = Array.from({ length: kinds }, (_, i) => {
    const fork = random.fork(i);
    const partitions = shape.cut === "mig" ? cutByMig(fork.integer(1000)) : cutByMps(fork.integer(1000));
    return partitions.map((partition) => ({
      partition,
      turns: fork.next() < 0.15 ? 2 : 1,
      first: fork.integer(services.length),
      load: 0.35 + 0.6 * fork.next(),
    }));
  });
  const gpus = Array.from({ length: shape.cards }, (_, g): FleetGpu => {
    const id = `gpu${g}`;
    const pieces = cuts[g % kinds]!.map(({ partition, turns, first, load }, p): FleetPiece => {
      const tenants = Array.from({ length: turns }, (_, t) => {
        const service = services[(first + t) % services.length]!;
        const capacity = Math.round((400 / (t + 1)) * sizeOf(partition)) / turns + 4;
        return exampleTenant(`${id}.${p}.${t}`, service.name, 0.004, {
          processes: partition.kind === "mig" ? 1 + (p % 3) : 1,
          batch: 2 ** (p % 4),
          ratePerSecond: load * capacity,
          capacityPerSecond: capacity,
          slowdown: partition.kind === "mig" ? 1 : 1.09,
        });
      });
      return { id: `${id}.${p}`, partition, tenants };
    });
    return { id, device: a100.name, powerMode: a100.powerModes[0]!.name, pieces };
  });
  const bound = shape.cards - (shape.cards > 20 ? 1 : 0);
  return fleetPlanSchema.parse({
    ...migFleetPlan(),
    services,
    gpus,
    promises: services.map(({ name, deadlineSeconds, percentile }) => ({
      id: `${name.slice(0, 40)} response`,
      subject: name,
      metric: "response_s",
      percentile,
      relation: "at-most",
      target: deadlineSeconds,
      predicted: null,
    })),
    optimality: {
      method: "column-generation",
      status: bound === shape.cards ? "optimal" : "feasible",
      objective: { name: "GPUs", unit: "" },
      value: shape.cards,
      bound,
      gap: (shape.cards - bound) / shape.cards,
    },
  });
}

function syntheticServices({ services, names = [] }: FleetShape): FleetService[] {
  return Array.from({ length: services }, (_, i) => ({
    name: names[i] ?? `${models[i % models.length]}-${i}`,
    workload: ["resnet50", "vgg16", "bert"][i % 3]!,
    ratePerSecond: 20 + (i % 17) * 15,
    deadlineSeconds: [0.06, 0.1, 0.4][i % 3]!,
    percentile: 0.99,
  }));
}

const layouts = maximalLayouts(migTables["a100-80gb"], ["1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"]);

/** A legal layout, of which some have a slice left over. */
function cutByMig(draw: number): Partition[] {
  const layout = layouts[draw % layouts.length]!;
  const kept = draw % 3 === 0 && layout.length > 1 ? layout.slice(0, -1) : layout;
  return kept.map(({ profile, start }) => ({ kind: "mig", profile, start }));
}

const shareLists = [[0.5, 0.3, 0.2], [0.6, 0.4], [0.25, 0.25, 0.25, 0.2], [0.7, 0.2], [1], [0.1, 0.2, 0.3, 0.15, 0.25]];

function cutByMps(draw: number): Partition[] {
  return shareLists[draw % shareLists.length]!.map((share) => ({ kind: "mps-share", share }));
}

function sizeOf(partition: Partition): number {
  if (partition.kind === "mps-share") return partition.share;
  return partition.kind === "mig" ? Number(partition.profile[0]) / 7 : 1;
}

/** What a simulation of the plan would have seen on one seed; one service misses its deadlines. */
export function syntheticFleetTrace(plan: FleetPlan, seed: number): FleetTrace {
  const random = seededRandom(`trace ${seed}`);
  return fleetTraceSchema.parse({
    kind: "fleet-trace",
    version: 1,
    made,
    confidence: 0.95,
    durationSeconds: 120,
    warmupSeconds: 10,
    services: plan.services.map(({ name, workload, ratePerSecond, deadlineSeconds, percentile }, i) => {
      const isLate = i === 1;
      const p99 = deadlineSeconds * (isLate ? 1.2 : 0.5 + 0.3 * random.next());
      const estimate = { value: p99, low: p99 * 0.95, high: p99 * 1.06 };
      const requests = Math.round(120 * ratePerSecond);
      const missed = isLate ? 0.02 + 0.004 * random.next() : Math.floor(random.next() * 4) / (requests + 1);
      return {
        service: name,
        workload,
        offeredPerSecond: ratePerSecond,
        completedPerSecond: ratePerSecond,
        requests,
        failed: 0,
        response: {
          mean: p99 / 2.6,
          p50: exactly(p99 / 3),
          p90: exactly(p99 / 1.5),
          p95: exactly(p99 / 1.2),
          p99: estimate,
          p999: null,
        },
        promised: [{ percentile, response: estimate }],
        distribution: [0.01, 0.5, 0.9, 0.99].map((probability) => ({ probability, seconds: p99 * probability })),
        saturated: false,
        attainment: 1 - missed,
      };
    }),
    pieces: plan.gpus.flatMap(({ id: gpu, pieces }) =>
      pieces.map(({ id, tenants }) => ({
        gpu,
        piece: id,
        busyFraction: 0.5 + 0.3 * random.next(),
        tenants: tenants.map((tenant) => ({
          tenant: tenant.id,
          requests: Math.round(120 * tenant.ratePerSecond),
          busyFraction: 0.4,
          batchMean: 1.4,
        })),
      })),
    ),
    synthetic: true,
  });
}

/** The plan judged on four seeds: the second service breaks its promise, the third is undecided. */
export function syntheticFleetReport(plan: FleetPlan): FleetReport {
  const traces = [1, 2, 3, 4].map((seed) => syntheticFleetTrace(plan, seed));
  return fleetReportSchema.parse({
    kind: "fleet-report",
    version: 1,
    made,
    checks: plan.promises.map((promise, i) => {
      const perSeed = traces.map(({ services }) => services[i]!.response.p99!.value);
      const value = perSeed.reduce((sum, seconds) => sum + seconds, 0) / perSeed.length;
      const verdict = i === 1 ? "broken" : i === 2 ? "undecided" : "kept";
      return {
        promise,
        simulated: { perSeed, estimate: { value, low: value * 0.95, high: value * 1.05 } },
        measured: null,
        verdicts: { simulated: verdict, measured: null },
        verdict,
        why: `the p99 was ${(1e3 * value).toFixed(0)} ms`,
      };
    }),
    traces,
    warnings: [
      { code: "interference-assumed", where: "gpu0", cause: "no row with neighbours", advice: "measure one pair" },
    ],
    synthetic: true,
  });
}

/** Three services that begin one after the other, under a plan and three ways of not having one. */
export function syntheticComparison(names: readonly string[] = ["resnet18", "resnet50", "vgg16"]): SharingComparison {
  const random = seededRandom("comparison");
  const starts = names.map((_, i) => 50 * i);
  const base = names.map((_, i) => 0.002 * (1 + 1.4 * i));
  const phases = names.map((_, i) => ({
    startSeconds: starts[i]!,
    endSeconds: starts[i + 1] ?? 500,
    active: names.slice(0, i + 1),
  }));
  const lanes = [
    { name: "plan", title: "pieces of the plan", p50: 1.1, p99: [1.3, 1.3, 1.3] },
    { name: "mps-fair", title: "one card, nothing keeps them apart: equal speed", p50: 1, p99: [1.1, 1.8, 2.4] },
    { name: "mps-alternate", title: "one card, kernels take turns", p50: 1, p99: [1.1, 3, 4.5] },
    { name: "time-slice", title: "one card, time slices", p50: 1.4, p99: [1.6, 3.4, 5.8] },
  ];
  return sharingComparisonSchema.parse({
    kind: "sharing-comparison",
    version: 1,
    made,
    source: "simulated",
    confidence: 0.95,
    durationSeconds: 500,
    intervalSeconds: 5,
    services: names.map((service, i) => ({
      service,
      ratePerSecond: 50,
      startSeconds: starts[i],
      deadlineSeconds: 0.05,
    })),
    phases,
    lanes: lanes.map(({ name, title, p50, p99 }) => ({
      name,
      title,
      streams: names.map((service, i) => ({
        service,
        phases: phases.map(({ startSeconds, endSeconds, active }, k) => {
          const isActive = active.includes(service);
          const [low, high] = [base[i]! * p50, base[i]! * p99[Math.min(k, 2)]!];
          return {
            requests: isActive ? 50 * (endSeconds - startSeconds) : 0,
            failed: 0,
            p50: isActive ? { value: low, low: low * 0.99, high: low * 1.01 } : null,
            p99: isActive ? { value: high, low: high * 0.95, high: high * 1.05 } : null,
            deviationSeconds: isActive ? (high - low) / 4 : null,
            attainment: isActive ? 1 : null,
          };
        }),
        timeline: Array.from({ length: 100 }, (_, t) => 5 * t)
          .filter((seconds) => seconds >= starts[i]! && seconds !== 400)
          .map((seconds) => {
            const k = Math.min(
              2,
              phases.findLastIndex(({ startSeconds }) => seconds >= startSeconds),
            );
            const wobble = name === "plan" ? 1 : 1 + 0.25 * random.next();
            const high = base[i]! * p99[k]! * wobble;
            return { seconds, requests: 250, p50: base[i]! * p50, p99: high, longest: high * 1.2 };
          }),
      })),
    })),
    synthetic: true,
  });
}

/** One card is cut anew while another helps out; one service has too little capacity for a while. */
export function syntheticTransition(plan: FleetPlan = migFleetPlan()): FleetTransition {
  const before = plan.gpus;
  const card = before[0]!;
  const [moved, ...kept] = card.pieces;
  const [tenant] = moved!.tenants;
  const spare = { gpu: "spare0", piece: "spare0.0" };
  const target = { gpu: card.id, piece: `${card.id}.new` };
  const words = { seconds: 4, check: "nothing else runs there", rollback: "do the opposite" };
  const smaller: Partition = { kind: "mig", profile: "1g.10gb", start: 0 };
  const grown = { ...tenant!, id: "grown", ratePerSecond: 60, capacityPerSecond: 70 };
  const helper = { ...tenant!, id: "helper", ratePerSecond: 40, capacityPerSecond: 50 };
  const whole: Partition = { kind: "mig", profile: "7g.80gb", start: 0 };
  const steps: readonly FleetStep[] = [
    { action: "create", ...spare, partition: whole, ...words },
    { action: "start", ...spare, tenant: helper, ...words, seconds: 20 },
    { action: "drain", gpu: card.id, piece: moved!.id, tenant: tenant!.id, ...words },
    { action: "stop", gpu: card.id, piece: moved!.id, tenant: tenant!.id, ...words },
    { action: "destroy", gpu: card.id, piece: moved!.id, partition: moved!.partition, ...words },
    { action: "create", ...target, partition: smaller, ...words },
    { action: "start", ...target, tenant: grown, ...words, seconds: 20 },
    { action: "adjust", ...spare, tenant: { ...helper, ratePerSecond: 20, capacityPerSecond: 30 }, ...words },
  ];
  return fleetTransitionSchema.parse({
    kind: "fleet-transition",
    version: 1,
    made,
    devices: plan.devices,
    services: plan.services,
    allowedLoss: 0,
    before,
    after: [
      { ...card, pieces: [{ id: target.piece, partition: smaller, tenants: [grown] }, ...kept] },
      ...before.slice(1),
      {
        id: spare.gpu,
        device: card.device,
        powerMode: card.powerMode,
        pieces: [{ id: spare.piece, partition: whole, tenants: [{ ...helper, capacityPerSecond: 30 }] }],
      },
    ],
    steps,
    dips: [{ service: tenant!.service, from: 2, to: 6, missingPerSecond: 30, seconds: 32 }],
    seconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
    criticalSeconds: 40,
    spares: [],
    changed: { pieces: 3, tenants: 3, kept: kept.length },
    synthetic: true,
  });
}

/** A day in four periods. */
export function syntheticSchedule(): FleetSchedule {
  const periods = [
    ["night", 8 * 3600, 2],
    ["morning", 4 * 3600, 5],
    ["day", 8 * 3600, 9],
    ["evening", 4 * 3600, 6],
  ] as const;
  const { kind: _, version: __, ...basis } = syntheticFleet({ cards: 1, services: 6, cut: "mig" });
  return fleetScheduleSchema.parse({
    kind: "fleet-schedule",
    version: 1,
    made: basis.made,
    devices: basis.devices,
    workloads: basis.workloads,
    rule: basis.rule,
    interference: basis.interference,
    synthetic: true,
    repeat: true,
    gpuSeconds: periods.reduce((sum, [, seconds, cards]) => sum + seconds * cards, 0),
    peakGpuSeconds: 9 * 24 * 3600,
    periods: periods.map(([name, seconds, cards], i) => {
      const { services, gpus, promises, optimality } = syntheticFleet({ cards, services: 6, cut: "mig" });
      const scaled = services.map((service) => ({ ...service, ratePerSecond: (service.ratePerSecond * cards) / 5 }));
      const change = {
        pieces: 9,
        tenants: 12,
        kept: 4,
        steps: 30,
        seconds: 240,
        criticalSeconds: 60,
        gpus: cards + 1,
        missing: i === 2 ? [{ service: services[0]!.name, perSecond: 4, seconds: 12 }] : [],
      };
      return { name, seconds, services: scaled, gpus, promises, optimality, change: i === 0 ? null : change };
    }),
  });
}

/** Models of interference, of which the elaborate one does not beat the constant. */
export function syntheticInterference(): Interference {
  return interferenceSchema.parse({
    kind: "interference",
    version: 1,
    made,
    chosen: { model: "constant", slowdown: 1.09 },
    samples: 40,
    pairs: 10,
    quantile: null,
    validation: "leaving one pair of workloads out",
    candidates: [
      { model: "none", meanError: 0.087, p95Error: 0.146, coverage: null },
      { model: "constant", meanError: 0.03, p95Error: 0.068, coverage: null },
      { model: "linear", meanError: 0.034, p95Error: 0.071, coverage: null },
    ],
    why: "the linear model's mean error of 3.4 % does not beat the constant's 3 %",
    warnings: [],
    synthetic: true,
  });
}
