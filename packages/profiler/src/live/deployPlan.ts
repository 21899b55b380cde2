import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type EmitOptions, emit, planId } from "@partitune/emitter";
import type { Plan, Warning } from "@partitune/schema";
import { DeploymentFailure } from "./deploymentFailure.ts";
import { runScript } from "./runScript.ts";
import { saveFiles } from "./saveFiles.ts";
import { type Guard, startGuard } from "./startGuard.ts";

/** Where and how a plan is deployed on this machine. */
export interface DeployOptions extends EmitOptions {
  /** Folder for the emitted files, and for what stopping printed. */
  readonly folder: string;
  /** Ends a deployment under way; what was started is stopped again. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: "check" | "start") => void;
}

/** A plan that is running. */
export interface Deployment {
  /** Socket of each placement's server, in the plan's order. */
  readonly sockets: readonly string[];
  /** What the check of the machine said, line by line. */
  readonly findings: readonly string[];
  readonly warnings: readonly Warning[];
  /**
   * Stops everything. May be called twice.
   *
   * @throws DeploymentFailure when something is left
   */
  stop(): Promise<void>;
}

/**
 * Deploys a plan on this machine's processor, by the emitted scripts as they are: writes them, has them check the machine and
 * start every placement. A guard process runs the emitted stop script when this process ends, whether it stops the plan itself,
 * fails, or is killed.
 *
 * @throws DeploymentFailure when the plan cannot be emitted, the machine cannot run it, or a placement does not start; nothing
 *   is left running then
 * @throws InputError when the folder cannot be written, or the options are wrong
 */
export async function deployPlan(plan: Plan, options: DeployOptions): Promise<Deployment> {
  const emission = emit(plan, "cpu", options);
  if (emission.status === "refused") {
    const reasons = emission.refusals.map(({ where, cause, advice }) => `${where}: ${cause}; ${advice}`);
    throw new DeploymentFailure("emit", `plan "${options.name}" cannot be deployed:`, reasons);
  }
  const folder = resolve(options.folder);
  saveFiles(folder, emission.files);
  const runFolder = await makeRunFolder(options);
  const environment = { PARTITUNE_RUN_DIR: runFolder };
  const log = join(folder, "stop.log");
  const stop = stopOnce(startGuard(join(folder, "stop.sh"), runFolder, environment, log), options, log);
  try {
    const findings = await checkAndStart(folder, environment, options);
    const sockets = plan.placements.map((_, n) => join(runFolder, planId(options.name), `${n}.sock`));
    return { sockets, findings, warnings: emission.warnings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Apart from that of a deployment in service: a plan can be measured while another of its name runs elsewhere. */
async function makeRunFolder({ name }: EmitOptions): Promise<string> {
  const parent = process.env.PARTITUNE_RUN_DIR ?? process.env.XDG_RUNTIME_DIR ?? tmpdir();
  try {
    return await mkdtemp(join(parent, "partitune-"));
  } catch (error) {
    const reason = `${error instanceof Error ? error.message : String(error)}; set PARTITUNE_RUN_DIR to a folder that can be written`;
    throw new DeploymentFailure("start", `plan "${name}" has no place for its sockets:`, [reason]);
  }
}

async function checkAndStart(
  folder: string,
  environment: Readonly<Record<string, string>>,
  { name, signal, onStep }: DeployOptions,
): Promise<readonly string[]> {
  onStep?.("check");
  const check = await runScript(join(folder, "check.sh"), environment, signal);
  if (check.code !== 0) {
    const reasons = [...check.output.filter((line) => line.startsWith("FAIL")), ...check.complaints];
    throw new DeploymentFailure("check", `this machine cannot run plan "${name}":`, reasons);
  }
  onStep?.("start");
  const start = await runScript(join(folder, "start.sh"), environment, signal);
  if (start.code !== 0) throw new DeploymentFailure("start", `plan "${name}" did not start:`, start.complaints);
  return check.output;
}

function stopOnce(guard: Guard, { name }: EmitOptions, log: string): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const nothingLeft = await guard.release();
    const printed = await readFile(log, "utf8");
    await rm(log);
    if (nothingLeft) return;
    throw new DeploymentFailure("stop", `plan "${name}" could not be stopped wholly:`, printed.trim().split("\n"));
  };
  return () => {
    stopping ??= stop();
    return stopping;
  };
}
