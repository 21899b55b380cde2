import { describeInput, type FleetPlan, InputError, loadJson } from "@partitune/schema";
import { type FleetReplan, packingRules, planTransition, replanFleet } from "@partitune/solver";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { formatFleetTransition } from "../formatFleetTransition.ts";
import { formatReplan } from "../formatReplan.ts";
import { loadPredictor } from "../loadPredictor.ts";
import { madeNow } from "../made.ts";
import { parseCount, parseMargin } from "../parseLists.ts";
import { assumedSteps, parseStepSeconds } from "../parseStepSeconds.ts";
import { printable } from "../printable.ts";
import { startProgress } from "../progress.ts";
import { type ReplanRequestOptions, readReplanRequest } from "../replanRequest.ts";
import { checkOutput, type OutputOptions, printJson, writeOutput } from "../writeOutput.ts";

interface ReplanCommandOptions extends ReplanRequestOptions, OutputOptions {
  readonly slack: string;
  readonly gpus?: string;
  readonly without?: readonly string[];
  readonly spares: string;
  readonly allowedLoss: string;
  readonly stepSeconds?: string;
  readonly transition?: string;
}

export function replanCommand(): Command {
  return new Command("replan")
    .description(
      "Changes a running fleet plan as little as possible for new demands, and says step by step how to get there without breaking promises.",
    )
    .argument("<running>", "the fleet plan that runs")
    .argument("<source>", "profile folder or surrogate file that it was made from, or a newer one")
    .option(
      "--demand <text>",
      'a service that is new or changes, "[SERVICE:]WORKLOAD RATE/s DEADLINE pQ"; may be repeated',
      collectValues,
    )
    .option("--demands <file>", "all services that are left; by default those of the running plan")
    .option("--drop <service>", "a service that ends; may be repeated", collectValues)
    .option("--without <gpu>", "a GPU that is lost; may be repeated", collectValues)
    .option("--slack <count>", "GPUs beyond the fewest that may be used to spare changes", "0")
    .option("--gpus <count>", "GPUs that may be used, in place of the fewest and the slack")
    .option("--pieces <kinds>", "ways to cut a GPU, separated by commas; by default those of the running plan")
    .addOption(
      new Option("--rule <name>", "what counts as safe; by default as in the running plan").choices(
        Object.keys(packingRules),
      ),
    )
    .option("--power-mode <name>", "power mode of all GPUs; by default as in the running plan")
    .option("--idle-watts <watts>", "power of a card in use before anything runs, where it was not measured")
    .option(
      "--interference <model>",
      "how pieces slow each other down: a file, none, or a factor; by default as in the running plan",
    )
    .option("--headroom <fraction>", "capacity beyond the rate that every service is given", "0")
    .option("--margin <fraction>", "plan so much longer than measured, instead of with the intervals' upper ends")
    .option("--spares <count>", "GPUs that may be used on the way only", "1")
    .option("--allowed-loss <fraction>", "part of every rate that may find no place on the way", "0")
    .option("--step-seconds <list>", `how long steps take; assumed, not measured: ${assumedSteps}`)
    .option("--out <file>", "where to write the new plan")
    .option("--transition <file>", "where to write the steps")
    .option("--json", "print plan, steps and counts to stdout; where there is no plan, why")
    .addHelpText(
      "after",
      `
What is not named stays as in the running plan. Give --headroom and --margin as they were given to partitune pack.

Examples:
  $ partitune replan fleet.json profiles/a100 --demand "resnet50 600/s 60ms p99" --out new.json --transition steps.json
  $ partitune replan fleet.json profiles/a100 --drop photos --without gpu3 --spares 0
  $ partitune replan fleet.json profiles/a100 --demands tonight.json --slack 1

Exit codes: 0 a plan, and every service keeps its capacity on the way; 1 none, or a service dips; 2 bad input.`,
    )
    .action(async (path: string, source: string, options: ReplanCommandOptions) => {
      checkOutput(options);
      if (options.transition !== undefined) checkOutput({ out: options.transition });
      process.exitCode = await replan(loadJson(path, "fleet-plan"), path, source, options);
    });
}

