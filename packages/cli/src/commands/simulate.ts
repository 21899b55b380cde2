import {
  describeInput,
  type FleetPlan,
  InputError,
  type ModePlan,
  type ModeSchedule,
  type Plan,
} from "@partitune/schema";
import {
  type SharingName,
  type SimulateModeOptions,
  sharingLaws,
  simulate,
  simulateFleet,
  simulateModePlan,
  type TimeSharingName,
  timeSharings,
  usualArrivals,
} from "@partitune/simulator";
import { Command, Option } from "commander";
import { formatFleetTrace } from "../formatFleetTrace.ts";
import { formatModeTrace } from "../formatModeTrace.ts";
import { formatTrace } from "../formatTrace.ts";
import { loadPlan } from "../loadPlan.ts";
import { madeNow } from "../made.ts";
import { parseCount, parsePositive } from "../parseLists.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

type StatedArrivals = Extract<SimulateModeOptions["arrivals"], string>;

interface SimulateOptions extends OutputOptions {
  readonly seed: string;
  readonly duration?: string;
  readonly sharing?: SharingName | TimeSharingName;
  readonly arrivals?: StatedArrivals;
  readonly windows?: string;
  readonly scatter?: string;
}

export function simulateCommand(): Command {
  return new Command("simulate")
    .description("Plays a plan against request arrivals, minibatch by minibatch.")
    .argument("<plan>", "plan file: a plan, a fleet plan, a mode plan or a mode schedule")
    .option("--seed <text>", "fixes everything random", "1")
    .option(
      "--duration <seconds>",
      "of a plan or fleet plan: length of the simulated window; by default 3600, of a fleet plan as long as its percentiles ask",
    )
    .addOption(
      new Option(
        "--sharing <law>",
        "of a plan: how placements slow each other down (isolated, the default; fair; alternate; mixed); of a mode plan: by its rule (managed, the default) or unmanaged (fair, slices)",
      ).choices([...new Set([...Object.keys(sharingLaws), ...Object.keys(timeSharings)])]),
    )
    .addOption(
      new Option(
        "--arrivals <kind>",
        "how requests come at the stated rates; of a mode plan by default as badly as they allow (worst-case), of a fleet plan at random (poisson)",
      ).choices(["worst-case", "even", "poisson"]),
    )
    .option(
      "--windows <count>",
      "of a mode plan: windows of its first inference to play, by default at least 1000; longer periods of a schedule are cut to so many, by default not",
    )
    .option(
      "--scatter <fraction>",
      "of a mode plan: standard deviation of minibatch times around what it expects, by default none",
    )
    .option("--out <file>", "where to write the trace")
    .option("--json", "print the trace to stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  $ partitune simulate plan.json --duration 600\n  $ partitune simulate mode-plan.json --arrivals poisson --sharing fair",
    )
    .action((path: string, options: SimulateOptions) => {
      checkOutput(options);
      const durationSeconds = parsePositive("--duration", options.duration ?? "3600");
      const plan = loadPlan(path);
      if (plan.kind === "plan") simulatePlacements(plan, path, durationSeconds, options);
      else if (plan.kind === "fleet-plan") simulateCards(plan, path, options);
      else simulateTurns(plan, path, options);
    });
}

function simulatePlacements(plan: Plan, path: string, durationSeconds: number, options: SimulateOptions): void {
  refuse(options, ["arrivals", "windows", "scatter"], "a plan of placements");
  const { seed } = options;
  const trace = simulate(plan, {
    seed,
    durationSeconds,
    sharing: { law: lawOf(sharingLaws, options.sharing ?? "isolated", "a plan of placements") },
    made: madeNow(seed, [describeInput(path)]),
  });
  if (options.json !== true) process.stdout.write(formatTrace(trace));
  writeOutput(trace, options);
}

function simulateCards(plan: FleetPlan, path: string, options: SimulateOptions): void {
  refuse(options, ["sharing", "windows", "scatter"], "a fleet plan");
  const { seed, duration, arrivals = "poisson" } = options;
  if (arrivals === "worst-case")
    throw new InputError({
      what: 'option --arrivals "worst-case"',
      problem: "is not for a fleet plan, whose queues have no worst case",
      advice: 'choose "poisson" or "even"',
    });
  const trace = simulateFleet(plan, {
    seed,
    arrivals: usualArrivals[arrivals](plan.services),
    ...(duration === undefined ? {} : { durationSeconds: parsePositive("--duration", duration) }),
    made: madeNow(seed, [describeInput(path)]),
  });
  if (options.json !== true) process.stdout.write(formatFleetTrace(trace));
  writeOutput(trace, options);
}

function simulateTurns(plan: ModePlan | ModeSchedule, path: string, options: SimulateOptions): void {
  refuse(options, ["duration"], `a ${plan.kind}`);
  const { seed, arrivals = "worst-case", windows, scatter } = options;
  const trace = simulateModePlan(plan, {
    seed,
    arrivals,
    sharing: lawOf(timeSharings, options.sharing ?? "managed", `a ${plan.kind}`),
    ...(windows === undefined ? {} : { windows: parseCount("--windows", windows, 1) }),
    ...(scatter === undefined ? {} : { scatter: parsePositive("--scatter", scatter) }),
    made: madeNow(seed, [describeInput(path)]),
  });
  if (options.json !== true) process.stdout.write(formatModeTrace(trace));
  writeOutput(trace, options);
}

function refuse(options: SimulateOptions, names: readonly (keyof SimulateOptions)[], kind: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new InputError({ what: `option --${given}`, problem: `has no effect on ${kind}`, advice: "leave it out" });
}

/** The law of that name, if it is one for this kind of plan. */
function lawOf<Name extends string>(laws: Readonly<Record<Name, unknown>>, name: string, kind: string): Name {
  if (isName(laws, name)) return name;
  throw new InputError({
    what: `option --sharing "${name}"`,
    problem: `is no law for ${kind}`,
    advice: `choose one of ${Object.keys(laws)
      .map((each) => `"${each}"`)
      .join(", ")}`,
  });
}

function isName<Name extends string>(laws: Readonly<Record<Name, unknown>>, name: string): name is Name {
  return Object.hasOwn(laws, name);
}
