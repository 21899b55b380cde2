import { executors, protocols } from "@partitune/profiler";
import { InputError, loadProfile } from "@partitune/schema";
import {
  atHighestRate,
  defaultHolding,
  type ScheduleRequest,
  type StrategyName,
  scheduleModes,
  searchModes,
  strategies,
  toModeGrid,
  toModeTables,
} from "@partitune/solver";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { formatModeSchedule } from "../formatModePlan.ts";
import { formatModeSearch } from "../formatModeSearch.ts";
import { type LearnerName, learnerNames, learningStrategies, type MakeLearner, openLearner } from "../learners.ts";
import { madeNow } from "../made.ts";
import { type ModeProblemOptions, readModeProblem, withModeProblemOptions } from "../modeProblemOptions.ts";
import { type ModeSourceOptions, type OpenModeSource, openModeSource } from "../modeSource.ts";
import { parseCount, parseFraction, parseMargin, parsePositive } from "../parseLists.ts";
import { parsePeriods } from "../parsePeriods.ts";
import { printable } from "../printable.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { usualStrategy } from "../usualStrategy.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface SearchCommandOptions extends ModeProblemOptions, ModeSourceOptions, OutputOptions {
  readonly strategy?: StrategyName;
  readonly probes: string;
  readonly holding: string;
  readonly margin?: string;
  readonly plan?: string;
  readonly learner: LearnerName;
  readonly reference?: string;
  readonly referenceProfile?: string;
  readonly periods?: string;
  readonly modeChangeS: string;
  readonly schedule?: string;
}

