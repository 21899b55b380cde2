import { type Demand, InputError, type Made, type Warning, type Watts } from "@partitune/schema";
import {
  besideOthers,
  checkFleetDemands,
  type FleetProblem,
  type FrontAxis,
  fastestMode,
  frontAxes,
  modesOf,
  type PackingName,
  type PackingRuleName,
  packingConfigs,
  toModeTables,
  toPackingProblem,
} from "@partitune/solver";
import type { PredictionSource } from "./loadPredictor.ts";
import { parseCount, parseNonNegative, parsePositive } from "./parseLists.ts";
import { parsePieces, usualPieces } from "./parsePieces.ts";
import { type FleetDemandOptions, readFleetDemands } from "./readFleetDemands.ts";
import { readInterference } from "./readInterference.ts";
import { warn } from "./warn.ts";
import type { OutputOptions } from "./writeOutput.ts";

/** What a fleet can be packed for. */
export const packObjectives = ["gpus", "power", "headroom", "load"] as const;
export type PackObjective = (typeof packObjectives)[number];

export interface PackOptions extends FleetDemandOptions, OutputOptions {
  readonly rule: PackingRuleName;
  readonly method?: PackingName | "all";
  readonly objective: PackObjective;
  readonly gpus?: string;
  readonly pieces?: string;
  readonly powerMode?: string;
  readonly idleWatts?: string;
  readonly interference?: string;
  readonly headroom: string;
  readonly margin?: string;
  readonly timeLimit?: string;
  readonly accept?: boolean;
  readonly front?: string;
  readonly periods?: string;
  readonly repeat?: boolean;
  readonly slack?: string;
  readonly spares?: string;
  readonly stepSeconds?: string;
}

/** A request to pack, read and checked. */
export interface PackRequest {
  readonly objective: PackObjective;
  /** Null: the usual one of the objective. */
  readonly method: PackingName | "all" | null;
  /** The problem in the power mode of all GPUs, or the quickest; one of `fleets`. */
  readonly fleet: FleetProblem;
  /** The problem in every power mode that may be used. */
  readonly fleets: readonly FleetProblem[];
  readonly gpus: number | null;
  readonly front: FrontAxis | null;
  readonly timeLimit: { readonly timeLimitSeconds?: number };
  readonly made: Made;
}

/**
 * States what is to be packed, and warns of what is not planned with.
 *
 * @throws InputError when options contradict each other, or the problem cannot be stated
 */
export function readPackRequest(predictor: PredictionSource, options: PackOptions, made: Made): PackRequest {
  const names = predictor.source.workloads.map(({ name }) => name);
  const { request, warnings } = statePackRequest(predictor, options, readFleetDemands(options, names), made);
  warn(warnings);
  return request;
}

/**
 * States what is to be packed for these demands, whatever demands the options name.
 *
 * @throws InputError when options contradict each other, or the problem cannot be stated
 */
export function statePackRequest(
  { source, predict }: PredictionSource,
  options: PackOptions,
  demands: readonly Demand[],
  made: Made,
): { readonly request: PackRequest; readonly warnings: readonly Warning[] } {
  const front = options.front === undefined ? null : parseFront(options.front);
  checkCombination(options, front);
  const { workloads, device } = source;
  checkFleetDemands({ demands, workloads });
  const named = [...new Set(demands.map(({ workload }) => workload))];
  const { configs, warnings } = packingConfigs(source, named);
  const pieces = options.pieces === undefined ? usualPieces(configs, device) : parsePieces(options.pieces);
  const { interference, warnings: assumed } = readInterference(options.interference, pieces);
  const quickest = options.powerMode ?? fastestMode(configs, named, predict);
  const many = options.objective === "power" || front === "power";
  const modes = many && options.powerMode === undefined ? modesOf(configs, named) : [quickest];
  const measured = source.kind === "profile" ? toModeTables(source).idle : [];
  const fleets = modes.map((powerMode) =>
    toPackingProblem({
      device,
      workloads,
      demands,
      predict,
      configs,
      pieces,
      powerMode,
      rule: options.rule,
      interference,
      headroom: parseNonNegative("--headroom", options.headroom),
      idleWatts: readIdle(options, measured, powerMode),
      ...readMargin(options),
    }),
  );
  const request: PackRequest = {
    objective: options.objective,
    method: options.method ?? null,
    fleet: fleets[modes.indexOf(quickest)]!,
    fleets,
    gpus: options.gpus === undefined ? null : parseCount("--gpus", options.gpus),
    front,
    timeLimit:
      options.timeLimit === undefined ? {} : { timeLimitSeconds: parsePositive("--time-limit", options.timeLimit) },
    made,
  };
  const unused = options.interference === undefined && assumed.length > 0 ? null : besideOthers;
  const told = warnings.filter(({ code }) => code !== unused);
  return { request, warnings: [...told, ...fleets.flatMap((each) => each.warnings), ...assumed] };
}

function readMargin({ margin }: PackOptions): Partial<Parameters<typeof toPackingProblem>[0]> {
  return margin === undefined ? {} : { margin: { kind: "relative", excess: parseNonNegative("--margin", margin) } };
}

/** Power of a card before anything runs: what is stated, else what was measured in the mode. */
export function readIdle(
  { idleWatts }: Pick<PackOptions, "idleWatts">,
  measured: readonly { readonly mode: string; readonly watts: Watts }[],
  powerMode: string,
): Watts | null {
  if (idleWatts !== undefined) return parseNonNegative("--idle-watts", idleWatts);
  return measured.find(({ mode }) => mode === powerMode)?.watts ?? null;
}

function parseFront(text: string): FrontAxis {
  const axes = Object.keys(frontAxes) as readonly FrontAxis[];
  const axis = axes.find((each) => [`gpus,${each}`, `${each},gpus`].includes(text.replaceAll(" ", "")));
  if (axis !== undefined) return axis;
  throw new InputError({
    what: `option --front "${text}"`,
    problem: "names no two objectives that can be traded",
    advice: `write one of: ${axes.map((each) => `gpus,${each}`).join(" ")}`,
  });
}

function checkCombination({ objective, method, gpus, front, accept }: PackOptions, axis: FrontAxis | null): void {
  const fail = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  const isRoom = objective === "headroom" || objective === "load";
  if (isRoom && gpus === undefined)
    fail(`option --objective ${objective}`, "needs a number of GPUs", "add for example --gpus 4");
  if (isRoom && method !== undefined)
    fail(`option --method ${method}`, `has no effect on --objective ${objective}`, "leave it out");
  if (method === "all" && objective !== "gpus")
    fail("option --method all", "compares numbers of GPUs", "leave --objective out");
  if (axis !== null && (method !== undefined || accept === true || objective !== "gpus"))
    fail(
      `option --front ${front}`,
      "goes with no --method, --objective or --accept",
      "leave them out; it solves every point exactly, or with a bound",
    );
  if (method === "all" && accept === true) fail("option --accept", "judges one plan", "name one --method");
}
