import { describeInput, InputError, type KernelTrace, loadJson, type Made } from "@partitune/schema";

/** A task that may run in another's gaps. */
export interface LowKernelTask {
  readonly trace: KernelTrace;
  /** 1 (first) to 9. */
  readonly priority: number;
}

/** An urgent task, those that run beside it, and the files they are from. */
export interface KernelTasks {
  readonly high: KernelTrace;
  readonly lows: readonly LowKernelTask[];
  readonly inputs: Made["inputs"];
}

/**
 * Loads the traces of an urgent task and of those beside it.
 *
 * @param lows  files with an optional level, as in `bert.kernels.json:2`; without one, level 1
 * @throws InputError when a file is no kernel trace, a level is out of range, or two tasks share a name
 */
export function loadKernelTasks(high: string, lows: readonly string[]): KernelTasks {
  const named = lows.map(splitLevel);
  const tasks: KernelTasks = {
    high: loadJson(high, "kernel-trace"),
    lows: named.map(({ file, priority }) => ({ trace: loadJson(file, "kernel-trace"), priority })),
    inputs: [high, ...named.map(({ file }) => file)].map(describeInput),
  };
  checkNames([tasks.high, ...tasks.lows.map(({ trace }) => trace)].map(({ task }) => task));
  return tasks;
}

function splitLevel(text: string): { readonly file: string; readonly priority: number } {
  const { file, level } = /^(?<file>.+?)(?::(?<level>\d+))?$/su.exec(text)?.groups ?? {};
  const priority = level === undefined ? 1 : Number(level);
  if (file !== undefined && priority >= 1 && priority <= 9) return { file, priority };
  throw new InputError({
    what: `option --with "${text}"`,
    problem: file === undefined ? "names no file" : "has a level that is none from 1 to 9 (0 is the urgent task's)",
    advice: "write for example --with bert.kernels.json:2",
  });
}

function checkNames(names: readonly string[]): void {
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin === undefined) return;
  throw new InputError({
    what: `task "${twin}"`,
    problem: "occurs twice",
    advice: "import or record one of the traces again with another --task",
  });
}
