import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Seconds } from "@partitune/schema";
import type { FromGuard, GuardSettings, ToGuard } from "./guardProtocol.ts";
import type { StepOutcome } from "./putBack.ts";

/** The guard has ended, or does not answer and was ended, before it did what was asked. */
export class GuardLost extends Error {
  override readonly name = "GuardLost";
}

/** A guard does not do what is asked, and why. */
export class GuardRefusal extends Error {
  override readonly name = "GuardRefusal";
}

/** The end of the pipe to a guard process that the guarded process holds. */
export interface GuardLink {
  readonly pid: number;
  isRunning(): boolean;
  /** Waits until the process is gone. */
  ended(): Promise<void>;
  /**
   * One request at a time.
   *
   * @throws GuardLost, GuardRefusal
   */
  request(message: ToGuard): Promise<readonly StepOutcome[]>;
}

/** What a guard does unasked. */
export interface GuardEvents {
  readonly onSurrender: (reason: string) => void;
  /** It has ended, whether asked to or not. */
  readonly onEnd: () => void;
}

/** A machine under load takes its time to start a process. */
const startSeconds: Seconds = 60;

/** From being killed to being given up. */
const endSeconds: Seconds = 5;

const guardScript = fileURLToPath(new URL("guard.ts", import.meta.url));

/**
 * Starts a guard process, in a session of its own so that no signal of the terminal reaches it. It does not keep this process from
 * ending, except while it is asked something; and it beats as long as this process runs.
 */
export function startGuard(settings: GuardSettings, events: GuardEvents): GuardLink {
  const { NODE_OPTIONS: _, ...environment } = process.env; // such as a debugger's port, which only one process can have
  const log = openSync(settings.paths.log, "w", 0o600);
  const child = spawn(process.execPath, [guardScript, JSON.stringify(settings)], {
    cwd: "/",
    detached: true,
    env: environment,
    stdio: ["pipe", "pipe", log],
  });
  closeSync(log);
  return linkTo(child, settings, events);
}

function linkTo(child: ChildProcess, { paths, patience }: GuardSettings, events: GuardEvents): GuardLink {
  const [stdin, stdout] = [child.stdin as Socket, child.stdout as Socket];
  const ended = Promise.withResolvers<void>();
  let running = true;
  let waiting: { done: (outcomes: readonly StepOutcome[]) => void; fail: (error: Error) => void } | undefined;
  const deadline = silenceTimer(() => {
    child.kill("SIGKILL");
    setTimeout(() => end("did not answer, and does not end"), endSeconds * 1e3); // blocked in a driver
  });
  const write = (message: ToGuard) => void stdin.write(`${JSON.stringify(message)}\n`);
  const beat = setInterval(() => write({ type: "beat" }), patience.tickSeconds * 1e3).unref();

  const hear = (message: FromGuard) => {
    deadline.heard();
    if (message.type === "surrendered") events.onSurrender(message.reason);
    else if (message.type === "done") waiting?.done(message.outcomes);
    else if (message.type === "refused") waiting?.fail(new GuardRefusal(message.reason));
  };
  const end = (why: string) => {
    if (!running) return;
    running = false;
    clearInterval(beat);
    waiting?.fail(new GuardLost(`guard process ${child.pid} ${why}${lastWords(paths.log)}`));
    events.onEnd();
    ended.resolve();
  };
  child.on("error", (error) => end(`could not be started (${error.message})`));
  child.on("close", (code, signal) => end(`ended (${signal ?? `exit code ${code}`})`));
  stdin.on("error", () => {}); // its end is told by its end
  createInterface({ input: stdout }).on("line", (line) => {
    const message = parse(line);
    if (message !== undefined) hear(message);
  });
  const holdOpen = (hold: boolean) => {
    for (const handle of [child, stdin, stdout]) hold ? handle.ref() : handle.unref();
  };
  holdOpen(false);
  return {
    pid: child.pid ?? 0,
    isRunning: () => running,
    ended() {
      child.ref();
      return ended.promise;
    },
    async request(message) {
      if (!running) throw new GuardLost(`guard process ${child.pid} has ended`);
      const { promise, resolve: done, reject: fail } = Promise.withResolvers<readonly StepOutcome[]>();
      waiting = { done, fail };
      holdOpen(true);
      deadline.start(message.type === "open" ? Math.max(startSeconds, patience.answerSeconds) : patience.answerSeconds);
      write(message);
      return promise.finally(() => {
        waiting = undefined;
        deadline.stop();
        holdOpen(false);
      });
    },
  };
}

/** When this process itself was stopped, its timers are late and the answer is there: it is read before the silence is believed. */
function silenceTimer(onSilence: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let limit = 0;
  const start = (seconds: Seconds) => {
    clearTimeout(timer);
    limit = seconds;
    timer = setTimeout(() => {
      timer = setTimeout(onSilence, 100);
    }, limit * 1e3);
  };
  return {
    start,
    heard: () => timer !== undefined && start(limit),
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** A line that the end of the guard has cut off says nothing. */
function parse(line: string): FromGuard | undefined {
  try {
    return JSON.parse(line) as FromGuard;
  } catch {
    return undefined;
  }
}

function lastWords(log: string): string {
  try {
    const text = readFileSync(log, "utf8").trim();
    return text === "" ? "" : `: ${text.split("\n").slice(-3).join(" ").slice(0, 300)}`;
  } catch {
    return "";
  }
}
