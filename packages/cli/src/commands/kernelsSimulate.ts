import { InputError, type KernelSharing } from "@partitune/schema";
import { compareKernelSharing, type KernelPolicyName, kernelPolicies } from "@partitune/simulator";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { type FillOptions, parseFillOptions, settingsOfPlan, withFillOptions } from "../fillOptions.ts";
import { formatKernelSharing } from "../formatKernelSharing.ts";
import { contenderFront, kernelContenders, lowTraces } from "../kernelContenders.ts";
import { type KernelTasks, loadKernelTasks } from "../loadKernelTasks.ts";
import { madeNow } from "../made.ts";
import { parseHeldOut, parseTime } from "../parseKernelOptions.ts";
import { parseCount } from "../parseLists.ts";
import { printable } from "../printable.ts";
import { profileKernelTasks } from "../profileKernelTasks.ts";
import { warnOfDevices } from "../warnOfDevices.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface SimulateKernelsOptions extends FillOptions, OutputOptions {
  readonly with: readonly string[];
  readonly plan?: string;
  readonly scenario: KernelSharing["scenario"];
  readonly jobs: string;
  readonly arrivalUs?: string;
  readonly heldOut?: string;
  readonly policies?: string;
  readonly default: KernelPolicyName;
  readonly sliceUs: string;
  readonly switchUs: string;
  readonly window: string;
  readonly host: "coupled" | "free";
}

const names = Object.keys(kernelPolicies) as KernelPolicyName[];

export function simulateKernelsCommand(): Command {
  return withFillOptions(
    new Command("simulate")
      .description(
        "Plays kernels of several tasks against each other under every way of sharing, on steps that no prediction has seen.",
      )
      .argument("<high>", "kernel trace of the urgent task")
      .requiredOption(
        "--with <trace:level>",
        "kernel trace of a task beside it, and its level from 1 (first, and the default) to 9; may be repeated",
        collectValues,
      )
      .option("--plan <file>", "fill gaps as this plan says; the options on filling are then ignored"),
  )
    .addOption(
      new Option(
        "--scenario <name>",
        "co-run: all begin together, the others run without end; preemption: the urgent task arrives among their jobs",
      )
        .choices(["co-run", "preemption"])
        .default("co-run"),
    )
    .option("--jobs <number>", "preemption: steps of each of the others", "10")
    .option("--arrival-us <time>", "preemption: when the urgent task arrives, µs; 1,000 when absent")
    .option("--held-out <list>", "steps that are played, from 1; all of them when absent")
    .option("--policies <list>", `of ${names.join(", ")}; all that the traces allow when absent`)
    .addOption(
      new Option("--default <policy>", "what speed-ups are relative to")
        .choices(["timeslice", "fifo"])
        .default("timeslice"),
    )
    .option("--slice-us <time>", "timeslice: a turn, µs", "1024")
    .option("--switch-us <time>", "timeslice: changing the context, µs", "0")
    .option("--window <number>", "fifo: operations that each of the others keeps in the queue", "8")
    .addOption(
      new Option("--host <kind>", "coupled: a delay is passed on in full; free: later gaps absorb it")
        .choices(["coupled", "free"])
        .default("coupled"),
    )
    .option("--out <file>", "file of the comparison")
    .option("--json", "print the comparison as JSON instead of tables")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune kernels simulate resnet50.kernels.json --with mobilenet.kernels.json --plan fill.plan.json
  $ partitune kernels simulate resnet50.kernels.json --with bert.kernels.json --scenario preemption --jobs 4 --arrival-us 5000 \\
      --default fifo --out sharing.json
  $ partitune report resnet50.kernels.json sharing.json --out kernels.html

Stream priorities alone are always among the ways: they need no plan. Speed-ups depend on the default way and on its slice or window; these are
models of sharing, not measurements. Kernels are taken to be as fast beside others as alone.`,
    )
    .action(simulate);
}

function simulate(high: string, options: SimulateKernelsOptions): void {
  checkOutput(options);
  const settings = options.plan === undefined ? parseFillOptions(options) : settingsOfPlan(options.plan);
  const tasks = loadKernelTasks(high, options.with);
  const heldOut = parseHeldOut(options.heldOut, tasks.high);
  const made = madeNow(null, tasks.inputs);
  warnOfDevices(tasks);
  const sharing = compareKernelSharing({
    ...scenarioOf(options, tasks),
    high: tasks.high,
    heldOut,
    contenders: kernelContenders(tasks, settings, policiesOf(options, tasks)),
    default: options.default,
    settings: { minGap: settings.minGap, dispatch: settings.dispatch, ...sharedSettings(options) },
    front: contenderFront(tasks, settings),
    made,
  });
  if (options.json !== true) {
    const { gain, why } = profileKernelTasks(tasks, settings, made).high;
    const verdict = gain === "nothing-to-gain" ? `nothing to gain: ${why}` : `worth filling: ${why}`;
    process.stdout.write(`${formatKernelSharing(sharing)}\n${printable(verdict)}\n`);
  }
  writeOutput(sharing, options);
}

function scenarioOf({ scenario, jobs, arrivalUs }: SimulateKernelsOptions, tasks: KernelTasks) {
  if (scenario === "co-run") {
    if (arrivalUs !== undefined)
      throw new InputError({
        what: "option --arrival-us",
        problem: "is for preemption, while all begin together here",
        advice: "add --scenario preemption",
      });
    return { scenario, low: lowTraces(tasks, null) };
  }
  const arrival = parseTime("--arrival-us", arrivalUs ?? "1000");
  return { scenario, low: lowTraces(tasks, parseCount("--jobs", jobs)), arrival };
}

function sharedSettings({ sliceUs, switchUs, window, host }: SimulateKernelsOptions) {
  return {
    quantum: parseTime("--slice-us", sliceUs),
    switching: parseTime("--switch-us", switchUs),
    window: parseCount("--window", window),
    host,
  };
}

/** Orion's way asks how many multiprocessors operations need; without that it is not tried unless asked for. */
function policiesOf({ policies }: SimulateKernelsOptions, { high, lows }: KernelTasks): readonly KernelPolicyName[] {
  if (policies === undefined) {
    const known = [high, ...lows.map(({ trace }) => trace)].every(({ needs }) => needs !== undefined);
    return names.filter((name) => name !== "orion" || known);
  }
  return policies.split(",").map((text) => {
    const name = names.find((known) => known === text.trim());
    if (name !== undefined) return name;
    throw new InputError({
      what: `option --policies "${policies}"`,
      problem: `names "${text.trim()}", which is none`,
      advice: `choose among ${names.join(", ")}`,
    });
  });
}
