import { parseArgs } from "node:util";
import { InputError, type Seconds } from "@partitune/schema";

/** How a deployed server is asked to serve. */
export interface ServeOptions {
  readonly socket: string;
  readonly batch: number;
  readonly maxDelaySeconds: Seconds;
  readonly readyTimeoutSeconds: Seconds;
  /** Program and arguments of the engine. */
  readonly engine: readonly string[];
}

const usage =
  "serve.ts --socket=PATH [--batch=1] [--max-delay-s=0] [--ready-timeout-s=120] -- PROGRAM ARGUMENT… (an engine that speaks the worker protocol)";

/** @throws InputError when an option is unknown, missing or out of range */
export function parseServeOptions(args: readonly string[]): ServeOptions {
  const { values, positionals } = readArguments(args);
  const batch = Number(values.batch);
  if (values.socket === undefined || values.socket === "") throw bad("--socket", "is missing");
  if (positionals.length === 0) throw bad("engine", "is missing");
  if (!Number.isSafeInteger(batch) || batch < 1) throw bad(`--batch "${values.batch}"`, "is no whole number from 1 on");
  return {
    socket: values.socket,
    batch,
    maxDelaySeconds: parseSeconds("--max-delay-s", values["max-delay-s"]),
    readyTimeoutSeconds: parseSeconds("--ready-timeout-s", values["ready-timeout-s"]),
    engine: positionals,
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        socket: { type: "string" },
        batch: { type: "string", default: "1" },
        "max-delay-s": { type: "string", default: "0" },
        "ready-timeout-s": { type: "string", default: "120" },
      },
    });
  } catch (error) {
    throw bad("command line", `cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Longest delay that Node's timers can keep, 2^31 − 1 ms. */
const longestSeconds = 2_147_483;

function parseSeconds(option: string, text: string): Seconds {
  const seconds = text.trim() === "" ? Number.NaN : Number(text);
  if (seconds >= 0 && seconds <= longestSeconds) return seconds;
  throw bad(`${option} "${text}"`, `is no number of seconds from 0 to ${longestSeconds}`);
}

function bad(what: string, problem: string): InputError {
  return new InputError({ what, problem, advice: `call ${usage}` });
}
