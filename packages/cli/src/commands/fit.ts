import { loadSamples } from "@partitune/profiler";
import { describeInput, loadProfile, type Surrogate } from "@partitune/schema";
import { fit } from "@partitune/surrogate";
import { Command } from "commander";
import { formatChosenPercent, formatPercent, significant } from "../formatNumbers.ts";
import { madeNow } from "../made.ts";
import { nameDevice } from "../nameDevice.ts";
import { parseFraction } from "../parseLists.ts";
import { printable } from "../printable.ts";
import { formatTable } from "../printTable.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface FitOptions extends OutputOptions {
  readonly confidence: string;
  readonly seed: string;
}

export function fitCommand(): Command {
  return new Command("fit")
    .description("Fits a profile: cross-validation picks a model per workload and metric, and calibrates its interval.")
    .argument("<profile>", "profile folder, or a measurement table (.csv)")
    .option("--out <file>", "where to write the surrogate")
    .option("--confidence <fraction>", "coverage the intervals are calibrated to", "0.9")
    .option("--seed <text>", "seed of the cross-validation's folds", "1")
    .option("--json", "print the surrogate to stdout")
    .addHelpText("after", "\nExample:\n  $ partitune fit profiles/r18 --out r18.surrogate.json")
    .action((path: string, options: FitOptions) => {
      const confidence = parseFraction("--confidence", options.confidence);
      checkOutput(options);
      const surrogate = fitProfile(path, confidence, options.seed);
      warn(surrogate.warnings);
      if (options.json !== true) process.stdout.write(formatFits(surrogate));
      writeOutput(surrogate, options);
    });
}

/** Loads a profile with its raw samples and fits it. */
export function fitProfile(path: string, confidence: number, seed: string): Surrogate {
  return fit(loadProfile(path), {
    confidence,
    seed,
    samples: loadSamples(path),
    made: madeNow(seed, [describeInput(path)]),
  });
}

/** One line per fitted model: what it is and how well it predicted what it had not seen. */
export function formatFits(surrogate: Surrogate): string {
  return `${printable(titleOf(surrogate))}\n${tableOf(surrogate)}`;
}

function titleOf({ device, confidence }: Surrogate): string {
  return `${nameDevice(device)}, errors on held-out configurations, intervals at ${formatChosenPercent(confidence)}`;
}

function tableOf(surrogate: Surrogate): string {
  return formatTable(surrogate.fits, [
    { header: "workload", text: (row) => row.workload },
    { header: "metric", text: (row) => row.metric },
    { header: "model", text: (row) => row.model },
    { header: "held out", text: (row) => String(row.scores.heldOut), right: true },
    { header: "median error", text: (row) => percentOrDash(row.scores.medianError), right: true },
    { header: "mean error", text: (row) => percentOrDash(row.scores.mape?.value ?? null), right: true },
    { header: "R²", text: (row) => (row.scores.r2 === null ? "–" : significant(row.scores.r2)), right: true },
    {
      header: "interval",
      text: (row) => (row.intervalRatio === null ? "not calibrated" : `± ${formatPercent(row.intervalRatio)}`),
      right: true,
    },
    { header: "coverage", text: (row) => percentOrDash(row.scores.coverage?.value ?? null), right: true },
  ]);
}

function percentOrDash(fraction: number | null): string {
  return fraction === null ? "–" : formatPercent(fraction);
}
