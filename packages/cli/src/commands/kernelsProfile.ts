import { describeInput, loadJson } from "@partitune/schema";
import { buildKernelProfile } from "@partitune/surrogate";
import { Command } from "commander";
import { formatKernelProfile } from "../formatKernelProfile.ts";
import { madeNow } from "../made.ts";
import { parseTime } from "../parseKernelOptions.ts";
import { parseCount } from "../parseLists.ts";
import { warn } from "../warn.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface ProfileKernelsOptions extends OutputOptions {
  readonly warmup: string;
  readonly minGapUs: string;
}

export function profileKernelsCommand(): Command {
  return new Command("profile")
    .description(
      "What the operations of a task take, how long the device waits after each, and whether there is anything to gain by filling these gaps.",
    )
    .argument("<trace>", "kernel trace, from import kernels or kernels record")
    .option("--warmup <number>", "first steps to leave out", "0")
    .option(
      "--min-gap-us <time>",
      "shorter gaps are not worth filling: the least gap that is filled, handing over, and the shortest operation together, µs",
      "25",
    )
    .option("--out <file>", "file of the kernel profile")
    .option("--json", "print the profile as JSON instead of the table")
    .addHelpText(
      "after",
      `
Example:
  $ partitune kernels profile resnet50.kernels.json --warmup 1 --out resnet50.kernel-profile.json

"nothing to gain" is an answer: gaps after which nothing was launched then hold less than 2 % of a step.`,
    )
    .action((file: string, options: ProfileKernelsOptions) => {
      checkOutput(options);
      const trace = loadJson(file, "kernel-trace");
      const profile = buildKernelProfile(trace, {
        made: madeNow(null, [describeInput(file)]),
        warmupSteps: parseCount("--warmup", options.warmup, 0),
        minGap: parseTime("--min-gap-us", options.minGapUs),
      });
      warn(profile.warnings);
      if (options.json !== true) process.stdout.write(formatKernelProfile(profile));
      writeOutput(profile, options);
    });
}
