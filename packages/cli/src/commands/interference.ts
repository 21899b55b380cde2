import { describeInput, type InterferenceModel, loadProfile } from "@partitune/schema";
import { fitInterference, interferenceModels } from "@partitune/surrogate";
import { Command, Option } from "commander";
import { formatInterference } from "../formatInterference.ts";
import { madeNow } from "../made.ts";
import { parseFraction } from "../parseLists.ts";
import { readUtilisations } from "../readUtilisations.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface InterferenceOptions extends OutputOptions {
  readonly utilisations?: string;
  readonly quantile?: string;
  readonly model?: InterferenceModel["model"];
}

export function interferenceCommand(): Command {
  return new Command("interference")
    .description(
      "Fits how workloads on pieces of one card slow each other down, from rows measured beside neighbours. A model is chosen by what it predicts of pairs of workloads that it has not seen, and must beat a constant.",
    )
    .argument("<profile>", "profile folder, or a measurement table (.csv), with rows that have neighbours")
    .option("--out <file>", "where to write the fitted model, for partitune pack --interference")
    .option(
      "--utilisations <file>",
      "CSV of what workloads use of the whole card: workload, optionally batch_count, and columns such as l2_fraction, dram_fraction; without it, what the profile tells",
    )
    .option("--quantile <fraction>", "part of new slowdowns that the model is to cover, for plans with a margin")
    .addOption(
      new Option("--model <name>", "takes this model, whatever the scores say").choices(
        Object.keys(interferenceModels),
      ),
    )
    .option("--json", "print the fitted model to stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  $ partitune interference profiles/a100 --out a100.interference.json\n  $ partitune interference profiles/a100 --utilisations counters.csv --quantile 0.9",
    )
    .action((path: string, options: InterferenceOptions) => {
      checkOutput(options);
      const fitted = fitInterference(loadProfile(path), fitOptions(path, options));
      warn(fitted.warnings);
      if (options.json !== true) process.stdout.write(formatInterference(fitted));
      writeOutput(fitted, options);
    });
}

function fitOptions(path: string, { utilisations, quantile, model }: InterferenceOptions) {
  const inputs = [path, ...(utilisations === undefined ? [] : [utilisations])].map(describeInput);
  return {
    made: madeNow(null, inputs),
    ...(utilisations === undefined ? {} : { utilisations: readUtilisations(utilisations) }),
    ...(quantile === undefined ? {} : { quantile: parseFraction("--quantile", quantile) }),
    ...(model === undefined ? {} : { model }),
  };
}
