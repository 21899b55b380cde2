import { existsSync } from "node:fs";
import { join } from "node:path";
import { devices, type ImportedDemands, importers, importWideDemands, type WideTable } from "@partitune/profiler";
import { describeInput, InputError, type Profile, saveJson, saveProfile } from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { madeNow } from "../made.ts";
import { parseCount } from "../parseLists.ts";
import { warn } from "../warn.ts";
import { printJson } from "../writeOutput.ts";
import { importKernelsCommand } from "./importKernels.ts";

interface ImportOptions {
  readonly out: string;
  readonly json?: boolean;
}

interface ZeusOptions extends ImportOptions {
  readonly device?: string;
}

interface NexusOptions extends ImportOptions {
  readonly device?: string;
}

interface DemandsOptions extends ImportOptions {
  readonly map?: readonly string[];
  readonly where?: readonly string[];
  readonly percentile: string;
  readonly deadlines?: string;
  readonly rates?: string;
  readonly row: string;
  readonly workloads?: string;
}

interface TableOptions extends ImportOptions {
  readonly map: readonly string[];
  readonly device: string;
  readonly workload?: string;
  readonly where?: readonly string[];
  readonly task: "inference" | "training";
  readonly run: "batch" | "epoch";
}

const shelf = Object.keys(devices).join(", ");

