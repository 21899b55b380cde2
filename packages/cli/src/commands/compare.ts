import { describeInput, type FleetPlan, InputError, loadJson } from "@partitune/schema";
import { type CardLawName, type CardTimes, cardLaws, cardTimes, compareSharing } from "@partitune/simulator";
import { packingConfigs } from "@partitune/solver";
import { Command, Option } from "commander";
import { compareOnProcessor } from "../compareOnProcessor.ts";
import { formatSharingComparison } from "../formatSharingComparison.ts";
import { loadPredictor, type PredictionSource } from "../loadPredictor.ts";
import { madeNow } from "../made.ts";
import { parsePositive } from "../parseLists.ts";
import { parseStarts, type Start } from "../parseStarts.ts";
import { packExperiment, type SharingExperimentName, sharingExperiments } from "../sharingExperiments.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface CompareOptions extends OutputOptions {
  readonly experiment?: SharingExperimentName;
  readonly start?: string;
  readonly duration?: string;
  readonly interval?: string;
  readonly arrivals?: "even" | "poisson";
  readonly laws: string;
  readonly slowdown: string;
  readonly planOut?: string;
  readonly live?: boolean;
  readonly folder: string;
  readonly seed: string;
}

/** Seconds that are compared where nothing else is asked for. */
const usualDuration = 500;
const usualLiveDuration = 60;

