import { parseArgs } from "node:util";
import { InputError, type Seconds } from "@partitune/schema";

/** How a server of turns is asked to serve. */
export interface TurnsServerOptions {
  /** The mode plan. */
  readonly plan: string;
  /** Folder for the sockets: `0.sock` for the first inference, and so on. */
  readonly folder: string;
  /** Folder in which partitune is installed. */
  readonly home: string;
  readonly threads: number;
  readonly zooFolder: string | undefined;
  readonly readyTimeoutSeconds: Seconds;
  /** File to write every minibatch to. */
  readonly log: string | undefined;
  /** Whether the jobs take turns; otherwise each runs whenever it has something to run. */
  readonly managed: boolean;
  /** Whether to end when the standard input does, so that it never outlives who started it. */
  readonly untilInputEnds: boolean;
}

const usage =
  "serveTurns.ts --plan=FILE --folder=FOLDER --home=FOLDER --threads=N [--zoo=FOLDER] [--ready-timeout-s=120] [--log=FILE] [--unmanaged] [--until-input-ends]";

/** @throws InputError when an option is unknown, missing or out of range */
export function parseTurnsOptions(args: readonly string[]): TurnsServerOptions {
  const values = readValues(args);
  const threads = Number(values.threads);
  const ready = Number(values["ready-timeout-s"]);
  if (!Number.isSafeInteger(threads) || threads < 1)
    throw bad(`--threads "${values.threads}"`, "is no number of threads");
  if (!(ready > 0 && Number.isFinite(ready)))
    throw bad(`--ready-timeout-s "${values["ready-timeout-s"]}"`, "is no number of seconds above 0");
  return {
    plan: required("--plan", values.plan),
    folder: required("--folder", values.folder),
    home: required("--home", values.home),
    threads,
    zooFolder: values.zoo,
    readyTimeoutSeconds: ready,
    log: values.log,
    managed: !values.unmanaged,
    untilInputEnds: values["until-input-ends"],
  };
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        plan: { type: "string" },
        folder: { type: "string" },
        home: { type: "string" },
        threads: { type: "string", default: "1" },
        zoo: { type: "string" },
        "ready-timeout-s": { type: "string", default: "120" },
        log: { type: "string" },
        unmanaged: { type: "boolean", default: false },
        "until-input-ends": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw bad("command line", `cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

function required(option: string, value: string | undefined): string {
  if (value !== undefined && value !== "") return value;
  throw bad(option, "is missing");
}

function bad(what: string, problem: string): InputError {
  return new InputError({ what, problem, advice: `call ${usage}` });
}