export function importCommand(): Command {
  return new Command("import")
    .description(
      "Makes profiles, demands and kernel traces from what others measured. Every row is checked; what is doubtful is said.",
    )
    .addCommand(tableCommand())
    .addCommand(demandsCommand())
    .addCommand(zeusCommand())
    .addCommand(nexusCommand())
    .addCommand(importKernelsCommand());
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

function nexusCommand(): Command {
  return new Command("nexus")
    .description("Nexus's batch profiles of whole cards: latency and memory by batch.")
    .argument("<file...>", "profiles of one device")
    .requiredOption("--out <folder>", "folder of the profile")
    .option("--device <name>", `one of ${shelf}, or any other name; without it, the one the files name`)
    .option("--json", "print the profile to stdout")
    .addHelpText("after", "\nExample:\n  $ partitune import nexus titanx_*.txt --out profiles/titanx")
    .action((files: readonly string[], { device, ...output }: NexusOptions) => {
      const made = madeNow(null, files.map(describeInput));
      save(importers.nexus(files, { ...(device === undefined ? {} : { device }), made }), output);
    });
}

function demandsCommand(): Command {
  return new Command("demands")
    .description("Demands from a CSV table with a row per service, or from two with a column per workload.")
    .argument("[file]", "table with a row per service")
    .option(
      "--map <column=meaning>",
      "what a column means, with its unit: workload, service, rate:/s, deadline:ms, percentile:percent; may be repeated",
      collectValues,
    )
    .option("--where <column=value>", "take only rows with this value; may be repeated", collectValues)
    .option("--deadlines <file:unit>", "table of deadlines with a column per workload")
    .option("--rates <file:unit>", "table of rates with the same columns")
    .option("--row <number>", "row of these tables, from 1", "1")
    .option("--workloads <list>", "names of their columns, where they have no header")
    .option("--percentile <p>", "percentile that must meet the deadline, where no column tells", "p99")
    .requiredOption("--out <file>", "file of the demands")
    .option("--json", "print the demands to stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune import demands slo.csv --map model=workload --map slo_ms=deadline:ms --map rate_rps=rate:/s \\
      --where scenario=S3 --out s3.demands.json
  $ partitune import demands --deadlines latency.csv:ms --rates requests.csv:/s --row 3 --workloads bert,resnet50 --out s3.demands.json

Units: s, ms, us, min, h; /s, /ms, /min, /h; fraction, percent. In the second form, cells that are empty or N/A in both tables ask for nothing.`,
    )
    .action((file: string | undefined, options: DemandsOptions) => saveDemands(readDemands(file, options), options));
}

function readDemands(file: string | undefined, options: DemandsOptions): ImportedDemands {
  const { map, where, deadlines, rates, row, workloads } = options;
  const percentile = parsePercentile(options.percentile);
  if (file !== undefined && map !== undefined && deadlines === undefined && rates === undefined) {
    const made = madeNow(null, [describeInput(file)]);
    return importers.demands(file, { columns: map, ...(where === undefined ? {} : { where }), percentile, made });
  }
  if (file === undefined && map === undefined && deadlines !== undefined && rates !== undefined) {
    const tables = { deadlines: parseWide("--deadlines", deadlines), rates: parseWide("--rates", rates) };
    const made = madeNow(null, [tables.deadlines.file, tables.rates.file].map(describeInput));
    const named = workloads === undefined ? {} : { workloads: workloads.split(",").map((name) => name.trim()) };
    return importWideDemands({ ...tables, row: parseCount("--row", row), percentile, made, ...named });
  }
  throw new InputError({
    what: "the command line",
    problem: "names neither one table with --map nor both --deadlines and --rates",
    advice: "see partitune import demands --help",
  });
}

function parseWide(option: string, text: string): WideTable {
  const split = text.lastIndexOf(":");
  if (split > 0) return { file: text.slice(0, split), unit: text.slice(split + 1) };
  const advice = `write ${option} FILE:UNIT, for example ${option} table.csv:${option === "--rates" ? "/s" : "ms"}`;
  throw new InputError({ what: `option ${option} "${text}"`, problem: "states no unit", advice });
}

function parsePercentile(text: string): number {
  const percent = /^p?(?<percent>\d*\.?\d+)$/u.exec(text.trim())?.groups?.percent;
  const percentile = percent === undefined ? Number.NaN : Number(`${percent}e-2`);
  if (percentile > 0 && percentile < 1) return percentile;
  throw new InputError({
    what: `option --percentile "${text}"`,
    problem: "is no percentile above p0 and below p100",
    advice: "write for example --percentile p99",
  });
}

function saveDemands({ demands, warnings }: ImportedDemands, { out, json }: ImportOptions): void {
  saveJson(out, demands);
  warn(warnings);
  process.stderr.write(`wrote ${counted(demands.demands.length, "demand")} to ${out}\n`);
  if (json === true) printJson(demands);
}

function tableCommand(): Command {
  return new Command("table")
    .description(
      "Any CSV table of settings, time and power, or of partitions, batches, processes, time and throughput.",
    )
    .argument("<file...>", "tables of one device, with the same columns")
    .requiredOption(
      "--map <column=meaning>",
      "what a column means, with its unit: workload, batch, processes, partition, computeSlices, share:percent, cores, powerCapWatts:W, cpuHertz:MHz, gpuHertz:MHz, memoryHertz:MHz, time:ms, mean:ms, p90:ms, p95:ms, p99:ms, throughput:/s, throughputPerProcess:/s, memory:MiB, power:mW, energy:J, samples; may be repeated",
      collectValues,
    )
    .requiredOption("--device <name>", `one of ${shelf}, or any other name`)
    .requiredOption("--out <folder>", "folder of the profile")
    .option("--workload <name>", "name of the workload, where no column has it; that of each file without it")
    .option("--where <column=value>", "take only rows with this value; may be repeated", collectValues)
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

  $ partitune import table resnet50.csv vgg16.csv --device a100 --out profiles/a100 \\
      --map "Mig instance=computeSlices" --map "Batch size=batch" --map "Workload Number=processes" \\
      --map "Throughput=throughputPerProcess:/s" --map "Latency=time:s"

Units: s, ms, us, min, h; /s, /ms, /min, /h; W, mW, kW; J, mJ, kJ, Wh; Hz, kHz, MHz, GHz; B, KB, MB, GB, KiB, MiB, GiB; fraction, percent.
Several columns may mean the workload. Energy stands in for power. time is of one batch of one process while all processes are busy; mean, p90, p95 and
p99 go with it. throughput is of all processes together. Given both a time and a throughput, the one with more digits decides, and zeros in both mean
that it did not run. computeSlices needs a card of the shelf with MIG; partition is written as everywhere, or as a MIG profile such as 3g.40gb.`,
    )
    .action((files: readonly string[], options: TableOptions) => {
      const { map, device, workload, where, task, run, ...output } = options;
      const made = madeNow(null, files.map(describeInput));
      const named = { ...(workload === undefined ? {} : { workload }), ...(where === undefined ? {} : { where }) };
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
