import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { engineCommand, joinCommand } from "@partitune/emitter";
import { type Config, digestFile, InputError, type Partition, type Workload } from "@partitune/schema";
import { describeProcessor } from "../describeProcessor.ts";
import type { Executor, Session } from "../executor.ts";
import {
  chooseGovernor,
  type Governor,
  localGovernors,
  type Machine,
  type PreparedPartition,
  thisMachine,
} from "../governors/index.ts";
import { isFile } from "../isFile.ts";
import { systemClock } from "../systemClock.ts";
import { buildZooModel, isZooSpec } from "../zoo/index.ts";
import { type CpuMeters, openCpuMeters } from "./cpuMeters.ts";
import { CpuSession } from "./cpuSession.ts";
import { identifyStarted } from "./identifyStarted.ts";
import { idleSession } from "./idleSession.ts";
import { ownNodeFirst } from "./ownNodeFirst.ts";
import { startWorker } from "./workerProcess.ts";

/** Where workers are started from. */
export interface CpuOptions {
  /** Folder in which partitune is installed. */
  readonly home: string;
  /** Folder of built networks; the zoo's own default when absent. */
  readonly zooFolder?: string;
  readonly machine: Machine;
}

const installed = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, "");

/** This machine's processor: networks of ONNX, PyTorch and TensorFlow and any program that speaks the line protocol, each in a process of its own. */
export function cpuExecutor(options: Partial<CpuOptions> = {}): Executor {
  const settings: CpuOptions = { home: installed, machine: thisMachine(), ...options };
  const governors = localGovernors(settings.machine);
  let meters: Promise<CpuMeters> | undefined;
  const sharedMeters = () => {
    meters ??= openCpuMeters(settings.machine.root);
    return meters;
  };
  return {
    name: "cpu",
    clock: systemClock,
    engines: ["onnx", "pytorch", "tensorflow", "command", "idle"],
    describe: () => describeProcessor(settings.machine, governors),
    identify: (workload) => identify(workload, settings),
    admit: (partition) => admit(partition, governors),
    async openNull() {
      const argv = ["node", resolve(settings.home, "packages/profiler/src/workers/nullWorker.ts")];
      const worker = await startWorker({ argv, environment: ownNodeFirst({}) });
      return new CpuSession(worker, await prepareWhole(governors), await sharedMeters());
    },
    openIdle: async () => idleSession(systemClock, await sharedMeters()),
    open: async (workload, config) => open(workload, config, settings, governors, await sharedMeters()),
  };
}

async function open(
  workload: Workload,
  config: Config,
  settings: CpuOptions,
  governors: readonly Governor[],
  meters: CpuMeters,
): Promise<Session> {
  if (workload.engine.engine === "idle") return idleSession(systemClock, meters);
  const { governor } = await chooseGovernor(config.partition, governors);
  const prepared = await governor.prepare(config.partition);
  try {
    const worker = await startWorker(launchOf(workload, prepared, settings));
    return new CpuSession(worker, prepared, meters);
  } catch (error) {
    await prepared.release();
    throw error;
  }
}

function launchOf(workload: Workload, prepared: PreparedPartition, { home, zooFolder }: CpuOptions) {
  const { argv, environment } = engineCommand(workload, {
    home,
    threads: prepared.threads,
    ...(zooFolder === undefined ? {} : { zooFolder: resolve(zooFolder) }),
    ...(prepared.pace === undefined ? {} : { pace: prepared.pace }),
  });
  return { argv: joinCommand(prepared.join, argv), environment: ownNodeFirst(environment) };
}

async function prepareWhole(governors: readonly Governor[]): Promise<PreparedPartition> {
  const whole: Partition = { kind: "whole" };
  return (await chooseGovernor(whole, governors)).governor.prepare(whole);
}

/** Sets the partition up and takes it down again: rights and limits have too many rules to be foretold. */
async function admit(partition: Partition, governors: readonly Governor[]): Promise<void> {
  const { governor } = await chooseGovernor(partition, governors);
  await (await governor.prepare(partition)).release();
}

/** A network of the zoo is built now rather than when it is measured; anything a user brings is started once, to see that it can be. */
async function identify(workload: Workload, settings: CpuOptions): Promise<string> {
  const { engine } = workload;
  if (engine.engine === "idle") return "";
  checkRunsHere(workload);
  if (engine.engine === "onnx" && isZooSpec(engine.model)) {
    return buildZooModel(engine.model, settings.zooFolder).then((path) => path.split("/").at(-1)!);
  }
  const { argv, environment } = engineCommand(workload, { home: settings.home, threads: settings.machine.cores });
  const started = await identifyStarted(workload, () => startWorker({ argv, environment: ownNodeFirst(environment) }));
  return engine.engine === "onnx" && (await isFile(engine.model)) ? digestFile(engine.model) : started;
}

/** What a GPU does is no number of the processor. */
function checkRunsHere({ name, engine }: Workload): void {
  if (engine.engine !== "onnx" || engine.provider === undefined || engine.provider === "cpu") return;
  throw new InputError({
    what: `workload "${name}"`,
    problem: `runs on the provider "${engine.provider}", which is not the processor that this executor measures`,
    advice: "choose --executor nvidia or jetson, or leave the provider out",
  });
}
