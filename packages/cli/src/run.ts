import type { DeploymentFailure } from "@partitune/profiler";
import { Command, CommanderError } from "commander";
import { commandTable } from "./commandTable.ts";
import { exitCodes } from "./exitCodes.ts";
import { printable, printableLines } from "./printable.ts";
import { usageError } from "./usageError.ts";
import { version } from "./version.ts";

const examples = `
Examples:
  $ partitune quickstart
  $ partitune profile --workload resnet18=zoo:resnet18@112 --shares 0.25,0.5,1 --batches 1,2,4 --out profiles/r18
  $ partitune fit profiles/r18 --out r18.surrogate.json
  $ partitune solve r18.surrogate.json --demand "resnet18 10/s 400ms p95" --out r18.plan.json
  $ partitune verify r18.plan.json --live --out r18.report.json

Exit codes: 0 yes; 1 an honest no (infeasible, refused, broken promise); 2 bad input or usage; 130 stopped by Ctrl-C.
Data goes to stdout, words and progress to stderr. Every command that prints data takes --json.`;

/**
 * Runs the command line and returns the exit code; never throws.
 *
 * @param words  arguments after the program's name
 */
export async function run(words: readonly string[]): Promise<number> {
  const before = process.exitCode;
  process.exitCode = undefined; // commands say by it how they ended
  try {
    const program = buildProgram();
    for (const entry of commandTable) program.addCommand(await commandFor(entry, words));
    await program.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? exitCodes.yes);
  } catch (error) {
    return explainFailure(error);
  } finally {
    process.exitCode = before;
  }
}

function buildProgram(): Command {
  return inOurWords(new Command("partitune"), "partitune")
    .description(
      "Measures deep-learning workloads on every partition of a device and turns the measurements into plans that keep their promises.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", examples);
}

/** Only the command that was asked for is loaded; of the others the help needs the summary alone. */
async function commandFor(entry: (typeof commandTable)[number], words: readonly string[]): Promise<Command> {
  const wanted = words[0] === entry.name || (words[0] === "help" && words[1] === entry.name);
  const command = wanted ? await entry.load() : new Command(entry.name);
  return inOurWords(command, `partitune ${entry.name}`)
    .summary(entry.summary)
    .helpOption("-h, --help", "print this help");
}

/** Commands of commands too: each has settings of its own. */
function inOurWords(command: Command, called: string): Command {
  for (const child of command.commands)
    inOurWords(child, `${called} ${child.name()}`).helpOption("-h, --help", "print this help");
  return command
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(`partitune: ${usageError(message, called)}\n`) });
}

/** Prints one clear line for a foreseen error, the stack for an unforeseen one; returns the exit code. */
function explainFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.yes : exitCodes.usage;
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("stopped; what was written so far is kept\n");
    return exitCodes.interrupted;
  }
  process.stderr.write(`partitune: ${describeFailure(error)}\n`);
  return isRefusal(error) ? exitCodes.no : exitCodes.usage;
}

/** A plan that a target cannot express, or that does not suit this machine, is an honest no. */
function isRefusal(error: unknown): boolean {
  const step: DeploymentFailure["step"] | undefined =
    error instanceof Error && error.name === "DeploymentFailure" ? (error as DeploymentFailure).step : undefined;
  return step === "emit" || step === "check";
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `unexpected error, please report it\n${printableLines(String(error))}`;
  if (oneLiners.includes(error.name)) return printable(error.message);
  if (error.name === "DeploymentFailure") return printableLines(error.message);
  return `unexpected error, please report it\n${printableLines(error.stack ?? error.message)}`;
}

const oneLiners: readonly string[] = ["InputError", "WorkerFailure", "DeviceLost", "CardLost"];
