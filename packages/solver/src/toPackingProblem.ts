import {
  type Config,
  type Demand,
  type Device,
  type FleetService,
  formatConfig,
  formatPartition,
  type InterferenceModel,
  occupantOf,
  type Partition,
  type Predict,
  unplaced,
  type Warning,
  type Watts,
  type Workload,
} from "@partitune/schema";
import { allowsPartition } from "./allowsPartition.ts";
import { checkFleetDemands, checkFleetRows } from "./checkFleetDemands.ts";
import { defaultMargin, type Margin } from "./margin.ts";
import type { PackingProblem, Service } from "./packing/packingProblem.ts";
import type { PackingRuleName } from "./packing/packingRules.ts";
import { rowKey } from "./packing/rowKey.ts";
import { assumedMargins, type CurveContext, type PlannedRow, plannedCurve, type UsableConfig } from "./plannedCurve.ts";
import { serviceName } from "./serviceName.ts";
import { type PieceKind, pieceName, toCard, wholeAs } from "./toCard.ts";

/** What a packing problem is made from. */
export interface PackingInput {
  readonly device: Device;
  readonly workloads: readonly Workload[];
  /** A demand without a service is a service of its workload's name. */
  readonly demands: readonly Demand[];
  readonly predict: Predict;
  /** Configurations that may be used; {@link packingConfigs} lists those of a profile or surrogate. */
  readonly configs: readonly Config[];
  /** Ways to cut a card, each card in one of them. */
  readonly pieces: readonly PieceKind[];
  readonly powerMode: string;
  readonly rule: PackingRuleName;
  /** How much longer than expected service is planned for, by default the interval's upper end. */
  readonly margin?: Margin;
  /** How pieces of one card slow each other down, by default not at all. */
  readonly interference?: InterferenceModel;
  /** Capacity beyond the rate that every service is given, as a part of its rate; by default 0. */
  readonly headroom?: number;
  /** Power of the card in this mode when nothing runs, W; null when not known, and then nobody's power is. */
  readonly idleWatts?: Watts | null;
}

/** A packing problem, with what its names stand for. */
export interface FleetProblem {
  readonly problem: PackingProblem;
  readonly device: Device;
  readonly powerMode: string;
  readonly interference: InterferenceModel;
  readonly idleWatts: Watts | null;
  /** Those that a demand names. */
  readonly workloads: readonly Workload[];
  readonly services: readonly FleetService[];
  /** Name of a piece → its partition, a MIG instance without its start. */
  readonly partitions: ReadonlyMap<string, Partition>;
  /** By {@link rowKey}. */
  readonly planned: ReadonlyMap<string, PlannedRow>;
  readonly synthetic: boolean;
  readonly warnings: readonly Warning[];
}

/**
 * States which services are to be packed on cards of one kind in one power mode, from demands and from what is predicted or was measured.
 *
 * Every time is planned with the unfavourable end of its interval and, on pieces that may have neighbours, with the worst slowdown that the
 * others could cause there; MIG instances have none. Configurations that the device does not allow, and those of which nothing is known, are
 * left out with a warning.
 *
 * @throws InputError when demands and workloads do not match, the device cannot be cut in one of the ways, or a demanded workload has no
 * configuration on any piece
 */
export function toPackingProblem(input: PackingInput): FleetProblem {
  const { device, demands, interference = { model: "none" }, idleWatts = null, margin = defaultMargin } = input;
  checkFleetDemands(input);
  const usable = usableConfigs(input);
  const allowed = usable.filter(({ piece }) => allowsPartition(device, piece));
  checkFleetRows(input, allowed);
  const mostProcesses = Math.max(...allowed.map(({ config }) => config.processes ?? 1));
  const pieces = allowed.map(({ piece }) => piece);
  const planned = plannedRows(allowed, { device, predict: input.predict, margin, interference, idleWatts });
  return {
    problem: {
      card: toCard(device, input.pieces, pieces, mostProcesses),
      services: demands.map(toService),
      rows: planned.map(({ row }) => row),
      rule: input.rule,
      headroom: input.headroom ?? 0,
    },
    device,
    powerMode: input.powerMode,
    interference,
    idleWatts,
    workloads: input.workloads.filter(({ name }) => demands.some(({ workload }) => workload === name)),
    services: demands.map(toFleetService),
    partitions: new Map(pieces.map((piece) => [pieceName(piece), unplaced(piece)])),
    planned: new Map(planned.map((each) => [rowKey(each.row), each])),
    synthetic: device.synthetic || planned.some(({ synthetic }) => synthetic),
    warnings: [
      ...notOffered(input),
      ...(margin.kind === "interval" ? assumedMargins(planned, margin.whenOpen) : []),
      ...idleServices(demands),
    ],
  };
}

