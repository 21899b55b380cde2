import { existsSync } from "node:fs";
import { join } from "node:path";
import { devices, importers } from "@partitune/profiler";
import { describeInput, InputError, type Profile, saveProfile } from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { madeNow } from "../made.ts";
import { warn } from "../warn.ts";
import { printJson } from "../writeOutput.ts";

interface ImportOptions {
  readonly out: string;
  readonly json?: boolean;
}

interface ZeusOptions extends ImportOptions {
  readonly device?: string;
}

interface TableOptions extends ImportOptions {
  readonly map: readonly string[];
  readonly device: string;
  readonly workload?: string;
  readonly task: "inference" | "training";
  readonly run: "batch" | "epoch";
}

const shelf = Object.keys(devices).join(", ");

export function importCommand(): Command {
  return new Command("import")
    .description("Makes a profile from tables that others measured. Every row is checked; what is doubtful is said.")
    .addCommand(zeusCommand())
    .addCommand(tableCommand());
}

function zeusCommand(): Command {
  return new Command("zeus")
    .description("Zeus's tables of epoch time and power over batch size and power limit (summary_power_*.csv).")
    .argument("<file...>", "tables of one device")
    .requiredOption("--out <folder>", "folder of the profile")
    .option("--device <name>", `one of ${shelf}, or any other name; without it, the one the file is named after`)
    .option("--json", "print the profile to stdout")
    .addHelpText("after", "\nExample:\n  $ partitune import zeus summary_power_a40.csv --out profiles/a40")
    .action((files: readonly string[], { device, ...output }: ZeusOptions) => {
      const made = madeNow(null, files.map(describeInput));
      save(importers.zeus(files, { ...(device === undefined ? {} : { device }), made }), output);
    });
}

function tableCommand(): Command {
  return new Command("table")
    .description("Any CSV table of settings, time and power.")
    .argument("<file...>", "tables of one device, with the same columns")
    .requiredOption(
      "--map <column=meaning>",
      "what a column means, with its unit: workload, batch, cores, powerCapWatts:W, cpuHertz:MHz, gpuHertz:MHz, memoryHertz:MHz, time:ms, power:mW, energy:J; may be repeated",
      collectValues,
    )
    .requiredOption("--device <name>", `one of ${shelf}, or any other name`)
    .requiredOption("--out <folder>", "folder of the profile")
    .option("--workload <name>", "name of the workload, where no column has it; the file's without it")
    .addOption(new Option("--task <task>", "what was measured").choices(["inference", "training"]).default("inference"))
    .addOption(new Option("--run <run>", "what one time is of").choices(["batch", "epoch"]).default("batch"))
    .option("--json", "print the profile to stdout")
    .addHelpText(
      "after",
      `
Example:
  $ partitune import table orin.csv --device jetson-orin-agx --task training --out profiles/orin \\
      --map model=workload --map cores=cores --map cpu_khz=cpuHertz:kHz --map gpu=gpuHertz:MHz \\
      --map emc=memoryHertz:MHz --map t_ms=time:ms --map p_mw=power:mW

Units: s, ms, us, min, h; W, mW, kW; J, mJ, kJ, Wh; Hz, kHz, MHz, GHz. Several columns may mean the workload. Energy stands in for power.`,
    )
    .action((files: readonly string[], options: TableOptions) => {
      const { map, device, workload, task, run, ...output } = options;
      const made = madeNow(null, files.map(describeInput));
      const named = workload === undefined ? {} : { workload };
      save(importers.table(files, { columns: map, device, task, run, made, ...named }), output);
    });
}

/** A folder with a journal holds measurements of this tool, which an imported table must not replace. */
function save(profile: Profile, { out, json }: ImportOptions): void {
  if (existsSync(join(out, "journal.jsonl"))) {
    throw new InputError({
      what: `folder "${out}"`,
      problem: "holds the journal of a campaign",
      advice: "import into another folder",
    });
  }
  saveProfile(out, profile);
  warn(profile.warnings);
  const { measurements, workloads, device } = profile;
  const counts = [
    counted(measurements.length, "measurement"),
    counted(workloads.length, "workload"),
    counted(device.powerModes.length, "power mode"),
  ].join(", ");
  process.stderr.write(`wrote ${counts} to ${out}\n`);
  if (json === true) printJson(profile);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
