import type { KernelFillPlan } from "@partitune/schema";
import { compareKernelSharing } from "@partitune/simulator";
import {
  chooseFilling,
  type FillingChoice,
  type FillingWish,
  kernelPromises,
  type QuantilePoint,
  toFillPlan,
} from "@partitune/solver";
import { Command } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { fillFront } from "../fillFront.ts";
import { type FillOptions, parseFillOptions, withFillOptions } from "../fillOptions.ts";
import { formatKernelFillPlan } from "../formatKernelFillPlan.ts";
import { formatFillFront } from "../formatKernelSharing.ts";
import { formatNanoseconds } from "../formatNanoseconds.ts";
import { formatPercentile } from "../formatNumbers.ts";
import { lowTraces } from "../kernelContenders.ts";
import { type KernelTasks, loadKernelTasks } from "../loadKernelTasks.ts";
import { madeNow } from "../made.ts";
import { parseHeldOut, parseTime } from "../parseKernelOptions.ts";
import { parsePositive } from "../parseLists.ts";
import { printable } from "../printable.ts";
import { type KernelProfiles, profileKernelTasks } from "../profileKernelTasks.ts";
import { warn } from "../warn.ts";
import { warnOfDevices } from "../warnOfDevices.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface FillCommandOptions extends FillOptions, OutputOptions {
  readonly with: readonly string[];
  readonly heldOut?: string;
  readonly longestDelayUs?: string;
  readonly periodMs?: string;
  readonly deadlineMs?: string;
  readonly anyway?: boolean;
}

export function fillCommand(): Command {
  return withFillOptions(
    new Command("fill")
      .description(
        "Plans which operations run in the gaps of an urgent task. What caution costs is shown for many settings, each played on steps that no prediction has seen.",
      )
      .argument("<high>", "kernel trace of the urgent task")
      .requiredOption(
        "--with <trace:level>",
        "kernel trace of a task that fills gaps, and its level from 1 (first, and the default) to 9; may be repeated",
        collectValues,
      )
      .option("--out <file>", "file of the plan"),
  )
    .option("--longest-delay-us <time>", "choose the quantiles with most work that delay no held-out step by more, µs")
    .option("--held-out <list>", "steps that are played, from 1; all of them when absent")
    .option("--period-ms <time>", "least time between two steps of the urgent task, ms: promises a response time")
    .option("--deadline-ms <time>", "what the promise is to keep, ms; the period when absent")
    .option("--anyway", "write a plan even where there is nothing to gain")
    .option("--json", "print the plan as JSON instead of tables")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune kernels fill resnet50.kernels.json --with mobilenet.kernels.json --out fill.plan.json
  $ partitune kernels fill resnet50.kernels.json --with bert.kernels.json:1 --with mobilenet.kernels.json:2 \\
      --longest-delay-us 100 --feedback --out fill.plan.json

No setting is the right one: which delay is worth which work is yours to say, with the quantiles or with --longest-delay-us.
The plan is for a scheduler that sees launches; partitune ships none. Stream priorities alone are shown beside it.

Exit codes: 0 a plan; 1 there is nothing to gain, no setting keeps the delay asked for, or the deadline may be missed; 2 bad input.`,
    )
    .action(fill);
}

function fill(high: string, options: FillCommandOptions): void {
  checkOutput(options);
  const settings = parseFillOptions(options);
  const tasks = loadKernelTasks(high, options.with);
  const heldOut = parseHeldOut(options.heldOut, tasks.high);
  const made = madeNow(null, tasks.inputs);
  const profiles = profileKernelTasks(tasks, settings, made);
  warn([...profiles.high.warnings, ...profiles.lows.flatMap(({ profile }) => profile.warnings)]);
  warnOfDevices(tasks);
  if (profiles.high.gain === "nothing-to-gain" && options.anyway !== true) {
    sayNo(`nothing to gain: ${profiles.high.why}`);
    return;
  }
  const front = fillFront(tasks, settings, heldOut);
  if (front.every(({ point }) => point.lowWork === 0) && options.anyway !== true) {
    sayNo("nothing to gain: at no setting does an operation of the others fit into a gap");
    return;
  }
  const chosen = choose(front, options, settings);
  if (chosen.status === "none") {
    sayNo(chosen.reason);
    return;
  }
  const { point, expected } = chosen.choice;
  const { executionQuantile, idleQuantile } = point;
  const planInput = { ...profiles, settings: { ...settings, executionQuantile, idleQuantile }, expected, made };
  const plan = withPromises(toFillPlan(planInput), profiles, options);
  if (options.json !== true) print(plan, front, tasks, heldOut);
  writeOutput(plan, options);
}

function choose(
  front: readonly QuantilePoint[],
  { longestDelayUs }: FillCommandOptions,
  { executionQuantile, idleQuantile }: Extract<FillingWish, { readonly idleQuantile: number }>,
): FillingChoice {
  return chooseFilling(
    front,
    longestDelayUs === undefined
      ? { executionQuantile, idleQuantile }
      : { longestDelay: parseTime("--longest-delay-us", longestDelayUs) },
  );
}

function sayNo(reason: string): void {
  process.stderr.write(`${printable(reason)}\n`);
  process.exitCode = exitCodes.no;
}

/** A bound of the urgent task's response time, where its period is known; a deadline that may be missed is said. */
function withPromises(
  plan: KernelFillPlan,
  { high }: KernelProfiles,
  { periodMs, deadlineMs }: FillCommandOptions,
): KernelFillPlan {
  if (periodMs === undefined) return plan;
  const { promises, bound } = kernelPromises(plan, high, {
    periodSeconds: parsePositive("--period-ms", periodMs) / 1000,
    ...(deadlineMs === undefined ? {} : { deadlineSeconds: parsePositive("--deadline-ms", deadlineMs) / 1000 }),
  });
  process.stderr.write(`${printable(bound.why)}\n`);
  if (!bound.meets) process.exitCode = exitCodes.no;
  return { ...plan, promises };
}

function print(
  plan: KernelFillPlan,
  front: readonly QuantilePoint[],
  tasks: KernelTasks,
  heldOut: readonly number[],
): void {
  const points = front.map(({ point }) => point);
  const { executionQuantile: execution, idleQuantile: idle } = plan;
  const choice = `chosen: ${formatPercentile(execution)} of execution times and ${formatPercentile(idle)} of idle times; a choice among these, not the right one`;
  process.stdout.write(`${formatKernelFillPlan(plan)}${formatFillFront({ front: points })}${choice}\n`);
  process.stdout.write(`${printable(prioritiesAlone(tasks, heldOut))}\n`);
  if (plan.expected.filled.mean === 0 && points.some(({ lowWork }) => lowWork > 0)) warn([fillsNothing]);
}

const fillsNothing = {
  code: "fills-nothing",
  where: "the chosen quantiles",
  cause: "no operation of the others is predicted to fit into a gap",
  advice: "choose less careful ones from the table, or allow a delay with --longest-delay-us",
} as const;

/** What needs no plan at all. */
function prioritiesAlone(tasks: KernelTasks, heldOut: readonly number[]): string {
  const { high, inputs } = tasks;
  const { outcomes } = compareKernelSharing({
    scenario: "co-run",
    high,
    low: lowTraces(tasks, null),
    heldOut,
    contenders: [{ policy: "greedy" }],
    default: "greedy",
    made: madeNow(null, inputs),
  });
  const { delay, lowWork } = outcomes[0]!;
  return `stream priorities alone, which need no plan: delay ${formatNanoseconds(delay)} a step, work of others ${formatNanoseconds(lowWork)} a step`;
}
