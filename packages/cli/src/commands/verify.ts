import { resolve } from "node:path";
import { type LiveMeasurement, measureLive } from "@partitune/profiler";
import {
  describeInput,
  type FleetPlan,
  type FleetSchedule,
  InputError,
  type ModePlan,
  type ModeSchedule,
  type Plan,
  type Report,
  type Trace,
  type Verdict,
  type Warning,
} from "@partitune/schema";
import { verify, verifyFleet, verifyFleetSchedule } from "@partitune/simulator";
import { Command, Option } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { formatModeReport } from "../formatModeReport.ts";
import { formatModeTrace } from "../formatModeTrace.ts";
import { formatReport } from "../formatReport.ts";
import { home } from "../home.ts";
import { loadVerifiable, type Verifiable } from "../loadVerifiable.ts";
import { madeNow } from "../made.ts";
import { parseCount, parsePositive } from "../parseLists.ts";
import { placementsOf } from "../placementsOf.ts";
import { printable } from "../printable.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { verifyModes } from "../verifyModes.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

/** One run shows no spread. */
const leastSeeds = 2;

interface VerifyOptions extends OutputOptions {
  readonly live?: boolean;
  readonly seeds: string;
  readonly duration?: string;
  readonly liveDuration: string;
  readonly folder: string;
  readonly arrivals: "even" | "jittered" | "poisson";
  readonly compare?: boolean;
  readonly seed: string;
}

export function verifyCommand(): Command {
  return new Command("verify")
    .description("Judges every promise of a plan: kept, broken or undecided. Exits with 1 when one is broken.")
    .argument("<plan>", "plan file: a plan, a fleet plan or schedule, a mode plan or schedule")
    .option("--live", "deploy the plan on this machine's processor as emitted, load it, and measure")
    .option("--seeds <count>", "fresh seeds to simulate", "8")
    .option(
      "--duration <seconds>",
      "simulated time for each seed; by default long enough for every promised percentile",
    )
    .option("--live-duration <seconds>", "measured time with --live", "60")
    .option("--folder <folder>", "where --live writes the deployed scripts", ".partitune/live")
    .addOption(
      new Option("--arrivals <kind>", "how requests come with --live to a mode plan")
        .choices(["even", "jittered", "poisson"])
        .default("even"),
    )
    .option("--compare", "with --live of a mode plan: run the same jobs unmanaged, too")
    .option("--seed <text>", "fixes everything random", "1")
    .option("--out <file>", "where to write the report")
    .option("--json", "print the report to stdout")
    .addHelpText("after", "\nExample:\n  $ partitune verify plan.json --live --live-duration 60 --out verdict.json")
    .action(async (path: string, options: VerifyOptions) => {
      const numbers = readNumbers(options);
      checkOutput(options);
      const plan = loadVerifiable(path);
      checkCompare(plan, options);
      const made = madeNow(options.seed, [describeInput(path)]);
      const verdicts = await verifyAny(plan, numbers, made, options);
      process.exitCode = verdicts.includes("broken") ? exitCodes.no : exitCodes.yes;
    });
}

function checkCompare({ kind }: Verifiable, { compare = false, live = false }: VerifyOptions): void {
  if (!compare || (live && kind === "mode-plan")) return;
  throw new InputError({
    what: "option --compare",
    problem: "needs --live and a mode plan, whose jobs can be run unmanaged",
    advice: "add --live, or leave it out",
  });
}

type Numbers = ReturnType<typeof readNumbers>;

async function verifyAny(
  plan: Verifiable,
  numbers: Numbers,
  made: Report["made"],
  options: VerifyOptions,
): Promise<readonly Verdict[]> {
  switch (plan.kind) {
    case "plan":
      return verifyPlacements(plan, numbers, made, options);
    case "fleet-plan":
    case "fleet-schedule":
      return verifyCards(plan, numbers, made, options);
    default:
      return verifyTurns(plan, numbers, made, options);
  }
}

