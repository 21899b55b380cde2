import { join } from "node:path";
import { executors, protocols } from "@partitune/profiler";
import {
  describeInput,
  type Plan,
  type Protocol,
  parsePartition,
  type Report,
  type Solution,
  type Surrogate,
  saveJson,
} from "@partitune/schema";
import { accept } from "@partitune/simulator";
import { configFront, solve } from "@partitune/solver";
import { predictor } from "@partitune/surrogate";
import { Command } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { formatPercent } from "../formatNumbers.ts";
import { formatPlan } from "../formatPlan.ts";
import { formatReport } from "../formatReport.ts";
import { madeNow } from "../made.ts";
import { parseWorkload } from "../parseWorkload.ts";
import { formatDuration } from "../progress.ts";
import { runCampaign } from "../runCampaign.ts";
import { scaleDemands } from "../scaleDemands.ts";
import { warn } from "../warn.ts";
import { emitPlan } from "./emit.ts";
import { fitProfile, formatFits } from "./fit.ts";
import { writePage } from "./report.ts";
import { explainNo, formulateFrom } from "./solve.ts";
import { judge, measurePlan } from "./verify.ts";

/**
 * The networks, and the part of the device meant for each when demands are scaled. Images of 112 × 112 points instead of 224 × 224 let
 * 48 configurations be measured in minutes; parameters are those of the full networks.
 */
const networks = {
  resnet18: { model: "zoo:resnet18@112", share: 0.25 },
  resnet50: { model: "zoo:resnet50@112", share: 0.3 },
  vgg16: { model: "zoo:vgg16@112", share: 0.4 },
} as const;
const batches = [1, 2, 4, 8] as const;
const partitions = ["cpu-share:0.25", "cpu-share:0.5", "cpu-share:0.75", "cpu-share:1"].map(parsePartition);
const protocol: Protocol = { ...protocols.quick, minimumSamples: 12, warmupBudgetSeconds: 1 };
/** Loads to demand, of what each network's part of the machine holds; the next is tried when no plan exists for one. */
const loads = [0.5, 0.35, 0.2] as const;
const seed = "quickstart";
const liveSeconds = 60;

interface QuickstartOptions {
  readonly out: string;
}

export function quickstartCommand(): Command {
  return new Command("quickstart")
    .description(
      "Measures ResNet-18, ResNet-50 and VGG-16 on shares of this machine's processor, fits, plans, simulates, deploys and verifies the plan live, and writes a report. About five minutes on two cores; resumes where it stopped.",
    )
    .option("--out <folder>", "where everything is written", ".partitune/quickstart")
    .action(async ({ out }: QuickstartOptions) => {
      process.exitCode = await quickstart(out);
    });
}

async function quickstart(out: string): Promise<number> {
  const started = performance.now();
  const files = filesIn(out);
  const campaign = await measure(files.profile);
  if (campaign.status !== "complete") return exitCodes.interrupted;
  const surrogate = fitAndShow(files);
  const plan = await findPlan(surrogate, files);
  if (plan === null) return exitCodes.no;
  const fronts = drawFronts(surrogate, out);
  emitPlan(plan, "quickstart", { target: "cpu", out: files.bundle, mechanism: "auto" });
  const report = await deployAndJudge(plan, files);
  writePage(files.page, "partitune quickstart", [files.profile, files.surrogate, ...fronts, files.plan, files.report]);
  heading(`done in ${formatDuration((performance.now() - started) / 1000)}: open ${files.page}`);
  return report.checks.some((check) => check.verdict === "broken") ? exitCodes.no : exitCodes.yes;
}

type Files = ReturnType<typeof filesIn>;

function filesIn(out: string) {
  return {
    profile: join(out, "profile"),
    surrogate: join(out, "surrogate.json"),
    demands: join(out, "demands.json"),
    plan: join(out, "plan.json"),
    bundle: join(out, "deploy"),
    live: join(out, "live"),
    report: join(out, "report.json"),
    page: join(out, "report.html"),
  } as const;
}

function measure(folder: string) {
  heading("1 of 5  measure: three networks × four shares × four batch sizes");
  const workloads = Object.entries(networks).map(([name, { model }]) => parseWorkload(`${name}=${model}`, batches));
  return runCampaign({
    executor: executors.cpu({}),
    workloads,
    partitions,
    protocol,
    folder,
    seed,
    keepEnvironments: false,
  });
}

function fitAndShow(files: Files): Surrogate {
  heading("2 of 5  fit: one model per network and metric, judged on configurations it has not seen");
  const surrogate = fitProfile(files.profile, 0.9, seed);
  warn(surrogate.warnings);
  saveJson(files.surrogate, surrogate);
  const shown = surrogate.fits.filter((fit) => fit.metric === "latency_p50_s" || fit.metric === "throughput_per_s");
  process.stdout.write(formatFits({ ...surrogate, fits: shown }));
  return surrogate;
}

/** Solves for the highest demands of the ladder that a plan exists for. */
async function findPlan(surrogate: Surrogate, files: Files): Promise<Plan | null> {
  heading("3 of 5  solve: the least share of the machine that keeps every deadline, each plan tried in simulation");
  for (const load of loads) {
    const solution = await solveAt(load, surrogate, files);
    if (solution.status === "infeasible" || solution.status === "unknown") {
      process.stderr.write(`demands at ${formatPercent(load)} load:\n`);
      explainNo(solution);
      continue;
    }
    process.stderr.write(
      `demands at ${formatPercent(load)} of what the measurements, at their worst, say this machine holds\n`,
    );
    saveJson(files.plan, solution.plan);
    process.stdout.write(formatPlan(solution.plan));
    return solution.plan;
  }
  return null;
}

function solveAt(load: number, surrogate: Surrogate, files: Files): Promise<Solution> {
  const predict = predictor(surrogate);
  const parts = Object.fromEntries(Object.entries(networks).map(([name, { share }]) => [name, { share, batches }]));
  const demands = scaleDemands({ parts, predict, load, liveSeconds });
  saveJson(files.demands, { kind: "demands", version: 1, made: madeNow(null), demands });
  const problem = formulateFrom({ source: surrogate, predict }, demands, {
    objective: "share",
    rule: "queue",
    made: madeNow(null, [describeInput(files.surrogate), describeInput(files.demands)]),
  });
  return solve(problem, { method: "milp", accept: (plan) => accept(plan) });
}

/** The Pareto front of each network's configurations over latency and throughput; returns the files. */
function drawFronts(surrogate: Surrogate, out: string): readonly string[] {
  return Object.keys(networks).map((workload) => {
    const file = join(out, `front-${workload}.json`);
    const made = madeNow(null, [describeInput(join(out, "surrogate.json"))]);
    const metrics = ["latency_p50_s", "throughput_per_s"] as const;
    saveJson(file, configFront({ source: surrogate, predict: predictor(surrogate), metrics, workload, made }));
    return file;
  });
}

async function deployAndJudge(plan: Plan, files: Files): Promise<Report> {
  heading(`4 of 5  deploy: start the plan as emitted, load it for ${liveSeconds} s, and measure`);
  const live = await measurePlan(plan, { folder: files.live, seed, liveSeconds });
  heading("5 of 5  verify: promise by promise");
  const report = judge(plan, { seeds: 10, seed, made: madeNow(seed, [describeInput(files.plan)]), live });
  warn(report.warnings);
  saveJson(files.report, report);
  process.stdout.write(formatReport(report));
  return report;
}

function heading(text: string): void {
  process.stderr.write(`\n${text}\n`);
}
