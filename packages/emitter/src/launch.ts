import { InputError, type Workload } from "@partitune/schema";

/** What the launch of a workload depends on beside the workload itself. */
export interface LaunchOptions {
  /** Threads the engine may use, at least 1. */
  readonly threads: number;
  /** Folder in which partitune is installed; the shipped worker is run from there. */
  readonly home: string;
  /** Folder in which networks of the zoo are kept; the worker's own default when absent. */
  readonly zooFolder?: string;
  /** What the engine runs on; the processor when absent. */
  readonly accelerator?: "cuda";
  /** Multiprocessors of the card that the worker is to keep to, by a green context of its own; all that it sees when absent. */
  readonly multiprocessors?: number;
  /** Cores the worker keeps to by pausing after each batch, where nothing of the system limits it; not paced when absent. */
  readonly pace?: number;
}

/** A program with its arguments, run without a shell, and the variables added to its environment. */
export interface LaunchCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How a process enters its partition of the processor, before it becomes the program to run. */
export type Join =
  /** The whole device: nothing to enter. */
  | { readonly kind: "none" }
  /** Control groups, by their `cgroup.procs` files: one below cgroup v2, one per controller below v1. */
  | { readonly kind: "cgroup"; readonly procsFiles: readonly string[] }
  /** Core numbers, by affinity. */
  | { readonly kind: "affinity"; readonly cores: readonly number[] };

/**
 * The shell text by which a process enters control groups and then becomes the given program: `sh -c TEXT NAME FILE… -- ARGV…`.
 * Files and program are positional parameters and never part of the text, so nothing in them can be taken for shell syntax.
 * The shell moves itself before `exec`, so every thread that the program ever starts is inside.
 */
export const joinCgroupsText = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 126; shift; done; shift; exec "$@"';

/** Variables with this prefix are ours: they tell workers what they may use, and mark processes for those that stop them. */
const reservedPrefix = "PARTITUNE_";

/**
 * How a workload's engine is started, when it is measured as when it is deployed.
 *
 * The worker that partitune ships gets every value as `--option=value`, so that a value with a leading dash stays a value.
 * Other programs find their thread count in `PARTITUNE_THREADS` and `OMP_NUM_THREADS`, where their own environment does
 * not set the latter. A worker that is to pace itself finds the cores it may use in `PARTITUNE_PACE`.
 *
 * @throws InputError when the workload cannot be started as a process: a synthetic or recorded engine, a program name with a leading
 *   dash, an impossible or reserved variable name, a zero byte, a thread count below 1
 * @example engineCommand(resnet, { threads: 2, home: "/opt/partitune" }).argv
 *   // ["node", "/opt/partitune/packages/profiler/src/workers/onnxWorker.ts", "--model=zoo:resnet18", "--threads=2"]
 */
export function engineCommand(workload: Workload, options: LaunchOptions): LaunchCommand {
  if (!Number.isInteger(options.threads) || options.threads < 1)
    throw refuse(workload, `cannot run on ${options.threads} threads`, "give a whole number of threads, at least 1");
  const { argv, environment } = launchOf(workload, options);
  return checked(workload, { argv, environment: { ...environment, ...limitsOf(options) } });
}

/** What a worker that is asked for it keeps to by itself. */
function limitsOf({ pace, multiprocessors }: LaunchOptions): Readonly<Record<string, string>> {
  return {
    ...(pace === undefined ? {} : { [`${reservedPrefix}PACE`]: String(pace) }),
    ...(multiprocessors === undefined ? {} : { [`${reservedPrefix}MULTIPROCESSORS`]: String(multiprocessors) }),
  };
}

function launchOf(workload: Workload, options: LaunchOptions): LaunchCommand {
  const { engine } = workload;
  const threads = String(options.threads);
  const worker = (file: string) => `${options.home}/packages/profiler/src/workers/${file}`;
  switch (engine.engine) {
    case "onnx": {
      const provider = engine.provider ?? options.accelerator;
      return {
        argv: [
          "node",
          worker("onnxWorker.ts"),
          `--model=${engine.model}`,
          `--threads=${threads}`,
          ...(provider === undefined || provider === "cpu" ? [] : [`--provider=${provider}`]),
          ...(options.zooFolder === undefined ? [] : [`--zoo=${options.zooFolder}`]),
          ...shapeOptions(engine.shapes),
        ],
        environment: {},
      };
    }
    case "pytorch":
      return {
        argv: [
          engine.python ?? "python3",
          worker("pytorch/worker.py"),
          `--model=${engine.model}`,
          `--task=${workload.task}`,
          `--device=${options.accelerator ?? "cpu"}`,
          `--threads=${threads}`,
          ...(engine.mode === undefined ? [] : [`--mode=${engine.mode}`]),
          ...(engine.precision === undefined ? [] : [`--precision=${engine.precision}`]),
          ...shapeOptions(engine.shapes),
        ],
        environment: { OMP_NUM_THREADS: threads },
      };
    case "tensorflow":
      return {
        argv: [
          "node",
          worker("tensorflowWorker.ts"),
          `--model=${engine.model}`,
          `--task=${workload.task}`,
          `--device=${options.accelerator ?? "cpu"}`,
          `--threads=${threads}`,
          ...shapeOptions(engine.shapes),
        ],
        environment: { OMP_NUM_THREADS: threads },
      };
    case "command":
      return {
        argv: engine.command,
        environment: {
          [`${reservedPrefix}THREADS`]: threads,
          OMP_NUM_THREADS: threads,
          ...ownEnvironment(workload, engine.environment ?? {}),
        },
      };
    case "kserve":
    case "synthetic":
    case "synthetic-board":
    case "synthetic-card":
    case "recorded":
    case "idle":
      throw refuse(
        workload,
        whyNotStarted[engine.engine],
        'give it an engine that can be started, "onnx" or "command"',
      );
  }
}

