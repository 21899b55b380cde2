import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { engineCommand, joinCommand } from "@partitune/emitter";
import { type Config, digestFile, type Partition, type Workload } from "@partitune/schema";
import { chooseCardGovernor } from "../cardGovernors/index.ts";
import type { Executor, Session } from "../executor.ts";
import type { PreparedPartition } from "../governors/governor.ts";
import { systemClock } from "../systemClock.ts";
import { buildZooModel, isZooSpec } from "../zoo/index.ts";
import { identifyStarted } from "./identifyStarted.ts";
import { NvidiaCard, type NvidiaCardOptions, usualCardOptions } from "./nvidiaCard.ts";
import { idleOnCard, NvidiaSession } from "./nvidiaSession.ts";
import { ownNodeFirst } from "./ownNodeFirst.ts";
import { startWorker, type WorkerProcess } from "./workerProcess.ts";
import { WorkerRing } from "./workerRing.ts";

/** Which card, and where workers are started from. */
export interface NvidiaOptions extends NvidiaCardOptions {
  /** Folder in which partitune is installed. */
  readonly home: string;
  /** Folder of built networks; the zoo's own default when absent. */
  readonly zooFolder?: string;
}

/** Processes of a workload at once: what an MPS server takes; those of a card are counted when they are started. */
const mostProcesses = 48;
const installed = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, "");

/** Variables of this process that would put a worker on another card, into another's share, or to another's daemon. */
const foreignVariables = [
  "CUDA_MPS_PIPE_DIRECTORY",
  "CUDA_MPS_LOG_DIRECTORY",
  "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE",
  "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT",
  "CUDA_MPS_SM_PARTITION",
  "CUDA_MPS_CLIENT_PRIORITY",
  "PARTITUNE_MULTIPROCESSORS",
];
const noForeignVariables = Object.fromEntries(foreignVariables.map((name) => [name, undefined]));

/**
 * An NVIDIA card of this machine: PyTorch, TensorFlow and ONNX networks and any program that speaks the line protocol, on the whole card, in MPS shares,
 * static partitions, MIG instances and green contexts, several processes and several workloads at once.
 *
 * The card's driver is loaded when the card is first asked for. What is changed on the card or the machine is written down before, and put back by
 * `close`, or by a guard process when this one dies.
 */
export function nvidiaExecutor(options: Partial<NvidiaOptions> = {}): Executor {
  const settings: NvidiaOptions = { ...usualCardOptions, home: installed, ...options };
  let opening: Promise<NvidiaCard> | undefined;
  const card = () => {
    opening ??= NvidiaCard.open(settings);
    return opening;
  };
  return {
    name: "nvidia",
    clock: systemClock,
    engines: ["pytorch", "tensorflow", "onnx", "command", "idle"],
    mostProcesses,
    async describe() {
      const { device, environment, warnings } = await card();
      return { device, environment, warnings };
    },
    identify: async (workload) => identify(workload, await card(), settings),
    async admit(partition) {
      await chooseCardGovernor(partition, (await card()).governors);
    },
    async admitMode(name) {
      const opened = await card();
      await opened.modes.admit(opened.modeOf(name));
    },
    openNull: async () => openNull(await card(), settings),
    openIdle: async (how) => openIdle(await card(), how),
    open: async (workload, config) => open(workload, config, await card(), settings),
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

async function open(workload: Workload, config: Config, card: NvidiaCard, settings: NvidiaOptions): Promise<Session> {
  card.checkGuarded();
  const { partition, powerMode, processes = 1 } = config;
  const leaveMode = await card.modes.enter(card.modeOf(powerMode));
  try {
    if (workload.engine.engine === "idle") return idleOnCard(card, leaveMode);
    const prepared = await prepare(partition, processes, card);
    return await start(workload, prepared, processes, { card, leaveMode }, settings);
  } catch (error) {
    leaveMode();
    throw error;
  }
}

async function prepare(partition: Partition, processes: number, card: NvidiaCard): Promise<PreparedPartition> {
  const governor = await chooseCardGovernor(partition, card.governors);
  return governor.prepare(partition, processes);
}

async function start(
  workload: Workload,
  prepared: PreparedPartition,
  processes: number,
  parts: { readonly card: NvidiaCard; readonly leaveMode: () => void },
  settings: NvidiaOptions,
): Promise<Session> {
  const started: WorkerProcess[] = [];
  try {
    // One after the other: each takes its memory while the others that are there already hold theirs.
    for (let i = 0; i < processes; i++) started.push(await startOne(workload, prepared, parts.card, settings));
    return new NvidiaSession({ ...parts, prepared, ring: new WorkerRing(started) });
  } catch (error) {
    await Promise.all(started.map((worker) => worker.close()));
    await prepared.release();
    throw error;
  }
}

async function startOne(
  workload: Workload,
  prepared: PreparedPartition,
  card: NvidiaCard,
  { home, zooFolder }: NvidiaOptions,
): Promise<WorkerProcess> {
  const { argv, environment } = engineCommand(workload, {
    home,
    threads: prepared.threads,
    accelerator: "cuda",
    ...(zooFolder === undefined ? {} : { zooFolder: resolve(zooFolder) }),
    ...(prepared.multiprocessors === undefined ? {} : { multiprocessors: prepared.multiprocessors }),
  });
  return card.guarded((onSpawn) =>
    startWorker(
      {
        argv: joinCommand(prepared.join, argv),
        environment: { ...noForeignVariables, ...ownNodeFirst(environment), ...prepared.environment },
        device: "cuda",
        onSpawn,
      },
      workerPatience,
    ),
  );
}

/** Until a worker is ready: libraries for cards and large networks take their time to load, several at once longer. */
const workerPatience = { readySeconds: 300, stopSeconds: 5 };

async function openNull(card: NvidiaCard, { home }: NvidiaOptions): Promise<Session> {
  const argv = ["node", resolve(home, "packages/profiler/src/workers/nullWorker.ts")];
  const environment = { ...noForeignVariables, ...ownNodeFirst({}) };
  const worker = await card.guarded((onSpawn) => startWorker({ argv, environment, onSpawn }));
  const prepared: PreparedPartition = {
    mechanism: "none",
    join: { kind: "none" },
    threads: 1,
    settings: {},
    release: async () => {},
  };
  return new NvidiaSession({ card, ring: new WorkerRing([worker]), prepared, leaveMode: () => {} });
}

async function openIdle(
  card: NvidiaCard,
  { monitored = true }: { readonly monitored?: boolean } = {},
): Promise<Session> {
  card.checkGuarded();
  return idleOnCard(card, await card.modes.enter(card.device.powerModes[0]!), monitored);
}

/** Everything is started once on the default partition, to see that it can be. */
async function identify(workload: Workload, card: NvidiaCard, settings: NvidiaOptions): Promise<string> {
  const { engine } = workload;
  if (engine.engine === "idle") return "";
  const zoo = engine.engine === "onnx" && isZooSpec(engine.model);
  const built = zoo ? await buildZooModel(engine.model, settings.zooFolder) : undefined;
  const prepared = await prepare(card.device.defaultPartition, 1, card);
  try {
    const started = await identifyStarted(workload, () => startOne(workload, prepared, card, settings));
    if (engine.engine !== "onnx") return started;
    return [started, built?.split("/").at(-1) ?? (await digestFile(engine.model))]
      .filter((part) => part !== "")
      .join(" ");
  } finally {
    await prepared.release();
  }
}
