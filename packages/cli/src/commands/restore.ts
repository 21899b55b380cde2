import { type PendingRestoration, pendingRestorations, type RestoreReport, restoreLeft } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { Command } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { printable } from "../printable.ts";
import { formatTable } from "../printTable.ts";
import { printJson } from "../writeOutput.ts";

interface RestoreOptions {
  readonly list?: boolean;
  readonly folder?: string;
  readonly json?: boolean;
}

/** A restore file that can be read. */
type Readable = Exclude<PendingRestoration, { readonly state: "unreadable" }>;

/** A setting that is or was changed, and what became of it. */
interface SettingRow {
  readonly device: string;
  readonly file: string;
  /** When the process began to change the device, UTC. */
  readonly since: string;
  readonly process: number;
  readonly what: string;
  readonly state: "restored" | "left" | "in-use" | "restoring";
  /** Why it is left; null where that was not tried. */
  readonly reason: string | null;
}

export function restoreCommand(): Command {
  return new Command("restore")
    .description(
      "Puts devices back that a measurement left changed because it and its guard were killed, or the power was cut: power limits, clocks, files of /sys, partitions. Until then nothing is measured on them.",
    )
    .option("--list", "only list what is left, and what is in use")
    .option("--folder <folder>", "folder of the restore files, instead of this machine's usual one")
    .option("--json", "print the settings as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune restore --list
  $ sudo partitune restore

Exit codes: 0 nothing is left; 1 something is left; 2 a restore file cannot be read, and nothing of it was carried out.`,
    )
    .action(async (options: RestoreOptions) => {
      const pending = await pendingRestorations(options.folder);
      const rows: SettingRow[] = [];
      const problems: InputError[] = [];
      for (const each of pending) {
        if (each.state === "unreadable") problems.push(each.problem);
        else rows.push(...(await restoreOne(each, options.list === true, problems)));
      }
      if (rows.length > 0 || problems.length === 0) print(rows, options);
      for (const problem of problems) process.stderr.write(`partitune: ${printable(problem.message)}\n`);
      process.exitCode = exitCodeOf(rows, problems);
    });
}

async function restoreOne(pending: Readable, list: boolean, problems: InputError[]): Promise<readonly SettingRow[]> {
  if (list || pending.state === "in-use") return listed(pending);
  try {
    return reported(pending, await restoreLeft(pending.paths));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(error);
    return listed(pending);
  }
}

function listed(pending: Readable): readonly SettingRow[] {
  return pending.record.outstanding.map(({ step, reason }) => ({
    ...about(pending),
    what: step.what,
    state: pending.state,
    reason: reason ?? null,
  }));
}

function reported(pending: Readable, { restored, left }: RestoreReport): readonly SettingRow[] {
  const shared = about(pending);
  return [
    ...restored.map(({ what }) => ({ ...shared, what, state: "restored" as const, reason: null })),
    ...left.map(({ step: { what }, reason }) => ({ ...shared, what, state: "left" as const, reason })),
  ];
}

function about({ record: { file, header } }: Readable) {
  return { device: header.device, file, since: header.made.at, process: header.owner.pid };
}

function print(rows: readonly SettingRow[], { json }: RestoreOptions): void {
  if (json === true) printJson(rows);
  else if (rows.length === 0) process.stderr.write("no device was left changed\n");
  else process.stdout.write(formatSettings(rows));
}

function formatSettings(rows: readonly SettingRow[]): string {
  return formatTable(rows, [
    { header: "device", text: (row) => row.device },
    { header: "since", text: (row) => row.since },
    { header: "process", text: (row) => String(row.process), right: true },
    { header: "setting", text: (row) => row.what },
    { header: "state", text: (row) => words[row.state] },
    { header: "why", text: (row) => row.reason ?? "" },
  ]);
}

const words: Readonly<Record<SettingRow["state"], string>> = {
  restored: "restored",
  left: "left",
  "in-use": "in use",
  restoring: "being restored",
};

function exitCodeOf(rows: readonly SettingRow[], problems: readonly InputError[]): number {
  if (problems.length > 0) return exitCodes.usage;
  return rows.some(({ state }) => state === "left" || state === "restoring") ? exitCodes.no : exitCodes.yes;
}