const whyNotStarted = {
  kserve: "is served by a server that runs already",
  synthetic: "is synthetic: a formula that no process can run",
  "synthetic-board": "is synthetic: a formula that no process can run",
  "synthetic-card": "is synthetic: a formula that no process can run",
  recorded: "is only a recording",
  idle: "is the idle device: nothing to run",
} as const;

function ownEnvironment(workload: Workload, environment: Readonly<Record<string, string>>) {
  const taken = Object.keys(environment).find((variable) => variable.startsWith(reservedPrefix));
  if (taken === undefined) return environment;
  throw refuse(
    workload,
    `sets the environment variable "${taken}"`,
    `choose a name that does not begin with ${reservedPrefix}`,
  );
}

function shapeOptions(shapes: Readonly<Record<string, readonly number[]>> = {}): readonly string[] {
  return Object.entries(shapes).map(([input, sizes]) => `--shape=${input}=N${sizes.map(timesSize).join("")}`);
}

function timesSize(size: number): string {
  return `x${size}`;
}

function checked(workload: Workload, launch: LaunchCommand): LaunchCommand {
  const program = launch.argv[0]!;
  if (program.startsWith("-"))
    throw refuse(
      workload,
      `names a program with a leading dash, "${program}"`,
      `write it with its folder, "./${program}"`,
    );
  if (program === "") throw refuse(workload, "names an empty program", "give a program and its arguments");
  for (const variable of Object.keys(launch.environment))
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
      throw refuse(
        workload,
        `sets the environment variable "${variable}"`,
        "use letters, digits and underscores, and no digit in front",
      );
  if ([...launch.argv, ...Object.values(launch.environment)].some((text) => text.includes("\0")))
    throw refuse(workload, "has an argument or variable with a zero byte", "leave it out: no program can be given one");
  return launch;
}

function refuse(workload: Workload, problem: string, advice: string): InputError {
  return new InputError({ what: `workload "${workload.name}"`, problem, advice });
}

/**
 * The command that enters a partition and then becomes `argv`, in the same process.
 *
 * @param join  which partition; `cgroup` needs write access to each of its files, `affinity` the program `taskset`
 * @param argv  program and arguments, run without a shell
 * @throws InputError when `argv` is empty or its program starts with a dash, when a control-group file is not an absolute
 *   path, or when there are no cores
 */
export function joinCommand(join: Join, argv: readonly string[]): readonly string[] {
  if (argv.length === 0 || argv[0]!.startsWith("-"))
    throw new InputError({
      what: `command "${argv.join(" ")}"`,
      problem: argv.length === 0 ? "is empty" : "starts with a dash",
      advice: "give a program, with its folder if its name starts with a dash",
    });
  switch (join.kind) {
    case "none":
      return argv;
    case "cgroup":
      return ["sh", "-c", joinCgroupsText, "partitune-join", ...join.procsFiles.map(absolute), "--", ...argv];
    case "affinity":
      return ["taskset", "-c", coreList(join.cores), ...argv];
  }
}

function absolute(file: string): string {
  if (file.startsWith("/") && !file.includes("\0")) return file;
  throw new InputError({
    what: `control-group file "${file}"`,
    problem: "is not an absolute path",
    advice: 'give the path of a cgroup.procs file, such as "/sys/fs/cgroup/partitune/cgroup.procs"',
  });
}

function coreList(cores: readonly number[]): string {
  if (cores.length > 0 && cores.every((core) => Number.isInteger(core) && core >= 0)) return cores.join(",");
  throw new InputError({
    what: `core list "${cores.join(",")}"`,
    problem: "names no cores",
    advice: "give core numbers, at least one, each 0 or more",
  });
}
