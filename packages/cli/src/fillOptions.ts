import { loadJson } from "@partitune/schema";
import type { FillSettings } from "@partitune/solver";
import { type Command, Option } from "commander";
import { parsePart, parseTime } from "./parseKernelOptions.ts";

/** How gaps are filled, as the command line says it. */
export interface FillOptions {
  readonly minGapUs: string;
  readonly dispatchUs: string;
  readonly executionQuantile: string;
  readonly idleQuantile: string;
  readonly key: FillSettings["key"];
  readonly estimator: FillSettings["estimator"];
  readonly feedback?: boolean;
  readonly maxOverrunUs?: string;
}

/** Adds the options that say how gaps are filled. */
export function withFillOptions(command: Command): Command {
  return command
    .option("--min-gap-us <time>", "gaps predicted to be shorter are left alone, µs", "20")
    .option("--dispatch-us <time>", "what handing over one operation costs, µs", "5")
    .option("--execution-quantile <p>", "of execution times; high ones are careful", "0.9")
    .option("--idle-quantile <p>", "of idle times; low ones are careful", "0.1")
    .addOption(
      new Option("--key <key>", "what times are looked up by: the identity at its occurrence in the step, or alone")
        .choices(["occurrence", "identity"])
        .default("occurrence"),
    )
    .addOption(
      new Option("--estimator <name>", "how times are predicted").choices(["quantile", "mean"]).default("quantile"),
    )
    .option("--feedback", "a gap that was shorter than predicted lowers its prediction from then on")
    .option("--max-overrun-us <time>", "filling stops for the step once it was held up by so much, µs");
}

/** The same as settings, in ns. */
export function parseFillOptions(options: FillOptions): Omit<FillSettings, "disableBelowGain"> {
  const { minGapUs, dispatchUs, executionQuantile, idleQuantile, key, estimator, feedback, maxOverrunUs } = options;
  return {
    minGap: parseTime("--min-gap-us", minGapUs),
    dispatch: parseTime("--dispatch-us", dispatchUs),
    executionQuantile: parsePart("--execution-quantile", executionQuantile),
    idleQuantile: parsePart("--idle-quantile", idleQuantile),
    key,
    estimator,
    feedback: feedback === true,
    maxOverrun: maxOverrunUs === undefined ? null : parseTime("--max-overrun-us", maxOverrunUs),
  };
}

/** Those of a plan, so that what is deployed is what is simulated. */
export function settingsOfPlan(path: string): Omit<FillSettings, "disableBelowGain"> {
  const plan = loadJson(path, "kernel-fill-plan");
  const { minGap, dispatch, executionQuantile, idleQuantile, key, estimator, feedback, maxOverrun } = plan;
  return { minGap, dispatch, executionQuantile, idleQuantile, key, estimator, feedback, maxOverrun };
}
