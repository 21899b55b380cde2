import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type DeployablePlan, type EmitOptions, emit, type TargetName, targets } from "@partitune/emitter";
import { saveFiles } from "@partitune/profiler";
import { type Device, InputError } from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { home } from "../home.ts";
import { loadDeployable } from "../loadDeployable.ts";
import { parseImages } from "../parseImages.ts";
import { printable } from "../printable.ts";
import { warn } from "../warn.ts";
import { printFiles } from "../writeOutput.ts";

interface EmitCommandOptions {
  readonly target?: TargetName;
  readonly out: string;
  readonly name?: string;
  readonly mechanism: "auto" | "cgroup-v2" | "cgroup-v1" | "paced";
  readonly nvpmodelConf?: string;
  readonly gpu?: readonly string[];
  readonly card?: readonly string[];
  readonly image?: readonly string[];
  readonly namespace?: string;
  readonly json?: boolean;
}

/** What a device's power modes are set with. */
const powerTargets = { cpu: "interleave", jetson: "nvpmodel", nvidia: "nvidia-smi" } as const;

/** What fits a plan and its device: a processor's pieces are its placements; cards are cut into MIG instances where they all are, and shared through MPS elsewhere. */
function usualTarget(plan: DeployablePlan, cards: readonly string[] | undefined): TargetName {
  if (plan.kind === "plan") return "cpu";
  if (plan.kind === "kernel-fill-plan") return "kernel-fill";
  if (plan.kind === "kernel-trace") return "orion";
  if (plan.kind !== "fleet-plan") return powerTarget(plan.device);
  if (plan.devices.some(({ kind }) => kind === "cpu")) return "cpu";
  const chosen = plan.gpus.filter(({ id }) => cards === undefined || cards.includes(id));
  const kinds = new Set(chosen.flatMap(({ pieces }) => pieces.map(({ partition }) => partition.kind)));
  return kinds.has("mig") ? "mig" : "mps";
}

function powerTarget({ name, kind }: Device): TargetName {
  if (kind !== "server") return powerTargets[kind];
  throw new InputError({
    what: `device "${name}"`,
    problem: "is a server of models, whose power modes nobody sets from outside",
    advice: "plan for the device that it runs on",
  });
}

export function emitCommand(): Command {
  return new Command("emit")
    .description(
      "Writes a plan as a folder of scripts. Of placements: check.sh looks at the machine first, start.sh applies the plan, status.sh shows it, stop.sh undoes it. Of power modes and fleets: check.sh, apply.sh, status.sh, undo.sh, and run.sh for a schedule or a fleet's tenants.",
    )
    .argument(
      "<plan>",
      "plan file: a plan, a mode plan, a mode schedule, a fleet plan or a kernel-fill plan; or a kernel trace, as a client of Orion",
    )
    .requiredOption("--out <folder>", "where to write the files")
    .addOption(
      new Option("--target <name>", "what the files are for; by default what fits the plan and its device").choices(
        Object.keys(targets),
      ),
    )
    .option("--name <text>", "what the plan is called on the machine; by default the plan file's name")
    .addOption(
      new Option("--mechanism <name>", "what holds processor shares")
        .choices(["auto", "cgroup-v2", "cgroup-v1", "paced"])
        .default("auto"),
    )
    .option(
      "--nvpmodel-conf <file>",
      "the board's own /etc/nvpmodel.conf, into which --target nvpmodel patches the mode",
    )
    .option(
      "--gpu <id>",
      "card of the machine, by index or UUID; repeated, one for each card of a fleet plan in its order (default: counted from 0)",
      collectValues,
    )
    .option(
      "--card <id>",
      "card of a fleet plan that is on this machine; may be repeated (default: all)",
      collectValues,
    )
    .option(
      "--image <[workload=]image>",
      "container image of a workload, or of all others, for --target k8s and compose; may be repeated",
      collectValues,
    )
    .option("--namespace <name>", "Kubernetes namespace for --target k8s (default: default)")
    .option("--json", "print the files' paths as a JSON list")
    .addHelpText(
      "after",
      "\nExamples:\n  $ partitune emit plan.json --out deploy && deploy/check.sh && deploy/start.sh\n  $ partitune emit night.mode.json --target nvpmodel --nvpmodel-conf nvpmodel.conf --out night && sudo night/apply.sh\n  $ partitune emit fleet.plan.json --card gpu0 --card gpu1 --gpu GPU-2d5a1f6e-… --gpu GPU-90c1be07-… --out cut && sudo cut/check.sh\n  $ partitune emit fleet.plan.json --target k8s --image example/server:1 --image bert=example/bert:2 --out cluster && cluster/dra/check.sh",
    )
    .action((path: string, options: EmitCommandOptions) => {
      process.exitCode = emitPlan(loadDeployable(path), options.name ?? basename(path, ".json"), options);
    });
}

/** Writes the files, or says why the target cannot carry the plan; returns the exit code. */
export function emitPlan(plan: DeployablePlan, name: string, options: EmitCommandOptions): number {
  const target = options.target ?? usualTarget(plan, options.card);
  if (target === "nvpmodel" && options.nvpmodelConf === undefined)
    throw new InputError({
      what: "target nvpmodel",
      problem: "needs the board's own file, into which the mode is patched",
      advice: "copy /etc/nvpmodel.conf from the board and add --nvpmodel-conf FILE",
    });
  const emission = emit(plan, target, emitOptions(name, options));
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

function emitOptions(name: string, options: EmitCommandOptions): EmitOptions {
  const { mechanism, nvpmodelConf, gpu, card, image, namespace } = options;
  return {
    name,
    home,
    directory: process.cwd(),
    mechanism,
    ...(nvpmodelConf === undefined ? {} : { nvpmodelConf: readText(nvpmodelConf) }),
    ...(gpu === undefined ? {} : { gpus: gpu }),
    ...(card === undefined ? {} : { cards: card }),
    ...(image === undefined ? {} : { images: parseImages(image) }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError({
      what: `file "${path}"`,
      problem: `cannot be read (${error instanceof Error ? error.message : String(error)})`,
      advice: "copy /etc/nvpmodel.conf from the board and give its path",
    });
  }
}
