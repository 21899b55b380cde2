import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { InputError, type Seconds } from "@partitune/schema";
import { CardLost } from "./card.ts";
import type { MeterCard, MeterMessage, MeterRequest, MeterRow, MeterStatus, MeterTask } from "./meterProtocol.ts";

const program = fileURLToPath(new URL("meterProgram.ts", import.meta.url));

/** Initialising the driver takes seconds per card where nothing keeps it loaded. */
const readySeconds: Seconds = 60;

/** A meter's process is started anew so often when it ends by itself. */
const mostRestarts = 3;

/** The process that samples a card, as seen from here. */
export interface MeterProcess {
  readonly card: MeterCard;
  /**
   * Has it take a reading now.
   *
   * @returns null and a reason when it does not answer in time
   * @throws CardLost when the card is gone
   */
  ask(seconds: Seconds): Promise<{ readonly value: MeterStatus } | { readonly value: null; readonly reason: string }>;
  tell(request: Exclude<MeterRequest, { readonly kind: "ask" }>): void;
  close(): Promise<void>;
}

/**
 * Starts the process that samples a card, and waits until it has found it.
 *
 * @param onRows  takes its readings
 * @throws InputError when there is no driver or no such card
 * @throws CardLost
 */
export async function startMeterProcess(
  task: MeterTask,
  onRows: (rows: readonly MeterRow[], card: MeterCard) => void,
): Promise<MeterProcess> {
  const waiting = new Map<number, (answer: MeterStatus | null) => void>();
  let [asked, restarts, closed, paused] = [0, 0, false, false];
  let lost: CardLost | undefined;
  let ended = "";

  const begin = async () => {
    let card: MeterCard | undefined;
    const started = await startOnce(task, (message) => {
      if (message.kind === "ready") card = message.card;
      else if (message.kind === "rows") onRows(message.rows, card!);
      else if (message.kind === "answer") waiting.get(message.id)?.(message.status);
      else if (message.kind === "lost") lost = new CardLost(message.message);
    });
    started.child.once("exit", (code, signal) => {
      ended = `the meter's process ended by itself (${signal ?? `code ${code}`})`;
      for (const settle of waiting.values()) settle(null);
      if (closed || lost !== undefined || restarts >= mostRestarts) return;
      restarts += 1;
      begin().then(
        (next) => {
          current = next;
          ended = "";
          if (paused) post(next.child, { kind: "pause" });
          if (closed) endChild(next.child);
        },
        (error: unknown) => {
          if (error instanceof CardLost) lost = error;
          else ended = `${ended} and cannot be started again: ${(error as Error).message}`;
        },
      );
    });
    return started;
  };

  let current = await begin();
  return {
    card: current.card,
    async ask(seconds) {
      if (lost !== undefined) throw lost;
      if (ended !== "") return { value: null, reason: ended };
      const id = ++asked;
      const status = await new Promise<MeterStatus | null>((resolve) => {
        const timer = setTimeout(() => resolve(null), seconds * 1e3);
        waiting.set(id, (answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        post(current.child, { kind: "ask", id });
      });
      waiting.delete(id);
      if (lost !== undefined) throw lost;
      if (status !== null) return { value: status };
      return { value: null, reason: ended === "" ? `the driver has not answered for ${seconds} s` : ended };
    },
    tell(request) {
      paused = request.kind === "pause";
      post(current.child, request);
    },
    async close() {
      closed = true;
      await endChild(current.child);
    },
  };
}

interface Started {
  readonly child: ChildProcess;
  readonly card: MeterCard;
}

async function startOnce(task: MeterTask, onMessage: (message: MeterMessage) => void): Promise<Started> {
  // A process group of its own: Ctrl-C of the terminal is not meant for it. It ends with its channel.
  const child = fork(program, [JSON.stringify(task)], {
    execArgv: [],
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  try {
    const card = await new Promise<MeterCard>((resolve, reject) => {
      const timer = setTimeout(() => reject(silent(`does not answer within ${readySeconds} s`)), readySeconds * 1e3);
      child.on("message", (message: MeterMessage) => {
        if (message.kind === "ready") resolve(message.card);
        else if (message.kind === "failed") reject(new InputError(message));
        else if (message.kind === "lost") reject(new CardLost(message.message));
        onMessage(message);
      });
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        reject(silent(`ended while it was opened (${signal ?? `code ${code}`})`));
      });
      child.once("message", () => clearTimeout(timer));
    });
    // It must not keep this process alive.
    child.unref();
    child.channel?.unref();
    return { child, card };
  } catch (error) {
    await endChild(child);
    throw error;
  }
}

function silent(problem: string): InputError {
  return new InputError({ what: "the NVIDIA driver", problem, advice: "see what nvidia-smi says" });
}

function post(child: ChildProcess, request: MeterRequest): void {
  if (child.connected) child.send(request, () => {});
}

/** Kills it: it holds nothing that would have to be put back, and may hang in the driver. */
async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.ref();
  child.kill("SIGKILL");
  // A process that hangs within the kernel cannot be killed; it is left to end when it can.
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, 2000);
  });
  await Promise.race([gone, patience]);
  clearTimeout(timer);
  child.unref();
  if (child.connected) child.disconnect();
}
