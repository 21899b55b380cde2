import { Command, CommanderError } from "commander";
import { commandTable } from "./commandTable.ts";
import { exitCodes } from "./exitCodes.ts";
import { version } from "./version.ts";

const examples = `
Examples:
  $ partitune quickstart
  $ partitune profile --workload resnet18=zoo:resnet18@112 --shares 0.25,0.5,1 --batches 1,2,4 --out profiles/r18
  $ partitune fit profiles/r18 --out r18.surrogate.json
  $ partitune solve r18.surrogate.json --demand "resnet18 10/s 0.4s p95" --out r18.plan.json
  $ partitune verify r18.plan.json --live --out r18.report.json

Exit codes: 0 yes; 1 an honest no (infeasible, broken promise); 2 bad input or usage.
Data goes to stdout, words and progress to stderr. Every command takes --json where it prints data.`;

/**
 * Runs the command line and returns the exit code; never throws.
 *
 * @param words  arguments after the program's name
 */
export async function run(words: readonly string[]): Promise<number> {
  const program = new Command("partitune")
    .description(
      "Measures deep-learning workloads on every partition of a device and turns the measurements into plans that keep their promises.",
    )
    .version(version)
    .addHelpText("after", examples)
    .exitOverride()
    .showSuggestionAfterError();
  try {
    for (const entry of commandTable) program.addCommand(await commandFor(entry, words));
    await program.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? exitCodes.yes);
  } catch (error) {
    return await explainFailure(error);
  }
}

async function commandFor(entry: (typeof commandTable)[number], words: readonly string[]): Promise<Command> {
  const wanted = words[0] === entry.name || (words[0] === "help" && words[1] === entry.name);
  const command = wanted ? await entry.load() : new Command(entry.name);
  return command
    .description(command.description() || entry.summary)
    .summary(entry.summary)
    .exitOverride()
    .showHelpAfterError("(--help shows the options)");
}

/** Prints one clear line for a foreseen error, the stack for an unforeseen one. */
async function explainFailure(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.yes : exitCodes.usage;
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("stopped; what was measured is kept, the same command resumes\n");
    return exitCodes.interrupted;
  }
  if (error instanceof Error && foreseen.includes(error.name)) {
    process.stderr.write(`partitune: ${error.message}\n`);
    return exitCodes.usage;
  }
  process.stderr.write(
    `partitune: unexpected error, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.usage;
}

const foreseen: readonly string[] = ["InputError", "WorkerFailure"];
