import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Seconds } from "@partitune/schema";
import { type FailureCode, WorkerFailure } from "../executor.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { parseWorkerMessage } from "../workers/parseWorkerMessage.ts";
import type { HostMessage, WorkerMessage } from "../workers/protocol.ts";
import { splitLines } from "../workers/splitLines.ts";
import type { WorkerLaunch } from "./workerProcess.ts";

/** A message of a worker and when it came. */
export interface Answer {
  readonly message: WorkerMessage;
  readonly time: Seconds;
}

interface Pending {
  readonly doing: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: WorkerFailure) => void;
}

const keptStderr = 4096;
const quotedLength = 200;
/** A grandchild may hold the pipes open after the worker has gone; its last words are not waited for longer than this. */
const lastWordsSeconds = 0.2;

/** A worker process and the lines that go to and come from it. The first failure is the one that stays. */
export class WorkerConnection {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #gone: Promise<void>;
  #stderr = "";
  #pending: Pending | undefined;
  #failure: WorkerFailure | undefined;
  #killed = false;
  #closing: Promise<void> | undefined;

  constructor(launch: WorkerLaunch) {
    const [program = "", ...args] = launch.argv;
    this.#child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...launch.environment },
      ...(launch.directory === undefined ? {} : { cwd: launch.directory }),
    });
    this.#gone = this.#watchEnd(program);
    this.#child.stdout.on(
      "data",
      splitLines((line) => this.#receive(line)),
    );
    this.#child.stderr.on("data", (bytes: Buffer) => {
      this.#stderr = (this.#stderr + bytes.toString()).slice(-keptStderr);
    });
    // A worker that has gone breaks the pipe; its end is reported by the process itself.
    this.#child.stdin.on("error", () => {});
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the waiting of a program that is held. */
  letGo(): void {
    this.#child.stdin.write("\n");
  }

  say(message: HostMessage): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /**
   * The next message of the worker.
   *
   * @param doing  what the worker is doing meanwhile, for the failure's words
   * @throws WorkerFailure when it ends, says something else, or takes longer than `timeout`
   */
  answer(timeout: Seconds, doing: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const overdue = () =>
        this.fail("hung", `worker gave no answer for ${timeout} s while ${doing}${this.#lastWords()}`);
      const timer = setTimeout(overdue, timeout * 1e3);
      const settle = <T>(then: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#pending = undefined;
          then(value);
        };
      };
      this.#pending = { doing, resolve: settle(resolve), reject: settle(reject) };
    });
  }

  /** Records a failure; whoever waits or asks from now on gets it, or the one before it. */
  fail(code: FailureCode, message: string): WorkerFailure {
    this.#failure ??= new WorkerFailure(code, message);
    this.#pending?.reject(this.#failure);
    return this.#failure;
  }

  /** Asks the worker to stop, and kills its process group when it has not ended in time. Whoever still waits for an answer gets a failure. */
  close(patience: Seconds): Promise<void> {
    this.#closing ??= this.#close(patience);
    return this.#closing;
  }

  async #close(patience: Seconds): Promise<void> {
    if (this.#failure === undefined) {
      this.say({ type: "stop" });
      this.#child.stdin.end();
      const timer = setTimeout(() => this.#kill(), patience * 1e3);
      await this.#gone.finally(() => clearTimeout(timer));
    }
    this.#kill();
    await this.#gone;
    this.fail("failed", "worker was closed");
  }

  #kill(): void {
    this.#killed = true;
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // No process of the group is left.
    }
  }

  #receive(line: string): void {
    const time = monotonicSeconds();
    const message = parseWorkerMessage(line);
    if (message !== undefined && this.#pending !== undefined) this.#pending.resolve({ message, time });
    else
      this.#failFor(line, message === undefined ? "which is no message of the line protocol" : "without being asked");
  }

  #failFor(line: string, why: string): void {
    const quoted = JSON.stringify(line.slice(0, quotedLength));
    this.fail("garbage", `worker wrote ${quoted} to its standard output, ${why}; print words to standard error`);
  }

  #watchEnd(program: string): Promise<void> {
    return new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#reportEnd(code, signal);
        resolve();
      };
      this.#child.on("close", end);
      this.#child.on("exit", (code, signal) => setTimeout(() => end(code, signal), lastWordsSeconds * 1e3));
      this.#child.on("error", (error) => {
        this.fail("failed", `worker "${program}" cannot be started (${error.message}); check the program and its path`);
        resolve();
      });
    });
  }

  #reportEnd(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#killed || this.#failure !== undefined) return;
    const doing = this.#pending === undefined ? "idle" : this.#pending.doing;
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    if (
      signal === "SIGKILL" ||
      code === 128 + constants.signals.SIGKILL ||
      /out of memory|bad_alloc/i.test(this.#stderr)
    )
      this.fail("out-of-memory", `worker ${how} while ${doing}, as happens when memory runs out${this.#lastWords()}`);
    else this.fail("crashed", `worker ${how} while ${doing}${this.#lastWords()}`);
  }

  #lastWords(): string {
    const words = this.#stderr.trim().split("\n").slice(-3).join(" | ");
    return words === "" ? "" : `; its last words: ${JSON.stringify(words.slice(-quotedLength * 2))}`;
  }
}
