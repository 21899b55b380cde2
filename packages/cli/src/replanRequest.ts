import { type Demand, type FleetPlan, InputError, type Partition } from "@partitune/schema";
import {
  type FleetProblem,
  type PackingRuleName,
  type PieceKind,
  packingConfigs,
  packingRules,
  pieceKinds,
  toModeTables,
  toPackingProblem,
} from "@partitune/solver";
import type { PredictionSource } from "./loadPredictor.ts";
import { readIdle } from "./packOptions.ts";
import { parseNonNegative } from "./parseLists.ts";
import { parsePieces } from "./parsePieces.ts";
import { readFleetDemands } from "./readFleetDemands.ts";
import { readInterference } from "./readInterference.ts";
import { warn } from "./warn.ts";

/** What a re-plan is asked for; what is left out stays as in the running plan. */
export interface ReplanRequestOptions {
  readonly demand?: readonly string[];
  readonly demands?: string;
  readonly drop?: readonly string[];
  readonly pieces?: string;
  readonly rule?: PackingRuleName;
  readonly powerMode?: string;
  readonly idleWatts?: string;
  readonly interference?: string;
  readonly headroom: string;
  readonly margin?: string;
}

/**
 * The problem that a running plan is to be changed for: its services with the changes asked for, its rule, ways to cut, power mode and
 * interference unless others are named.
 *
 * @throws InputError when nothing is asked for, or the problem cannot be stated
 */
export function readReplanRequest(
  running: FleetPlan,
  { source, predict }: PredictionSource,
  options: ReplanRequestOptions,
): FleetProblem {
  const { workloads, device } = source;
  const names = workloads.map(({ name }) => name);
  const demands = readChangedDemands(running, options, names);
  const { configs, warnings } = packingConfigs(source, [...new Set(demands.map(({ workload }) => workload))]);
  const pieces = options.pieces === undefined ? runningPieces(running) : parsePieces(options.pieces);
  const stated =
    options.interference === undefined
      ? { interference: running.interference, warnings: [] }
      : readInterference(options.interference, pieces);
  const powerMode = options.powerMode ?? running.gpus[0]?.powerMode ?? device.powerModes[0]!.name;
  const fleet = toPackingProblem({
    device,
    workloads,
    demands,
    predict,
    configs,
    pieces,
    powerMode,
    idleWatts: readIdle(options, source.kind === "profile" ? toModeTables(source).idle : [], powerMode),
    rule: options.rule ?? runningRule(running),
    interference: stated.interference,
    headroom: parseNonNegative("--headroom", options.headroom),
    ...(options.margin === undefined
      ? {}
      : { margin: { kind: "relative" as const, excess: parseNonNegative("--margin", options.margin) } }),
  });
  warn([...warnings, ...fleet.warnings, ...stated.warnings]);
  return fleet;
}

/** A file lists all services that are left; what is typed is added to them, or to the running ones, in place of those of the same name. */
function readChangedDemands(
  running: FleetPlan,
  options: ReplanRequestOptions,
  workloads: readonly string[],
): readonly Demand[] {
  const { demand = [], demands, drop = [] } = options;
  const typed = demand.length === 0 ? [] : readFleetDemands({ demand }, workloads);
  const filed = demands === undefined ? null : readFleetDemands({ demands }, workloads);
  const known = filed ?? running.services.map(({ name, ...service }): Demand => ({ ...service, service: name }));
  const missing = drop.find((name) => !known.some((each) => serviceOf(each) === name));
  if (missing !== undefined)
    throw new InputError({
      what: `option --drop "${missing}"`,
      problem: "names no service of the plan",
      advice: `it has ${known.map((each) => `"${serviceOf(each)}"`).join(", ")}`,
    });
  const replaced = new Set([...typed.map(serviceOf), ...drop]);
  return [...known.filter((each) => !replaced.has(serviceOf(each))), ...typed];
}

function serviceOf({ service, workload }: Demand): string {
  return service ?? workload;
}

function runningPieces({ gpus }: FleetPlan): readonly PieceKind[] {
  const kinds = new Set<Partition["kind"]>(gpus.flatMap(({ pieces }) => pieces.map(({ partition }) => partition.kind)));
  const known = pieceKinds.filter((kind) => kinds.has(kind));
  if (known.length > 0) return known;
  throw new InputError({
    what: "the running plan",
    problem: "has no pieces, so it does not say how cards are cut",
    advice: "name the ways with --pieces",
  });
}

function runningRule({ rule }: FleetPlan): PackingRuleName {
  const names = Object.keys(packingRules) as readonly PackingRuleName[];
  const known = names.find((name) => name === rule);
  if (known !== undefined) return known;
  throw new InputError({
    what: "the running plan",
    problem: `was made under rule "${rule}", which is not known here`,
    advice: `name one with --rule: ${names.join(", ")}`,
  });
}
