import { readFileSync } from "node:fs";
import type { FleetPlan, ModePlan, ModeSchedule, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, EmittedFile } from "../../emission.ts";
import { planId } from "../../planId.ts";
import { shellQuote } from "../../shellQuote.ts";
import type { PlannedModes } from "./modesOf.ts";
import { powerReadme } from "./powerReadme.ts";

/** What one kind of device adds to the scripts that all power modes share. */
export interface PowerDevice {
  /** Its own functions, as a shell file beside its target. */
  readonly script: URL;
  /** Words for the operator: what is set, by what, and what to know. */
  readonly notes: readonly string[];
  /** Variables that all modes share. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables of each mode, and for each setting that is read back the words that describe it. */
  readonly modes: readonly {
    readonly variables: Readonly<Record<string, string>>;
    readonly settings: readonly (readonly string[])[];
    /** Settings that cannot be changed at once, where the device has such. */
    readonly gates?: readonly (readonly string[])[];
  }[];
  readonly files: readonly EmittedFile[];
}

const always = ["check.sh", "apply.sh", "undo.sh", "status.sh"];

/** The scripts of a power mode with the values of a plan: what differs stands in values.sh, which holds nothing but quoted values. */
export function powerBundle(
  plan: ModePlan | ModeSchedule | FleetPlan,
  planned: PlannedModes,
  device: PowerDevice,
  options: EmitOptions,
): Emission {
  const operated = planned.periods.length === 0 ? always : [...always, "run.sh"];
  const scripts = [...operated, "common.sh"].map((path) =>
    script(path, new URL(path, import.meta.url), path !== "common.sh"),
  );
  const files = [
    ...scripts,
    script("device.sh", device.script, false),
    { path: "values.sh", content: writeValues(planned, device, options), executable: false },
    ...device.files,
    { path: "plan.json", content: `${JSON.stringify(plan, null, 2)}\n`, executable: false },
    { path: "README.md", content: powerReadme(plan, planned, device.notes, options), executable: false },
  ];
  return { status: "emitted", files, warnings: plan.synthetic ? [syntheticWarning(options)] : [] };
}

function script(path: string, source: URL, executable: boolean): EmittedFile {
  return { path, content: readFileSync(source, "utf8"), executable };
}

function writeValues({ modes, periods, repeat }: PlannedModes, device: PowerDevice, { name }: EmitOptions): string {
  const shared = {
    plan_name: name,
    plan_id: planId(name),
    modes: modes.map((_, n) => n).join(" "),
    repeat: repeat ? "yes" : "no",
    ...device.variables,
  };
  const functions = device.modes.flatMap(({ variables, settings, gates }, n) => [
    `mode_${n}() {\n${assign({ mode_name: modes[n]!.name, ...variables }, "  ")}}\n`,
    callEach(`each_setting_${n}`, settings),
    ...(gates === undefined ? [] : [callEach(`each_gate_${n}`, gates)]),
  ]);
  const turns = periods.map(({ mode, seconds }) => [String(mode), String(Math.max(1, Math.round(seconds * 100)))]);
  const head =
    "# shellcheck shell=sh disable=SC1003,SC2016,SC2034\n# What this plan sets. Generated: emit the plan anew instead of editing.\n\n";
  return head + [assign(shared), ...functions, callEach("each_period", turns)].join("\n");
}

/** A function that calls the command given to it once for each list of words, as long as that succeeds. */
function callEach(name: string, lists: readonly (readonly string[])[]): string {
  const calls = lists.map((words) => `  "$@" ${words.map(shellQuote).join(" ")} || return\n`);
  return `${name}() {\n${calls.join("")}  return 0\n}\n`;
}

function assign(variables: Readonly<Record<string, string>>, margin = ""): string {
  return Object.entries(variables)
    .map(([variable, value]) => `${margin}${variable}=${shellQuote(value)}\n`)
    .join("");
}

function syntheticWarning({ name }: EmitOptions): Warning {
  return {
    code: "synthetic",
    where: `plan "${name}"`,
    cause: "its promises rest on synthetic measurements, not on this device",
    advice: "measure the workloads on the device, search again and emit that plan",
  };
}
