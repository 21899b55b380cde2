import { describeInput, type FleetPlan, type Watts } from "@partitune/schema";
import {
  type FleetPacking,
  type FleetProblem,
  fastestMode,
  fewestGpus,
  type PackingName,
  type PackingRuleName,
  packingConfigs,
  packingRules,
  packings,
  toFleetPlan,
  toModeTables,
  toPackingProblem,
} from "@partitune/solver";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { formatFleetPlan } from "../formatFleetPlan.ts";
import { loadPredictor, type PredictionSource } from "../loadPredictor.ts";
import { madeNow } from "../made.ts";
import { parseNonNegative } from "../parseLists.ts";
import { parsePieces, usualPieces } from "../parsePieces.ts";
import { printable } from "../printable.ts";
import { startProgress } from "../progress.ts";
import { type FleetDemandOptions, readFleetDemands } from "../readFleetDemands.ts";
import { readInterference } from "../readInterference.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, printJson, writeOutput } from "../writeOutput.ts";

interface PackOptions extends FleetDemandOptions, OutputOptions {
  readonly rule: PackingRuleName;
  readonly method: PackingName;
  readonly pieces?: string;
  readonly powerMode?: string;
  readonly interference?: string;
  readonly headroom: string;
  readonly margin?: string;
}

export function packCommand(): Command {
  return new Command("pack")
    .description(
      "Plans which services run on which piece of which GPU, on as few GPUs as possible, with a proof or a bound. Exits with 1 and the reason when a demand cannot be met.",
    )
    .argument("<source>", "profile folder (then only what was measured is considered), or surrogate file")
    .option("--demand <text>", 'one service, "[SERVICE:]WORKLOAD RATE/s DEADLINE pQ"; may be repeated', collectValues)
    .option("--demands <file>", "a file of demands")
    .addOption(new Option("--rule <name>", "what counts as safe").choices(Object.keys(packingRules)).default("queue"))
    .addOption(new Option("--method <name>", "how to pack").choices(Object.keys(packings)).default("column-generation"))
    .option("--pieces <kinds>", "ways to cut a GPU, separated by commas; by default what was measured, isolated first")
    .option("--power-mode <name>", "power mode of all GPUs; by default the one with most throughput")
    .option("--interference <model>", "how pieces slow each other down: a file, none, or a factor such as 1.09")
    .option("--headroom <fraction>", "capacity beyond the rate that every service is given", "0")
    .option(
      "--margin <fraction>",
      "plan times this part longer than measured, instead of with their intervals' upper ends",
    )
    .option("--out <file>", "where to write the plan")
    .option("--json", "print the plan to stdout; where there is no plan, why")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune pack profiles/a100 --demand "resnet50 400/s 60ms p99" --demand "photos:vgg16 120/s 100ms" --out fleet.json
  $ partitune pack profiles/a100 --demands demands.json --pieces mps-share --interference interference.json

Exit codes: 0 a plan; 1 a demand that cannot be met; 2 bad input.`,
    )
    .action(async (path: string, options: PackOptions) => {
      checkOutput(options);
      process.exitCode = await runPack(path, options);
    });
}

async function runPack(path: string, options: PackOptions): Promise<number> {
  const fleet = stateFleet(loadPredictor(path), options);
  const progress = startProgress("pack");
  let packing: FleetPacking;
  try {
    progress.update({ what: `${fleet.services.length} services by ${options.method}` });
    packing = await fewestGpus(fleet, { method: options.method });
  } finally {
    progress.end();
  }
  if (packing.status !== "packed") {
    if (options.json === true) printJson(packing);
    return explainNo(packing);
  }
  const inputs = [path, ...(options.demands === undefined ? [] : [options.demands])].map(describeInput);
  showPlan(toFleetPlan({ ...packing, made: madeNow(null, inputs) }), options);
  return exitCodes.yes;
}

/** States the problem, and warns of what is not planned with. */
function stateFleet({ source, predict }: PredictionSource, options: PackOptions): FleetProblem {
  const { workloads, device } = source;
  const demands = readFleetDemands(
    options,
    workloads.map(({ name }) => name),
  );
  const named = [...new Set(demands.map(({ workload }) => workload))];
  const { configs, warnings } = packingConfigs(source, named);
  const pieces = options.pieces === undefined ? usualPieces(configs) : parsePieces(options.pieces);
  const { interference, warnings: assumed } = readInterference(options.interference, pieces);
  const idle = source.kind === "profile" ? toModeTables(source).idle : [];
  const powerMode = options.powerMode ?? fastestMode(configs, named, predict);
  const fleet = toPackingProblem({
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
    idleWatts: idleIn(idle, powerMode),
    ...(options.margin === undefined
      ? {}
      : { margin: { kind: "relative", excess: parseNonNegative("--margin", options.margin) } }),
  });
  warn([...warnings, ...fleet.warnings, ...assumed]);
  return fleet;
}

function idleIn(idle: readonly { readonly mode: string; readonly watts: Watts }[], powerMode: string): Watts | null {
  return idle.find(({ mode }) => mode === powerMode)?.watts ?? null;
}

function showPlan(plan: FleetPlan, options: PackOptions): void {
  if (options.json !== true) process.stdout.write(formatFleetPlan(plan));
  writeOutput(plan, options);
}

/** Prints why there is no plan; returns the exit code. */
function explainNo(packing: Exclude<FleetPacking, { status: "packed" }>): number {
  const lines =
    packing.status === "unservable"
      ? [
          "infeasible: some demands cannot be met",
          ...packing.services.map(({ service, reason }) => `  service "${service}": ${reason}`),
        ]
      : [`${packing.status}: ${packing.reason}`];
  process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(""));
  return exitCodes.no;
}
