import { InputError, type PowerBudget, type Workload } from "@partitune/schema";
import type { SingleProblem } from "@partitune/solver";
import { type Command, Option } from "commander";
import { collectValues } from "./collectValues.ts";
import { parseCounts, parseFraction, parsePositive } from "./parseLists.ts";
import { parseServed, type Served } from "./parseServed.ts";

/** A power-mode problem as options give it. */
export interface ModeProblemOptions {
  readonly train?: string;
  readonly serve?: readonly string[];
  readonly backlog?: string;
  readonly budget?: string;
  readonly budgetKind: PowerBudget["kind"];
  readonly objective?: string;
  readonly policy: "reserve" | "slack" | "greedy";
  readonly dispatcher?: "windowed" | "on-full";
  readonly highestLoad?: string;
  readonly batches?: string;
}

/** Adds the options that state a power-mode problem. */
export function withModeProblemOptions(command: Command): Command {
  return command
    .option("--train <name>", "workload to train; beside --serve, in the time that inference leaves")
    .option("--serve <text>", 'workload to serve, "NAME RATE/s LATENCY"; twice: the urgent one first', collectValues)
    .option("--backlog <name>", "workload whose requests wait without end, served in the time that --serve leaves")
    .option("--budget <watts>", "power there is, W")
    .addOption(
      new Option("--budget-kind <kind>", "what may not exceed it").choices(["peak", "average"]).default("peak"),
    )
    .option(
      "--objective <name>",
      "training: time, energy or power; inference: latency, power or energy; two inferences: latency, power or training",
    )
    .addOption(
      new Option("--policy <name>", "when training may start beside inference")
        .choices(["reserve", "slack", "greedy"])
        .default("slack"),
    )
    .addOption(new Option("--dispatcher <name>", "when a minibatch starts").choices(["windowed", "on-full"]))
    .option("--highest-load <fraction>", "part of the time that inference may take")
    .option("--batches <list>", "minibatch sizes to choose from; all that the workload has when absent");
}

/**
 * The problem that the options state, over the workloads there are.
 *
 * @throws InputError when nothing is to run, a workload is unknown or a number cannot be read
 */
export function readModeProblem(options: ModeProblemOptions, workloads: readonly Workload[]): SingleProblem {
  const served = (options.serve ?? []).map((text) => parseServed("--serve", text));
  const [first, second, third] = served;
  if (third !== undefined) throw wrong("option --serve", "is given more than twice", "serve one or two workloads");
  const batchesOf = (name: string) => readBatches(options, findWorkload(name, "inference", workloads));
  const training = options.train === undefined ? undefined : findWorkload(options.train, "training", workloads).name;
  if (options.backlog !== undefined) return backlogged(options, first, batchesOf);
  if (first !== undefined && second !== undefined) {
    return {
      kind: "two-inferences",
      urgent: promised(first, batchesOf),
      nonUrgent: promised(second, batchesOf),
      ...(training === undefined ? {} : { training }),
      objective: oneOf(options, ["latency", "power", "training"]),
      budget: needBudget(options),
    };
  }
  if (first === undefined) return trainingAlone(options, training, workloads);
  return training === undefined
    ? inferenceAlone(options, first, batchesOf)
    : { kind: "concurrent", training, inference: promised(first, batchesOf), ...turnsOf(options) };
}

type BatchesOf = (workload: string) => readonly number[];

function trainingAlone(
  options: ModeProblemOptions,
  training: string | undefined,
  workloads: readonly Workload[],
): SingleProblem {
  if (training === undefined) {
    throw wrong("the command line", "names nothing to run", 'add --train NAME, --serve "NAME 60/s 300ms" or both');
  }
  const batches = readBatches(options, findWorkload(training, "training", workloads));
  return {
    kind: "training",
    training,
    ...(batches.length > 1 ? { batches } : {}),
    objective: oneOf(options, ["time", "energy", "power"]),
    ...(options.budget === undefined ? {} : { budgetWatts: parsePositive("--budget", options.budget) }),
  };
}

function inferenceAlone(options: ModeProblemOptions, served: Served, batchesOf: BatchesOf): SingleProblem {
  const { workload, ratePerSecond, latencySeconds } = served;
  return {
    kind: "inference",
    inference: {
      workload,
      ratePerSecond,
      batches: batchesOf(workload),
      ...(latencySeconds === null ? {} : { latencySeconds }),
    },
    dispatchers: options.dispatcher === undefined ? ["windowed", "on-full"] : [options.dispatcher],
    objective: oneOf(options, ["latency", "power", "energy"]),
    ...(options.budget === undefined ? {} : { budget: needBudget(options) }),
    ...loadOf(options),
  };
}

function backlogged(options: ModeProblemOptions, urgent: Served | undefined, batchesOf: BatchesOf): SingleProblem {
  if (urgent === undefined)
    throw wrong("option --backlog", "needs inference beside it", 'add --serve "NAME 60/s 300ms"');
  const workload = options.backlog!;
  return {
    kind: "backlogged",
    inference: promised(urgent, batchesOf),
    backlog: { workload, batches: batchesOf(workload) },
    ...turnsOf(options),
  };
}

function turnsOf(options: ModeProblemOptions) {
  const { policy, dispatcher = "windowed" } = options;
  return { policy, dispatcher, budget: needBudget(options), ...loadOf(options) };
}

function loadOf({ highestLoad }: ModeProblemOptions): { readonly highestLoad?: number } {
  return highestLoad === undefined ? {} : { highestLoad: parseFraction("--highest-load", highestLoad) };
}

function promised({ workload, ratePerSecond, latencySeconds }: Served, batchesOf: BatchesOf) {
  if (latencySeconds !== null) return { workload, ratePerSecond, latencySeconds, batches: batchesOf(workload) };
  throw wrong(
    `option --serve "${workload} …"`,
    "promises no latency",
    `add one: --serve "${workload} ${ratePerSecond}/s 300ms"`,
  );
}

function needBudget({ budget, budgetKind }: ModeProblemOptions): PowerBudget {
  if (budget !== undefined) return { kind: budgetKind, watts: parsePositive("--budget", budget) };
  throw wrong("the command line", "gives no power budget", "add --budget WATTS");
}

function oneOf<Name extends string>({ objective }: ModeProblemOptions, names: readonly Name[]): Name {
  if (objective === undefined) return names[0]!;
  const found = names.find((name) => name === objective);
  if (found !== undefined) return found;
  throw wrong(`option --objective "${objective}"`, "does not fit what is to run", `choose one of ${names.join(", ")}`);
}

function readBatches({ batches }: ModeProblemOptions, workload: Workload): readonly number[] {
  if (batches === undefined) return workload.batches;
  const wanted = parseCounts("--batches", batches);
  const stranger = wanted.find((batch) => !workload.batches.includes(batch));
  if (stranger === undefined) return wanted;
  throw wrong(
    `option --batches "${batches}"`,
    `names ${stranger}, and "${workload.name}" has no minibatch of that size`,
    `choose of ${workload.batches.join(", ")}`,
  );
}

function findWorkload(name: string, task: "training" | "inference", workloads: readonly Workload[]): Workload {
  const found = workloads.find((workload) => workload.name === name);
  if (found?.task === task) return found;
  const suited = workloads.filter((workload) => workload.task === task).map((workload) => workload.name);
  throw wrong(
    `workload "${name}"`,
    found === undefined ? "is not among those measured" : `is of task "${found.task}", and ${task} is asked for`,
    suited.length === 0 ? `measure one of task "${task}"` : `choose one of ${suited.join(", ")}`,
  );
}

function wrong(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}
