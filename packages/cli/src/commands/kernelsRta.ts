import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeInput, InputError, loadJson, type Made, type ResponseTimes, type TaskSet } from "@partitune/schema";
import { type AttackedBound, attackBounds } from "@partitune/simulator";
import {
  type AnalysisName,
  analyses,
  analyseTaskSet,
  type ExperimentName,
  schedulabilityCurves,
  schedulabilityExperiments,
  toRealTimeSet,
} from "@partitune/solver";
import { Command, Option } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { formatSeconds, significant } from "../formatNumbers.ts";
import { formatResponseMatrix, formatResponseTimes, formatSchedulability } from "../formatTaskSet.ts";
import { madeNow } from "../made.ts";
import { parseCount } from "../parseLists.ts";
import { printable } from "../printable.ts";
import { formatTable } from "../printTable.ts";
import { startProgress } from "../progress.ts";
import { checkOutput, type OutputOptions, printJson, writeOutput } from "../writeOutput.ts";

interface RtaOptions extends OutputOptions {
  readonly analysis: AnalysisName | "all";
  readonly attack?: string;
  readonly experiment?: ExperimentName;
  readonly sets: string;
  readonly seed: string;
}

const names = Object.keys(analyses) as AnalysisName[];
const experiments = Object.keys(schedulabilityExperiments) as ExperimentName[];