async function verifyCards(
  plan: FleetPlan | FleetSchedule,
  numbers: Numbers,
  made: Report["made"],
  options: VerifyOptions,
): Promise<readonly Verdict[]> {
  if (options.live === true) return verifyPlacements(placementsOf(deployedAtOnce(plan)), numbers, made, options);
  const judging = { seeds: numbers.seeds, seed: options.seed, made, ...numbers.duration };
  const report = plan.kind === "fleet-plan" ? verifyFleet(plan, judging) : verifyFleetSchedule(plan, judging);
  warn(report.warnings);
  if (options.json !== true) process.stdout.write(formatReport(report));
  writeOutput(report, options);
  return report.checks.map(({ verdict }) => verdict);
}

function deployedAtOnce(plan: FleetPlan | FleetSchedule): FleetPlan {
  if (plan.kind === "fleet-plan") return plan;
  throw new InputError({
    what: "option --live",
    problem: "deploys one plan, but a fleet schedule holds one for each period",
    advice: "leave it out, or verify the plan of a period",
  });
}

async function verifyPlacements(
  plan: Plan,
  { seeds, liveSeconds, duration }: Numbers,
  made: Report["made"],
  options: VerifyOptions,
): Promise<readonly Verdict[]> {
  const { folder, seed } = options;
  const live = options.live === true ? await measurePlan(plan, { folder, seed, liveSeconds }) : undefined;
  const report = judge(plan, { seeds, seed, made, ...duration, ...(live === undefined ? {} : { live }) });
  warn(report.warnings);
  if (options.json !== true) process.stdout.write(formatReport(report));
  writeOutput(report, options);
  return report.checks.map(({ verdict }) => verdict);
}

async function verifyTurns(
  plan: ModePlan | ModeSchedule,
  { seeds, liveSeconds, duration }: Numbers,
  made: Report["made"],
  options: VerifyOptions,
): Promise<readonly Verdict[]> {
  const { folder, seed, arrivals, compare = false } = options;
  const live = options.live === true ? { live: { folder, seconds: liveSeconds, arrivals, compare } } : {};
  const { report, unmanaged } = await verifyModes(plan, { seeds, seed, made, ...duration, ...live });
  warn(report.warnings);
  if (options.json !== true) {
    process.stdout.write(formatModeReport(report));
    for (const trace of [...report.traces, unmanaged])
      if (trace?.source === "measured") process.stdout.write(`\n${formatModeTrace(trace)}`);
  }
  writeOutput(report, options);
  return report.checks.map(({ verdict }) => verdict);
}

/** The numbers among the options, checked before a plan is deployed. */
function readNumbers({ seeds, liveDuration, duration }: VerifyOptions) {
  return {
    seeds: parseCount("--seeds", seeds, leastSeeds),
    liveSeconds: parsePositive("--live-duration", liveDuration),
    duration: duration === undefined ? {} : { durationSeconds: parsePositive("--duration", duration) },
  };
}

/** Deploys the plan with the emitted scripts, loads it, and takes it down again. */
export async function measurePlan(
  plan: Plan,
  options: { folder: string; seed: string; liveSeconds: number },
): Promise<LiveMeasurement> {
  const progress = startProgress("verify --live");
  const stop = stopOnSignals();
  try {
    const measurement = await measureLive(plan, {
      folder: resolve(options.folder),
      home,
      seed: options.seed,
      durationSeconds: options.liveSeconds,
      signal: stop.signal,
      made: madeNow(options.seed),
      onProgress: (state) => progress.update(state),
    });
    const findings = measurement.findings.map((finding) => `  ${printable(finding)}`);
    progress.end(["deployed, measured and stopped; the check of the machine said", ...findings].join("\n"));
    return measurement;
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    stop.release();
  }
}

/** What judging a plan rests on. */
export interface JudgeOptions {
  readonly seeds: number;
  /** Simulated time for each seed; by default long enough for every promised percentile. */
  readonly durationSeconds?: number;
  readonly seed: string;
  readonly made: Report["made"];
  readonly live?: { readonly trace: Trace; readonly warnings: readonly Warning[] };
}

/** Simulates the plan on fresh seeds and judges its promises, by the deployed measurement where there is one. */
export function judge(plan: Plan, { live, ...options }: JudgeOptions): Report {
  const report = verify(plan, { ...options, ...(live === undefined ? {} : { measured: live.trace }) });
  return { ...report, warnings: [...report.warnings, ...(live?.warnings ?? [])] };
}
