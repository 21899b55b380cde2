import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { lstat, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError, type Seconds } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { GuardedRestoration } from "../restore/openRestoration.ts";
import type { RestoreStep } from "../restore/restoreStep.ts";
import { systemClock } from "../systemClock.ts";
import { type MpsAnswer, tellMpsDaemon } from "./tellMpsDaemon.ts";

/** How control daemons of MPS are started here. */
export interface MpsHost {
  /** Path of `nvidia-cuda-mps-control`. */
  readonly program: string;
  /** Folder below which each daemon gets one of its own, for pipes and logs. */
  readonly runFolder: string;
  readonly restoration: () => Promise<GuardedRestoration>;
}

/** What a daemon shows its clients. */
export interface MpsDevice {
  /** UUID of the card or of the MIG instance. */
  readonly uuid: string;
  /** True for static partitions of multiprocessors, false for shares of active threads. */
  readonly isStatic: boolean;
}

/** A control daemon of our own, with a private folder of pipes. */
export interface MpsDaemon extends MpsDevice {
  /** Its CUDA_MPS_PIPE_DIRECTORY. */
  readonly folder: string;
  /** Variables that make a process its client. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * What it answers to a command.
   *
   * @throws WorkerFailure with the last words of its log when it does not
   */
  tell(command: string): Promise<string>;
  /**
   * Processes that are its clients.
   *
   * @throws WorkerFailure when it does not answer
   */
  clients(): Promise<readonly number[]>;
  /** Ends it and removes its folder. @throws WorkerFailure when it cannot be ended */
  stop(): Promise<void>;
}

/** Sockets in the folder have names of up to 16 bytes more, and the system's address of a socket holds 107. */
const longestFolder = 90;
/** Daemons are there within a second; a driver that has unloaded itself needs a few to load again. */
const startPatience: Seconds = 15;
const pause: Seconds = 0.05;
const lastWordsLength = 400;
let made = 0;

/** Variables of an environment that a daemon must not hand on to its server. */
const clientVariables = [
  "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE",
  "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT",
  "CUDA_MPS_SM_PARTITION",
  "CUDA_MPS_CLIENT_PRIORITY",
  "CUDA_MPS_PROTOCOL_VERSION",
];

/**
 * Starts a control daemon of MPS for one card or MIG instance, in a private folder, and waits until it answers. How it is ended is written down
 * before it is started. The card's compute mode is left as it is.
 *
 * @throws InputError when the folder's path is too long for sockets
 * @throws WorkerFailure with the last words of its log when it does not come up
 */
