import {
  type FleetPlan,
  type ModePlan,
  type ModePromise,
  type ModeSchedule,
  type PlanPromise,
  type PowerMode,
  powerSettings,
} from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import type { PlannedModes } from "./modesOf.ts";

/** Words for the operator of a power mode, in Markdown. */
export function powerReadme(
  plan: ModePlan | ModeSchedule | FleetPlan,
  { modes, periods, repeat }: PlannedModes,
  notes: readonly string[],
  { name }: EmitOptions,
): string {
  const synthetic = plan.synthetic
    ? "\n**This plan rests on synthetic measurements. Its promises are examples.**\n"
    : "";
  const promises: readonly (ModePromise | PlanPromise)[] =
    plan.kind === "mode-schedule" ? plan.periods.flatMap((period) => period.promises) : plan.promises;
  const devices = plan.kind === "fleet-plan" ? plan.devices : [plan.device];
  const run =
    periods.length === 0
      ? ""
      : "    ./run.sh       set the mode of each period in its turn until asked to end (SIGTERM, Ctrl-C)\n";
  return `# Plan ${code(name)}: power modes of ${devices.map((device) => code(device.name)).join(" and ")}
${synthetic}
    ./check.sh     can this device take it? one line for each thing looked at; changes nothing
    ./apply.sh     record what is set now, set the mode, read it back; may be repeated
${run}    ./status.sh    is it set?
    ./undo.sh      put back what was set before; also after a crash; may be repeated

All of them need root. What was set before is recorded in \`/var/lib/partitune/power-mode\`, or in the folder that
\`PARTITUNE_STATE_DIR\` names, before the first change, and kept until all of it is back.

## Modes

${modes.map((mode, n) => `- ${n}: ${code(mode.name)}, ${settingsOf(mode)}`).join("\n")}
${periodLines(periods, repeat)}
## Promises

${[...new Set(promises.map(promiseLine))].join("\n")}

## What to know

${notes.map((note) => `- ${note}`).join("\n")}
- The workloads are not started here: emit the plan for the target that runs them.
- \`values.sh\` is the plan as shell text, \`plan.json\` the plan itself.
`;
}

function settingsOf(mode: PowerMode): string {
  const set = powerSettings.flatMap((setting) => (mode[setting] === undefined ? [] : [`${setting} ${mode[setting]}`]));
  return set.length === 0 ? "as the device knows it" : set.join(", ");
}

function periodLines(periods: PlannedModes["periods"], repeat: boolean): string {
  if (periods.length === 0) return "";
  const lines = periods.map(({ mode, seconds }) => `- mode ${mode} for ${seconds} s`);
  return `\n## Periods${repeat ? ", again and again" : ""}\n\n${lines.join("\n")}\n`;
}

function promiseLine({ subject, metric, relation, target }: ModePromise | PlanPromise): string {
  return `- ${code(subject)}: ${metric} ${relation.replace("-", " ")} ${target}`;
}