export function searchCommand(): Command {
  const command = new Command("search")
    .description(
      "Finds the best power mode and minibatches with few measurements: on a device, or answered from a recorded profile. Exits with 1 and the reason when nothing measured keeps the budgets.",
    )
    .argument("[profile]", "folder of a recorded profile that answers the measurements; or give --executor");
  return withModeProblemOptions(command)
    .addOption(
      new Option(
        "--strategy <name>",
        "how to search; by default roofline, or gmd where more than cores and clocks is set",
      ).choices(Object.keys(strategies)),
    )
    .option("--probes <count>", "power modes that may be measured", "15")
    .option(
      "--holding <probability>",
      "how likely a fresh measurement of the choice must keep every budget",
      String(defaultHolding),
    )
    .option("--margin <fraction>", "instead: leave this part of each budget free, whatever the odds")
    .addOption(
      new Option("--learner <name>", "what the strategies nn-k and transfer learn with")
        .choices([...learnerNames])
        .default("neural"),
    )
    .option(
      "--reference <names>",
      "with a learner that starts from another workload: a training, an inference, or both",
    )
    .option("--reference-profile <folder>", "profile that holds them; the one that is searched when absent")
    .addOption(new Option("--executor <name>", "device to measure on").choices(Object.keys(executors)))
    .option("--card <index or UUID>", "with --executor nvidia: which card, where there are several")
    .option(
      "--workload <name=model>",
      "with --executor: what to measure, as for profile; may be repeated",
      collectValues,
    )
    .option("--workloads <file>", "with --executor: a file of workloads; a synthetic board knows its own")
    .addOption(new Option("--protocol <name>", "rules to measure by").choices(Object.keys(protocols)).default("sweep"))
    .option(
      "--journal <folder>",
      "with --executor: keep every measurement there; the same command goes on after a stop",
    )
    .option("--seed <text>", "seed of everything drawn", "partitune")
    .option("--out <file>", "where to write the search: the choice, and every measurement with its reason")
    .option("--plan <file>", "where to write the choice as a plan that can be simulated, verified and emitted")
    .option(
      "--periods <list>",
      'rates that change, for training beside inference: "8h 10/s, 2h 60/s"; modes are measured once',
    )
    .option("--mode-change-s <seconds>", "with --periods: time in which nothing runs when the mode changes", "1")
    .option("--schedule <file>", "with --periods: where to write the schedule of modes")
    .option("--json", "print the search to stdout as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune search datasets/synthetic-orin-agx --train resnet18-training --budget 20
  $ partitune search datasets/synthetic-orin-agx --train resnet18-training --serve "resnet50-inference 60/s 300ms" --budget 30 --plan plan.json
  $ partitune search --executor synthetic-orin --serve "bert-inference 10/s 500ms" --budget 25 --journal searches/bert
  $ partitune search --executor jetson --workload r50=pytorch:torchvision:resnet50 --serve "r50 30/s 100ms" --budget 15 --journal searches/r50`,
    )
    .action(async (profile: string | undefined, options: SearchCommandOptions) => {
      checkOutput(options);
      checkSchedule(options);
      for (const out of [options.plan, options.schedule]) if (out !== undefined) checkOutput({ out });
      process.exitCode = await runSearch(profile, options);
    });
}

function checkSchedule({ schedule, periods }: SearchCommandOptions): void {
  if (schedule === undefined || periods !== undefined) return;
  throw new InputError({
    what: `option --schedule "${schedule}"`,
    problem: "needs periods to schedule",
    advice: 'add --periods "8h 10/s, 2h 60/s", or write one plan with --plan',
  });
}

async function runSearch(profile: string | undefined, options: SearchCommandOptions): Promise<number> {
  const progress = startProgress("search");
  const stop = stopOnSignals();
  let source: OpenModeSource | undefined;
  try {
    source = await openModeSource(profile, options, ({ powerMode, workload }) =>
      progress.update({ what: `${workload ?? "idle"} in ${powerMode}` }),
    );
    parsePositive("--mode-change-s", options.modeChangeS);
    const periods = options.periods === undefined ? null : parsePeriods("--periods", options.periods);
    const stated = readModeProblem(options, source.workloads);
    const problem = periods === null ? stated : atHighestRate(stated, periods);
    const margin = options.margin === undefined ? {} : { margin: parseMargin("--margin", options.margin) };
    const made = madeNow(options.seed);
    const strategy = options.strategy ?? usualStrategy(toModeGrid(source.gridSource, problem));
    const learn = learningStrategies.includes(strategy) ? await readLearner(profile, options) : undefined;
    const found = await searchModes(source, {
      problem,
      strategy,
      probes: parseCount("--probes", options.probes),
      holding: parseFraction("--holding", options.holding),
      ...margin,
      seed: options.seed,
      made,
      ...(learn === undefined ? {} : { learn }),
      signal: stop.signal,
      onProbe: (done, total) => progress.update({ what: "power modes measured", done, total }),
    });
    progress.end();
    warn(source.warnings());
    if (options.json !== true) process.stdout.write(formatModeSearch(found.search));
    writeOutput(found.search, options);
    if (found.plan !== null && options.plan !== undefined) writeOutput(found.plan, { out: options.plan });
    if (stop.signal.aborted) {
      const later = options.journal === undefined ? "" : "; the same command goes on from there";
      process.stderr.write(`stopped after ${found.search.modesMeasured} modes${later}\n`);
      return exitCodes.interrupted;
    }
    if (periods !== null && problem.kind === "concurrent") {
      return await writeSchedule(source, { ...found, ...margin, problem, periods, made }, options);
    }
    return found.search.status === "feasible" ? exitCodes.yes : exitCodes.no;
  } finally {
    progress.end();
    stop.release();
    await source?.close();
  }
}

async function readLearner(profile: string | undefined, options: SearchCommandOptions): Promise<MakeLearner> {
  const { learner, reference, referenceProfile = profile } = options;
  const open = await openLearner(learner);
  if (reference === undefined || referenceProfile === undefined) return open(null);
  const tables = toModeTables(loadProfile(referenceProfile));
  return open({ tables, workloads: reference.split(",").map((name) => name.trim()) });
}

/** Solves again for every period over what is measured; says per period why, where nothing serves it. */
async function writeSchedule(
  source: OpenModeSource,
  found: Omit<ScheduleRequest, "modeChangeSeconds">,
  { modeChangeS, schedule: out, json }: SearchCommandOptions,
): Promise<number> {
  const modeChangeSeconds = parsePositive("--mode-change-s", modeChangeS);
  const schedule = await scheduleModes(source, { ...found, modeChangeSeconds });
  if (!("periods" in schedule)) {
    for (const reason of schedule) process.stderr.write(`${printable(reason.text)}\n`);
    return exitCodes.no;
  }
  if (json !== true) process.stdout.write(`\n${formatModeSchedule(schedule)}`);
  if (out !== undefined) writeOutput(schedule, { out });
  return exitCodes.yes;
}
