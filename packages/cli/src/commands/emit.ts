import { basename, join, resolve } from "node:path";
import { emit, type TargetName, targets } from "@partitune/emitter";
import { saveFiles } from "@partitune/profiler";
import { loadJson, type Plan } from "@partitune/schema";
import { Command, Option } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { home } from "../home.ts";
import { printable } from "../printable.ts";
import { warn } from "../warn.ts";
import { printFiles } from "../writeOutput.ts";

interface EmitCommandOptions {
  readonly target: TargetName;
  readonly out: string;
  readonly name?: string;
  readonly mechanism: "auto" | "cgroup-v2" | "cgroup-v1" | "paced";
  readonly json?: boolean;
}

export function emitCommand(): Command {
  return new Command("emit")
    .description(
      "Writes a plan as a folder of scripts: check.sh looks at the machine first, start.sh applies the plan, status.sh shows it, stop.sh undoes it.",
    )
    .argument("<plan>", "plan file")
    .requiredOption("--out <folder>", "where to write the files")
    .addOption(new Option("--target <name>", "what the files are for").choices(Object.keys(targets)).default("cpu"))
    .option("--name <text>", "what the plan is called on the machine; by default the plan file's name")
    .addOption(
      new Option("--mechanism <name>", "what holds processor shares")
        .choices(["auto", "cgroup-v2", "cgroup-v1", "paced"])
        .default("auto"),
    )
    .option("--json", "print the files' paths as a JSON list")
    .addHelpText("after", "\nExample:\n  $ partitune emit plan.json --out deploy && deploy/check.sh && deploy/start.sh")
    .action((path: string, options: EmitCommandOptions) => {
      process.exitCode = emitPlan(loadJson(path, "plan"), options.name ?? basename(path, ".json"), options);
    });
}

/** Writes the files, or says why the target cannot carry the plan; returns the exit code. */
export function emitPlan(plan: Plan, name: string, options: EmitCommandOptions): number {
  const emission = emit(plan, options.target, { name, home, directory: process.cwd(), mechanism: options.mechanism });
  if (emission.status === "refused") {
    for (const { where, cause, advice } of emission.refusals)
      process.stderr.write(`${printable(`refused: ${where}: ${cause}; ${advice}`)}\n`);
    return exitCodes.no;
  }
  warn(emission.warnings);
  saveFiles(resolve(options.out), emission.files);
  printFiles(
    emission.files.map((file) => join(options.out, file.path)),
    options,
  );
  return exitCodes.yes;
}
