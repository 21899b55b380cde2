import { readFileSync } from "node:fs";
import { InputError, type ModePlan, type Warning } from "@partitune/schema";
import type { Emission, EmitOptions, EmittedFile, Refusal, Target } from "../emission.ts";
import { engineCommand } from "../launch.ts";
import { planId } from "../planId.ts";
import { shellQuote } from "../shellQuote.ts";
import { interleaveReadme } from "./interleave/interleaveReadme.ts";

const scripts = ["check.sh", "start.sh"].map(
  (path): EmittedFile => ({
    path,
    content: readFileSync(new URL(`interleave/${path}`, import.meta.url), "utf8"),
    executable: true,
  }),
);

/**
 * A Linux machine's processor, on which the workloads of a mode plan take turns: scripts that check the machine and start the server
 * that serves requests and runs the background job in between, the same that measures such plans.
 *
 * Refused: workloads that no process can run.
 */
export const interleave: Target<ModePlan> = { kinds: ["mode-plan"], write };

function write(plan: ModePlan, options: EmitOptions): Emission {
  const refusals = refusalsOf(plan, options);
  if (refusals.length > 0) return { status: "refused", refusals };
  const files = [
    ...scripts,
    { path: "values.sh", content: writeValues(plan, options), executable: false },
    { path: "plan.json", content: `${JSON.stringify(plan, null, 2)}\n`, executable: false },
    { path: "README.md", content: interleaveReadme(plan, options), executable: false },
  ];
  return { status: "emitted", files, warnings: warningsOf(plan, options) };
}

function refusalsOf(
  { workloads, inferences, background, device }: ModePlan,
  { home }: EmitOptions,
): readonly Refusal[] {
  const run = new Set([...inferences, ...(background === null ? [] : [background])].map(({ workload }) => workload));
  const refusals: Refusal[] = [];
  if (run.size === 0) refusals.push({ where: "the plan", cause: "it runs nothing", advice: "plan a workload" });
  for (const workload of workloads.filter(({ name }) => run.has(name))) {
    try {
      engineCommand(workload, { threads: device.cores, home });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { what, problem, advice } = error.details;
      refusals.push({ where: what, cause: problem, advice });
    }
  }
  return refusals;
}

function warningsOf({ powerMode, device, synthetic }: ModePlan, { name }: EmitOptions): readonly Warning[] {
  const where = `plan "${name}"`;
  const warnings: Warning[] = [];
  if (powerMode.name !== device.powerModes[0]!.name)
    warnings.push({
      code: "power-mode",
      where,
      cause: `its promises hold in power mode "${powerMode.name}", which these scripts do not set`,
      advice: "emit it for nvpmodel or nvidia-smi too, and apply that first",
    });
  if (synthetic)
    warnings.push({
      code: "synthetic",
      where,
      cause: "its promises rest on synthetic measurements, not on this machine",
      advice: "measure the workloads, search again and emit that plan",
    });
  return warnings;
}

function writeValues({ device, inferences }: ModePlan, options: EmitOptions): string {
  const values = {
    plan_name: options.name,
    plan_id: planId(options.name),
    home: options.home,
    directory: options.directory,
    threads: String(device.cores),
    zoo: options.zooFolder ?? "",
    ready_timeout_s: String(Math.ceil(options.readyTimeoutSeconds ?? 120)),
    sockets: String(inferences.length),
  };
  const lines = Object.entries(values).map(([variable, value]) => `${variable}=${shellQuote(value)}\n`);
  return `# shellcheck shell=sh disable=SC1003,SC2016,SC2034\n# What this plan starts. Generated: emit the plan anew instead of editing.\n\n${lines.join("")}`;
}
