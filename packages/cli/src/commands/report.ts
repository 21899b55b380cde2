import { loadRuns } from "@partitune/profiler";
import { type ReportInput, renderReport, type SampleRun } from "@partitune/report";
import {
  type AnyContent,
  checkWritable,
  formatConfig,
  InputError,
  loadAny,
  type Profile,
  writeFileAtomically,
} from "@partitune/schema";
import { Command } from "commander";
import { printFiles } from "../writeOutput.ts";

interface ReportOptions {
  readonly out: string;
  readonly title: string;
  readonly json?: boolean;
}

/** Run-sequence pictures take space; as many measurements are drawn, the slowest of each workload first. */
const mostRunsPerWorkload = 2;

export function reportCommand(): Command {
  return new Command("report")
    .description("Writes one HTML page, without network or scripts from elsewhere, from whatever files it is given.")
    .argument(
      "<files...>",
      "at most one profile folder, one surrogate, one plan (of each kind) and one report on it, and any number of fronts, traces, mode searches, evaluations, transitions, schedules, comparisons of sharing, interference models, traces, profiles and plans of kernels, and response times",
    )
    .option("--out <file>", "where to write the page", "report.html")
    .option("--title <text>", "title of the page", "partitune report")
    .option("--json", "print the page's path as a JSON list")
    .addHelpText(
      "after",
      "\nExample:\n  $ partitune report profiles/all all.surrogate.json plan.json verdict.json --out report.html\n  $ partitune report fleet.plan.json fleet.report.json comparison.json --out fleet.html",
    )
    .action((files: readonly string[], options: ReportOptions) => {
      writePage(options.out, options.title, files);
      printFiles([options.out], options);
    });
}

/** Loads whatever the files are and writes the page. */
export function writePage(out: string, title: string, files: readonly string[]): void {
  checkWritable(out);
  const contents = files.map((file) => ({ file, content: loadAny(file) }));
  const drawn = new Set<string>();
  const of = <K extends AnyContent["kind"]>(kind: K) => {
    drawn.add(kind);
    return contents
      .map(({ content }) => content)
      .filter((content): content is Extract<AnyContent, { kind: K }> => content.kind === kind);
  };
  const folder = contents.find(({ content }) => content.kind === "profile")?.file;
  const profile = only("profile", of("profile"));
  const input: ReportInput = {
    title,
    profile,
    surrogate: only("surrogate", of("surrogate")),
    plan: only("plan", of("plan")),
    report: only("report", of("report")),
    fronts: of("pareto-front"),
    traces: of("trace"),
    searches: of("mode-search"),
    evaluations: of("evaluation"),
    modePlan: only("mode-plan", of("mode-plan")),
    modeReport: only("mode-report", of("mode-report")),
    modeTraces: of("mode-trace"),
    fleetPlan: only("fleet-plan", of("fleet-plan")),
    fleetReport: only("fleet-report", of("fleet-report")),
    fleetTraces: of("fleet-trace"),
    schedules: of("fleet-schedule"),
    transitions: of("fleet-transition"),
    comparisons: of("sharing-comparison"),
    interferences: of("interference"),
    kernelTraces: of("kernel-trace"),
    kernelProfiles: of("kernel-profile"),
    kernelFillPlans: of("kernel-fill-plan"),
    kernelSharings: of("kernel-sharing"),
    kernelOverlaps: of("kernel-overlap"),
    responseTimes: of("response-times"),
    schedulabilities: of("schedulability"),
    runs: profile === undefined || folder === undefined ? [] : collectRuns(profile, folder),
  };
  const left = contents.find(({ content }) => !drawn.has(content.kind));
  if (left !== undefined)
    throw new InputError({
      what: `"${left.file}"`,
      problem: `is of kind "${left.content.kind}", of which a page has no picture`,
      advice: "leave it out, and see it with partitune show",
    });
  writeFileAtomically(out, [renderReport(input)]);
}

function only<T>(kind: string, found: readonly T[]): T | undefined {
  if (found.length <= 1) return found[0];
  throw new InputError({
    what: "the command line",
    problem: `names ${found.length} files of kind "${kind}", expected at most one`,
    advice: "write a page for each",
  });
}

/** Raw samples of the slowest measurements of each workload, which show warm-up and drift best. */
function collectRuns(profile: Profile, folder: string): readonly SampleRun[] {
  const samples = loadRuns(folder);
  const byWorkload = Map.groupBy(profile.measurements, (row) => row.point.config.workload);
  return [...byWorkload.values()].flatMap((rows) =>
    rows
      .filter((row) => row.outcome.kind === "measured" && samples.has(row.id))
      .sort((a, b) => meanLatency(b) - meanLatency(a))
      .slice(0, mostRunsPerWorkload)
      .map((row) => ({
        name: formatConfig(row.point.config),
        synthetic: profile.device.synthetic,
        samples: samples.get(row.id)!,
      })),
  );
}

function meanLatency({ outcome }: Profile["measurements"][number]): number {
  return outcome.kind === "measured" ? outcome.results.latency.mean : 0;
}