export async function startMpsDaemon(host: MpsHost, device: MpsDevice): Promise<MpsDaemon> {
  const folder = await freeFolder(host.runFolder);
  const restoration = await host.restoration();
  const step: RestoreStep = {
    what: `MPS daemon of ${device.uuid}, in ${folder}, is ended`,
    kind: "command",
    argv: [process.execPath, ender, host.program, folder],
  };
  await restoration.add(step);
  await mkdir(folder, { mode: 0o700 });
  await mkdir(logOf(folder), { mode: 0o700 });
  const daemon = new PrivateDaemon(host.program, folder, device, () => end(restoration, step));
  try {
    await daemon.comeUp(await launch(host.program, daemon));
    return daemon;
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

/** In the same way as after a campaign that was killed. */
async function end(restoration: GuardedRestoration, step: RestoreStep): Promise<void> {
  const { left } = await restoration.undo([step]);
  if (left.length > 0) throw new WorkerFailure("failed", `not so: ${left[0]!.step.what} (${left[0]!.reason})`);
}

const ender = fileURLToPath(new URL("endMpsDaemonProgram.ts", import.meta.url));

async function freeFolder(base: string): Promise<string> {
  for (;;) {
    made += 1;
    const folder = join(base, `partitune-mps-${process.pid}-${made}`);
    if (Buffer.byteLength(folder) > longestFolder)
      throw new InputError({
        what: `folder "${folder}"`,
        problem: `has a path of more than ${longestFolder} bytes, too long for the sockets of an MPS daemon`,
        advice: "set TMPDIR to a shorter folder",
      });
    const taken = await lstat(folder).catch(() => undefined);
    if (taken === undefined) return folder;
  }
}

function logOf(folder: string): string {
  return join(folder, "log");
}

/**
 * The program goes to the background by itself; what it prints first is kept, since its log may not exist yet.
 *
 * @returns false when it has refused
 */
async function launch(program: string, { environment, isStatic, folder, uuid }: MpsDaemon): Promise<boolean> {
  const inherited = Object.entries(process.env).filter(([name]) => !clientVariables.includes(name));
  const printed = openSync(join(logOf(folder), "start.log"), "w", 0o600);
  try {
    return await new Promise((resolve) => {
      const child = spawn(program, ["-d", ...(isStatic ? ["-S"] : [])], {
        env: { ...Object.fromEntries(inherited), ...environment, CUDA_VISIBLE_DEVICES: uuid },
        stdio: ["ignore", printed, printed],
      });
      const timer = setTimeout(() => resolve(true), startPatience * 1e3);
      const settle = (code: number | null) => {
        clearTimeout(timer);
        resolve(code === 0);
      };
      child.on("exit", settle);
      child.on("error", () => settle(null));
    });
  } finally {
    closeSync(printed);
  }
}

class PrivateDaemon implements MpsDaemon {
  readonly folder: string;
  readonly uuid: string;
  readonly isStatic: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly #program: string;
  readonly stop: () => Promise<void>;

  constructor(program: string, folder: string, { uuid, isStatic }: MpsDevice, stop: () => Promise<void>) {
    this.#program = program;
    this.stop = stop;
    this.folder = folder;
    this.uuid = uuid;
    this.isStatic = isStatic;
    this.environment = {
      CUDA_VISIBLE_DEVICES: uuid,
      CUDA_MPS_PIPE_DIRECTORY: folder,
      CUDA_MPS_LOG_DIRECTORY: logOf(folder),
    };
  }

  async comeUp(launched: boolean): Promise<void> {
    const end = monotonicSeconds() + startPatience;
    for (;;) {
      const answer = await this.#ask("get_server_list", Math.max(pause, end - monotonicSeconds()));
      if (answer.ok) return;
      if (monotonicSeconds() > end || !launched) throw await this.#failure(`did not come up (${answer.reason})`);
      await systemClock.sleep(pause);
    }
  }

  async tell(command: string): Promise<string> {
    const answer = await this.#ask(command);
    if (answer.ok) return answer.text;
    throw await this.#failure(`does not answer (${answer.reason})`);
  }

  async clients(): Promise<readonly number[]> {
    const servers = numbersIn(await this.tell("get_server_list"));
    const lists = [];
    for (const server of servers) lists.push(numbersIn(await this.tell(`get_client_list ${server}`)));
    return lists.flat();
  }

  #ask(command: string, patience?: Seconds): Promise<MpsAnswer> {
    return tellMpsDaemon(this.#program, this.folder, command, patience);
  }

  async #failure(what: string): Promise<WorkerFailure> {
    const words = await this.#lastWords();
    return new WorkerFailure(
      "failed",
      `the MPS daemon of ${this.uuid} ${what}${words === "" ? "" : `; its last words: ${JSON.stringify(words)}`}`,
    );
  }

  async #lastWords(): Promise<string> {
    const logs = ["start.log", "control.log", "server.log"].map((name) => join(logOf(this.folder), name));
    const texts = await Promise.all(logs.map((path) => readFile(path, "utf8").catch(() => "")));
    const lines = texts.flatMap((text) => text.trim().split("\n").slice(-2)).filter((line) => line !== "");
    return lines.join(" | ").slice(-lastWordsLength);
  }
}

/** Lines that are a number; a daemon may print words between them. */
function numbersIn(text: string): readonly number[] {
  return text.split("\n").flatMap((line) => (/^\s*\d+\s*$/.test(line) ? [Number(line)] : []));
}