export function compareCommand(): Command {
  return new Command("compare")
    .description(
      "Plays the same requests on a fleet plan's partitions and on the same cards without them: default MPS and time slicing. With --live serves them on this machine's processor, as planned and unpartitioned.",
    )
    .argument(
      "<files...>",
      "a fleet plan and the profile (or surrogate) it was made from; with --live the plan alone, with --experiment the profile alone",
    )
    .addOption(
      new Option(
        "--experiment <name>",
        `packs its own services; ${Object.entries(sharingExperiments)
          .map(([name, { description }]) => `${name}: ${description}`)
          .join("; ")}`,
      ).choices(Object.keys(sharingExperiments)),
    )
    .option(
      "--start <times>",
      'when services begin, and perhaps end: "resnet18 0s, vgg16 100s-400s"; by default at 0 s',
    )
    .option(
      "--duration <seconds>",
      `length of the comparison, by default ${usualDuration}; with --live ${usualLiveDuration} for each way of sharing`,
    )
    .option("--interval <seconds>", "length of an interval of the timelines, by default a 250th of the duration")
    .addOption(
      new Option(
        "--arrivals <kind>",
        "how requests come: at random (poisson, the default), or by clocks with a jitter of 10 % (even, the default of an experiment)",
      ).choices(["poisson", "even"]),
    )
    .option(
      "--laws <names>",
      `how cards without partitions are shared, separated by commas: ${Object.keys(cardLaws).join(", ")}`,
      "mps-fair,mps-alternate,time-slice",
    )
    .option("--slowdown <factor>", "on the time of a batch while others run beside it without partitions", "1.09")
    .option(
      "--live",
      "deploy the plan of a processor on this machine, then the same servers unpartitioned, and measure both",
    )
    .option("--folder <folder>", "where --live writes the deployed scripts", ".partitune/compare")
    .option("--plan-out <file>", "with --experiment: where to write the plan")
    .option("--seed <text>", "fixes everything random", "1")
    .option("--out <file>", "where to write the comparison")
    .option("--json", "print the comparison to stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune compare --experiment kaist datasets/synthetic-a100-80gb --out kaist.json
  $ partitune compare fleet.json profiles/a100 --start "resnet18 0s, vgg16 60s" --duration 300 --laws mps-fair,mps-alternate
  $ partitune compare desk.fleet.json --live --start "resnet18 0s, vgg16 20s" --duration 60 --out isolation.json`,
    )
    .action(async (files: readonly string[], options: CompareOptions) => {
      checkOutput(options);
      checkOutput({ ...(options.planOut === undefined ? {} : { out: options.planOut }) });
      if (options.live === true) return serveBoth(files, options);
      const laws = parseLaws(options.laws);
      const { plan, predictor, profile } = await stateComparison(files, options);
      const { durationSeconds, starts, arrivals } = stateLoad(plan, options);
      const comparison = compareSharing(plan, timesOf(plan, predictor, profile), {
        seed: options.seed,
        durationSeconds,
        ...(options.interval === undefined ? {} : { intervalSeconds: parsePositive("--interval", options.interval) }),
        starts,
        arrivals,
        laws,
        slowdown: parsePositive("--slowdown", options.slowdown),
        made: madeNow(options.seed, files.map(describeInput)),
      });
      if (options.json !== true) process.stdout.write(formatSharingComparison(comparison));
      writeOutput(comparison, options);
    });
}

/** The comparison in service, on this machine's processor. */
async function serveBoth(files: readonly string[], options: CompareOptions): Promise<void> {
  const plan = await statePlan(files, options);
  const { durationSeconds, starts, arrivals } = stateLoad(plan, options);
  const { comparison, warnings } = await compareOnProcessor(plan, {
    folder: options.folder,
    seed: options.seed,
    durationSeconds,
    ...(options.interval === undefined ? {} : { intervalSeconds: parsePositive("--interval", options.interval) }),
    starts,
    arrivals,
    made: madeNow(options.seed, files.map(describeInput)),
  });
  warn(warnings);
  if (options.json !== true) process.stdout.write(formatSharingComparison(comparison));
  writeOutput(comparison, options);
}

async function statePlan(files: readonly string[], options: CompareOptions): Promise<FleetPlan> {
  if (options.experiment !== undefined) return (await stateComparison(files, options)).plan;
  if (files.length === 1) return loadJson(files[0]!, "fleet-plan");
  throw new InputError({
    what: "the command line",
    problem: `names ${files.length} files`,
    advice: "with --live give the fleet plan alone: it says all that is deployed",
  });
}

interface Compared {
  readonly plan: FleetPlan;
  readonly predictor: PredictionSource;
  /** Path of what the predictor was loaded from. */
  readonly profile: string;
}

async function stateComparison(files: readonly string[], options: CompareOptions): Promise<Compared> {
  const { experiment, planOut, seed } = options;
  const [first = "", second = ""] = files;
  if (files.length !== (experiment === undefined ? 2 : 1))
    throw new InputError({
      what: "the command line",
      problem: `names ${files.length} files`,
      advice: "give a fleet plan and a profile; with --experiment, which makes its own plan, a profile alone",
    });
  if (experiment === undefined) {
    if (planOut !== undefined)
      throw new InputError({
        what: "option --plan-out",
        problem: "has no effect without --experiment",
        advice: "leave it out",
      });
    return { plan: loadJson(first, "fleet-plan"), predictor: loadPredictor(second), profile: second };
  }
  const predictor = loadPredictor(first);
  const plan = await packExperiment(sharingExperiments[experiment], predictor, madeNow(seed, [describeInput(first)]));
  if (planOut !== undefined) writeOutput(plan, { out: planOut });
  return { plan, predictor, profile: first };
}

function stateLoad(plan: FleetPlan, { experiment, start, duration, arrivals, live }: CompareOptions) {
  const preset = experiment === undefined ? undefined : sharingExperiments[experiment];
  const busy = plan.services.filter(({ ratePerSecond }) => ratePerSecond > 0).map(({ name }) => name);
  const starts: Readonly<Record<string, Start>> =
    start === undefined ? (preset?.starts ?? {}) : parseStarts(start, busy);
  return {
    durationSeconds:
      duration === undefined
        ? (preset?.durationSeconds ?? (live === true ? usualLiveDuration : usualDuration))
        : parsePositive("--duration", duration),
    starts,
    arrivals: arrivals ?? (preset === undefined ? "poisson" : "even"),
  } as const;
}

function parseLaws(text: string): readonly CardLawName[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  return names.map((name) => {
    if (isLaw(name)) return name;
    throw new InputError({
      what: `option --laws "${text}"`,
      problem: `names "${name}", which is no law`,
      advice: `choose from ${Object.keys(cardLaws).join(", ")}, separated by commas`,
    });
  });
}

function isLaw(name: string): name is CardLawName {
  return Object.hasOwn(cardLaws, name);
}

/** How fast the plan's workloads are on the whole card, from what the plan was made from. */
function timesOf(
  plan: FleetPlan,
  { source, predict }: PredictionSource,
  profile: string,
): ReadonlyMap<string, CardTimes> {
  const modes = [...new Set(plan.gpus.map(({ powerMode }) => powerMode))];
  const devices = [...new Set(plan.gpus.map(({ device }) => device))];
  const other = devices.find((device) => device !== source.device.name);
  if (other !== undefined)
    throw new InputError({
      what: "the plan",
      problem: `has cards of kind "${other}", but "${profile}" tells of "${source.device.name}"`,
      advice: "give the profile of the plan's cards, all of one kind",
    });
  if (modes.length > 1)
    throw new InputError({
      what: "the plan",
      problem: `runs its cards in several power modes (${modes.map((mode) => `"${mode}"`).join(", ")})`,
      advice: "compare plans whose cards all run in one",
    });
  const workloads = [...new Set(plan.services.map(({ workload }) => workload))];
  const { configs } = packingConfigs(source, workloads);
  const input = { device: source.device, powerMode: modes[0] ?? "", configs, predict };
  const used = new Set(
    plan.gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants.map((each) => each.service))),
  );
  return new Map(
    plan.services.filter(({ name }) => used.has(name)).map(({ workload }) => [workload, cardTimes(workload, input)]),
  );
}