/** Configurations of demanded workloads in the power mode, on pieces of the kinds wanted, each once. */
function usableConfigs({ device, demands, configs, powerMode, pieces }: PackingInput): readonly UsableConfig[] {
  const demanded = new Set(demands.map(({ workload }) => workload));
  const own = configs.filter((config) => demanded.has(config.workload) && config.powerMode === powerMode);
  const named = own.filter(({ partition }) => pieces.some((kind) => kind === partition.kind));
  const whole = wholeAs(device, pieces);
  const uncut = whole === null ? [] : own.filter(({ partition }) => partition.kind === "whole");
  const all = [
    ...uncut.map((config): UsableConfig => ({ config, piece: whole! })),
    ...named.map((config): UsableConfig => ({ config, piece: unplaced(config.partition) })),
  ];
  const known = new Map(all.map((each) => [formatConfig({ ...each.config, partition: each.piece }), each]));
  return [...known.values()].filter(({ piece }) => piece.kind !== "mig" || !/[+-]/.test(piece.profile));
}

function plannedRows(allowed: readonly UsableConfig[], context: CurveContext): readonly PlannedRow[] {
  const occupants = allowed.map(({ config, piece }) => occupantOf({ ...config, partition: piece }, context.device));
  const distinct = [...new Map(occupants.map((each) => [JSON.stringify(each), each])).values()];
  const beside = distinct.filter(({ fraction, isolated }) => !isolated && fraction < 1);
  const curves = Map.groupBy(allowed, ({ config, piece }) =>
    JSON.stringify([config.workload, pieceName(piece), config.processes ?? 1]),
  );
  return [...curves.values()].flatMap((curve) => plannedCurve(curve, beside, context));
}

function toService(demand: Demand): Service {
  const { workload, ratePerSecond, deadlineSeconds, percentile } = demand;
  return { name: serviceName(demand), model: workload, ratePerSecond, deadlineSeconds, percentile };
}

function toFleetService(demand: Demand): FleetService {
  const { workload, ratePerSecond, deadlineSeconds, percentile } = demand;
  return { name: serviceName(demand), workload, ratePerSecond, deadlineSeconds, percentile };
}

/** What was measured in the power mode on partitions that the device cannot be cut into. */
function notOffered({ device, demands, configs, powerMode }: PackingInput): readonly Warning[] {
  const demanded = new Set(demands.map(({ workload }) => workload));
  const own = configs.filter((config) => demanded.has(config.workload) && config.powerMode === powerMode);
  const partitions = new Map(own.map(({ partition }) => [formatPartition(unplaced(partition)), unplaced(partition)]));
  const lost = [...partitions].filter(([, partition]) => !allowsPartition(device, partition));
  return lost.map(([name]) => ({
    code: "not-offered",
    where: name,
    cause: `"${device.name}" cannot be cut so, and what was measured there is not used`,
    advice: "see partitune layouts for what the device offers",
  }));
}

function idleServices(demands: readonly Demand[]): readonly Warning[] {
  const idle = demands.filter(({ ratePerSecond }) => ratePerSecond === 0);
  return idle.map((demand) => ({
    code: "no-requests",
    where: `service "${serviceName(demand)}"`,
    cause: "asks for 0 requests per second, so it gets no piece",
    advice: "give it a rate when it is to be ready",
  }));
}
