import type { BoardFiles } from "../../../packages/profiler/src/jetson/boardFiles.ts";

/** What a modelled kernel is made of. */
export interface KernelModel {
  /** Cores of each cluster. */
  readonly clusters: readonly number[];
  /** Cores online at first. */
  readonly online: number;
  /** Clocks of the processor, kHz. */
  readonly cpu: readonly number[];
  /** Clocks of the GPU, Hz. */
  readonly gpu: readonly number[];
  /** Whether debugfs with the memory's clock is there. */
  readonly memory: boolean;
}

/** A kernel that enforces what kernels of boards do, in memory. */
export interface ModelledKernel extends BoardFiles {
  /** All settings: path → text, those of sleeping clusters too. */
  state(): Readonly<Record<string, string>>;
  /** Lets so many writes through, and dies at the next. */
  dieAfter(writes: number): void;
}

const cpu = "/sys/devices/system/cpu";
const gpu = "/sys/class/devfreq/17000000.ga10b";
const emc = "/sys/kernel/debug/bpmp/debug/clk/emc";

/**
 * Rules: core 0 stays online; clocks of a cluster without a core online cannot be read or set; a lower bound above the upper one, or the other way
 * round, is refused; clocks are rounded to the table; nothing that is not there can be written; the memory's clock moves by itself unless it is held.
 */
export function modelledKernel({ clusters, online, cpu: table, gpu: gpuTable, memory }: KernelModel): ModelledKernel {
  const files = new Map<string, string>();
  const clusterOf = new Map<string, readonly number[]>();
  let core = 0;
  for (const size of clusters) {
    const own = Array.from({ length: size }, (_, i) => core + i);
    const folder = `${cpu}/cpufreq/policy${core}`;
    for (const each of own) files.set(`${cpu}/cpu${each}/online`, each < online ? "1" : "0");
    clusterOf.set(folder, own);
    files.set(`${folder}/related_cpus`, own.join(" "));
    files.set(`${folder}/scaling_available_frequencies`, table.join(" "));
    files.set(`${folder}/scaling_available_governors`, "performance schedutil");
    files.set(`${folder}/scaling_governor`, "schedutil");
    files.set(`${folder}/scaling_min_freq`, String(table[1]));
    files.set(`${folder}/scaling_max_freq`, String(table.at(-2)));
    core += size;
  }
  files.set(`${gpu}/available_frequencies`, gpuTable.join(" "));
  files.set(`${gpu}/min_freq`, String(gpuTable[0]));
  files.set(`${gpu}/max_freq`, String(gpuTable.at(-1)));
  files.set(`${gpu}/cur_freq`, String(gpuTable[0]));
  if (memory) {
    files.set(`${emc}/rate`, "2133000000");
    files.set(`${emc}/max_rate`, "3199000000");
    files.set(`${emc}/mrq_rate_locked`, "0");
  }
  let left = Number.POSITIVE_INFINITY;

  const clusterPath = (path: string) => [...clusterOf.keys()].find((folder) => path.startsWith(`${folder}/`));
  const sleeps = (path: string) => {
    const folder = clusterPath(path);
    return (
      folder !== undefined && clusterOf.get(folder)!.every((each) => files.get(`${cpu}/cpu${each}/online`) === "0")
    );
  };
  const refuse = (code: string, path: string) => Object.assign(new Error(`${code}: ${path}`), { code });
  const bounds = (path: string): readonly [least: string, most: string, table: readonly number[]] | undefined => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (/scaling_(min|max)_freq$/.test(path))
      return [`${folder}/scaling_min_freq`, `${folder}/scaling_max_freq`, table];
    return /\/(min|max)_freq$/.test(path) ? [`${folder}/min_freq`, `${folder}/max_freq`, gpuTable] : undefined;
  };

  return {
    locate: (path) => path,
    isWritable: (path) => files.has(path),
    read(path) {
      const text = files.get(path);
      if (text === undefined) throw refuse("ENOENT", path);
      if (sleeps(path)) throw refuse("EBUSY", path);
      return text;
    },
    write(path, text) {
      if (left === 0) throw new Error("the process has died");
      left -= 1;
      if (!files.has(path)) throw refuse("ENOENT", path);
      if (sleeps(path)) throw refuse("EBUSY", path);
      if (path === `${cpu}/cpu0/online` && text === "0") throw refuse("EBUSY", path);
      const bounded = bounds(path);
      if (bounded === undefined) {
        if (path === `${emc}/rate` && files.get(`${emc}/mrq_rate_locked`) === "0") throw refuse("EPERM", path);
        files.set(path, text);
        if (path === `${emc}/mrq_rate_locked` && text === "0") files.set(`${emc}/rate`, "2133000000");
        return;
      }
      const [least, most, steps] = bounded;
      const value = steps.findLast((step) => step <= Number(text)) ?? steps[0]!;
      const other = Number(files.get(path === least ? most : least));
      if (path === least ? value > other : value < other) throw refuse("EINVAL", path);
      files.set(path, String(value));
    },
    list(folder) {
      const names = [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split("/")[0]!);
      return [...new Set(names)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    },
    state: () => Object.fromEntries(files),
    dieAfter(writes) {
      left = writes;
    },
  };
}