async function replan(
  running: FleetPlan,
  path: string,
  source: string,
  options: ReplanCommandOptions,
): Promise<number> {
  const inputs = [path, source, ...(options.demands === undefined ? [] : [options.demands])].map(describeInput);
  const made = madeNow(null, inputs);
  const lost = checkLost(running, options.without ?? []);
  const limits = {
    ...(options.gpus === undefined
      ? { slack: parseCount("--slack", options.slack, 0) }
      : { mostGpus: parseCount("--gpus", options.gpus) }),
    without: lost,
  };
  const steps = {
    made,
    spares: parseCount("--spares", options.spares, 0),
    allowedLoss: parseMargin("--allowed-loss", options.allowedLoss),
    ...(options.stepSeconds === undefined ? {} : { seconds: parseStepSeconds("--step-seconds", options.stepSeconds) }),
  };
  const fleet = readReplanRequest(running, loadPredictor(source), options);
  const progress = startProgress(`re-plan ${fleet.services.length} services`);
  const answer = await replanFleet(fleet, running, { ...limits, made }).finally(() => progress.end());
  if (answer.status === "unservable") return explainNo(answer, options);
  if (options.gpus !== undefined && answer.plan.gpus.length > Number(options.gpus))
    return tooMany(answer.plan.gpus.length, options.gpus);
  const left = { ...running, gpus: running.gpus.filter(({ id }) => !lost.includes(id)) };
  const transition = planTransition(left, answer.plan, steps);
  if (options.json === true) {
    const { plan, changes, proved, afreshGpus } = answer;
    printJson({ plan, transition, changes, proved, afreshGpus });
  } else {
    const hint = await hintAtSlack(answer, left, (slack) => replanFleet(fleet, left, { made, slack }), options);
    process.stdout.write(`${formatReplan(left, answer)}${hint}\n${formatFleetTransition(transition)}`);
  }
  if (options.out !== undefined) writeOutput(answer.plan, { out: options.out });
  if (options.transition !== undefined) writeOutput(transition, { out: options.transition });
  return transition.dips.length === 0 ? exitCodes.yes : exitCodes.no;
}

/** Part of the pieces beyond which a re-plan is taken to be a burden. */
const manyTouched = 0.1;

/** What one GPU more would spare, when much is to be touched. */
async function hintAtSlack(
  { changes }: Extract<FleetReplan, { status: "packed" }>,
  { gpus }: Pick<FleetPlan, "gpus">,
  replanWith: (slack: number) => Promise<FleetReplan>,
  { slack, gpus: most }: ReplanCommandOptions,
): Promise<string> {
  const pieces = gpus.reduce((sum, gpu) => sum + gpu.pieces.length, 0);
  if (most !== undefined || changes.touched <= manyTouched * pieces) return "";
  const looser = await replanWith(Number(slack) + 1);
  if (looser.status !== "packed" || looser.changes.touched >= changes.touched) return "";
  const { touched } = looser.changes;
  return `with one GPU more (--slack ${Number(slack) + 1}) ${touched} ${touched === 1 ? "piece" : "pieces"} would be touched\n`;
}

function checkLost({ gpus }: FleetPlan, lost: readonly string[]): readonly string[] {
  const unknown = lost.find((id) => !gpus.some((gpu) => gpu.id === id));
  if (unknown === undefined) return lost;
  throw new InputError({
    what: `option --without "${unknown}"`,
    problem: "names no GPU of the running plan",
    advice: `it has ${gpus.map(({ id }) => `"${id}"`).join(", ")}`,
  });
}

function explainNo(
  { services, status }: Extract<FleetReplan, { status: "unservable" }>,
  { json }: OutputOptions,
): number {
  if (json === true) printJson({ status, services });
  process.stderr.write("infeasible: some demands cannot be met\n");
  for (const { service, reason } of services)
    process.stderr.write(`${printable(`  service "${service}": ${reason}`)}\n`);
  return exitCodes.no;
}

function tooMany(found: number, most: string): number {
  process.stderr.write(`no plan found on ${most} GPUs: the one with least change that was found uses ${found}\n`);
  return exitCodes.no;
}
