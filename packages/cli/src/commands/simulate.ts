import { describeInput, loadJson } from "@partitune/schema";
import { type SharingName, sharingLaws, simulate } from "@partitune/simulator";
import { Command, Option } from "commander";
import { formatTrace } from "../formatTrace.ts";
import { madeNow } from "../made.ts";
import { parsePositive } from "../parseLists.ts";
import { checkOutput, type OutputOptions, writeOutput } from "../writeOutput.ts";

interface SimulateOptions extends OutputOptions {
  readonly duration: string;
  readonly seed: string;
  readonly sharing: SharingName;
}

export function simulateCommand(): Command {
  return new Command("simulate")
    .description("Plays a plan against Poisson arrivals at the demanded rates, batch by batch.")
    .argument("<plan>", "plan file")
    .option("--duration <seconds>", "length of the simulated window", "3600")
    .option("--seed <text>", "fixes everything random", "1")
    .addOption(
      new Option("--sharing <law>", "how placements slow each other down")
        .choices(Object.keys(sharingLaws))
        .default("isolated"),
    )
    .option("--out <file>", "where to write the trace")
    .option("--json", "print the trace to stdout")
    .addHelpText("after", "\nExample:\n  $ partitune simulate plan.json --duration 600")
    .action((path: string, options: SimulateOptions) => {
      const durationSeconds = parsePositive("--duration", options.duration);
      checkOutput(options);
      const trace = simulate(loadJson(path, "plan"), {
        seed: options.seed,
        durationSeconds,
        sharing: { law: options.sharing },
        made: madeNow(options.seed, [describeInput(path)]),
      });
      if (options.json !== true) process.stdout.write(formatTrace(trace));
      writeOutput(trace, options);
    });
}