export function rtaCommand(): Command {
  return new Command("rta")
    .description(
      "Response-time analysis: whether tasks on processor cores and one accelerator meet their deadlines, whatever happens. Or how many random task sets each analysis accepts.",
    )
    .argument("[task-set]", "JSON file of a task set")
    .addOption(
      new Option("--analysis <name>", "what is assumed of the system").choices([...names, "all"]).default("all"),
    )
    .option(
      "--attack <games>",
      "try to break the bounds by playing the task set so many times; there is no game of round robin",
    )
    .addOption(
      new Option("--experiment <name>", "random task sets instead of a file, and what is varied").choices(experiments),
    )
    .option("--sets <number>", "experiment: task sets for each point", "1000")
    .option("--seed <seed>", "of random task sets and attacks", "1")
    .option("--out <path>", "file of the result; a folder where there are several analyses")
    .option("--json", "print the result as JSON instead of tables")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune kernels rta tasks.json --analysis gcaps-suspend --out bounds.json
  $ partitune kernels rta tasks.json --attack 20
  $ partitune kernels rta --experiment utilisation --sets 200 --seed 1 --out curves.json
  $ partitune report bounds.json curves.json --out deadlines.html

A task set, times in seconds; a greater priority is more urgent:
  { "kind": "task-set", "version": 1, "cores": 2,
    "accelerator": { "sliceSeconds": 0.001024, "switchSeconds": 0.0002, "updateSeconds": 0.001 },
    "tasks": [ { "name": "camera", "core": 0, "priority": 2, "gpuPriority": null, "periodSeconds": 0.1, "deadlineSeconds": 0.1,
                 "cpuSeconds": 0.012, "segments": [ { "launchSeconds": 0.002, "executionSeconds": 0.02 } ], "bestEffort": false } ] }

Analyses:
${names.map((name) => `  ${name}: ${analyses[name].title}${analyses[name].proof === "simulated" ? "; simulated, not proved" : ""}`).join("\n")}

Exit codes: 0 every deadline is met under the analysis, or under one of several; 1 not schedulable, or an attack broke a bound; 2 bad input.`,
    )
    .action((file: string | undefined, options: RtaOptions) => {
      if (options.experiment !== undefined) runExperiment(file, options.experiment, options);
      else analyse(file, options);
    });
}

function runExperiment(file: string | undefined, experiment: ExperimentName, options: RtaOptions): void {
  const { analysis, sets, seed } = options;
  if (file !== undefined || options.attack !== undefined)
    throw new InputError({
      what: "the command line",
      problem: `has --experiment beside ${file === undefined ? "--attack" : `the file "${file}"`}`,
      advice: "leave one of them out: an experiment draws its own task sets",
    });
  checkOutput(options);
  const setsPerPoint = parseCount("--sets", sets);
  const progress = startProgress("experiment");
  const request = {
    experiment,
    setsPerPoint,
    seed,
    made: madeNow(seed),
    onPoint: (done: number, total: number) => progress.update({ what: "points", done, total }),
  };
  try {
    const curves = schedulabilityCurves(analysis === "all" ? request : { ...request, analyses: [analysis] });
    progress.end();
    if (options.json !== true) process.stdout.write(formatSchedulability(curves));
    writeOutput(curves, options);
  } finally {
    progress.end();
  }
}

function analyse(file: string | undefined, options: RtaOptions): void {
  if (file === undefined)
    throw new InputError({
      what: "the command line",
      problem: "names neither a task set nor an experiment",
      advice: "see partitune kernels rta --help",
    });
  const taskSet = loadJson(file, "task-set");
  const made = madeNow(options.attack === undefined ? null : options.seed, [describeInput(file)]);
  const results =
    options.analysis === "all" ? applicable(taskSet, made) : [analyseTaskSet(taskSet, options.analysis, made)];
  const attacked = attackAll(taskSet, results, options);
  print(results, attacked, options);
  save(results, options);
  const holds = results.some(({ schedulable }) => schedulable) && attacked.every(({ broken }) => !broken);
  if (!holds) process.exitCode = exitCodes.no;
}

/** Under all analyses that cover such a set; the reason of the others is said. */
function applicable(taskSet: TaskSet, made: Made): readonly ResponseTimes[] {
  toRealTimeSet(taskSet); // what is wrong with the set itself is no matter of an analysis
  return names.flatMap((name) => {
    try {
      return [analyseTaskSet(taskSet, name, made)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      process.stderr.write(`${printable(`${name} does not cover it: ${error.message}`)}\n`);
      return [];
    }
  });
}

interface Attacked extends AttackedBound {
  readonly analysis: string;
}

const withoutGame: readonly string[] = ["round-robin-suspend", "round-robin-busy"];

function attackAll(
  taskSet: TaskSet,
  results: readonly ResponseTimes[],
  { attack, seed, analysis }: RtaOptions,
): readonly Attacked[] {
  if (attack === undefined) return [];
  const games = parseCount("--attack", attack);
  return results
    .filter((times) => analysis !== "all" || !withoutGame.includes(times.analysis))
    .flatMap((times) =>
      attackBounds(taskSet, times, { seed, games }).map((bound) => ({ ...bound, analysis: times.analysis })),
    );
}

function print(results: readonly ResponseTimes[], attacked: readonly Attacked[], { json, analysis }: RtaOptions): void {
  if (json === true) {
    printJson(analysis === "all" ? results : results[0]);
    return;
  }
  process.stdout.write(analysis === "all" ? formatResponseMatrix(results) : results.map(formatResponseTimes).join(""));
  if (attacked.length > 0) process.stdout.write(`\n${formatAttacks(attacked)}`);
}

function formatAttacks(attacked: readonly Attacked[]): string {
  return formatTable(attacked, [
    { header: "attacked", text: (row) => row.analysis },
    { header: "task", text: (row) => row.task },
    { header: "bound", text: (row) => formatSeconds(row.boundSeconds), right: true },
    { header: "longest seen", text: (row) => formatSeconds(row.longestSeconds), right: true },
    { header: "of the bound", text: (row) => significant(row.longestSeconds / row.boundSeconds), right: true },
    { header: "by", text: (row) => row.attack },
    { header: "", text: (row) => (row.broken ? "BROKEN" : "holds") },
  ]);
}

function save(results: readonly ResponseTimes[], { out, analysis }: RtaOptions): void {
  if (out === undefined) return;
  if (analysis === "all") mkdirSync(out, { recursive: true });
  for (const times of results) {
    const path = analysis === "all" ? join(out, `${times.analysis}.json`) : out;
    writeOutput(times, { out: path });
  }
}
