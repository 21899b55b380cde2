import { type BoardFiles, numberOf, textOf } from "./boardFiles.ts";

/** A cluster of processor cores that share a clock. Bounds stand in kHz. */
export interface CpuCluster {
  /** Such as `/sys/devices/system/cpu/cpufreq/policy4`. */
  readonly folder: string;
  readonly cores: readonly number[];
}

/** Files of the memory's clock, Hz; undefined where the board has or shows none. */
export interface MemoryClock {
  /** The clock now. */
  readonly rate: string;
  readonly most: string;
  /** Where a rate is asked for, and the file whose 1 holds the clock there. */
  readonly lock: { readonly rate: string; readonly hold: string } | undefined;
}

/** Where a board's clocks are read and set, by paths on the board. */
export interface BoardClocks {
  /** Numbers of all cores, online or not. */
  readonly cores: readonly number[];
  /** Clusters that have a core online; the kernel shows no clock of the others. */
  readonly clusters: readonly CpuCluster[];
  /** The GPU's devfreq folder, bounds in Hz. */
  readonly gpu: string | undefined;
  /** Share of time the GPU was busy, per mille. */
  readonly gpuLoad: string | undefined;
  readonly memory: MemoryClock | undefined;
  /** nvpmodel's cap of the memory clock, Hz; 0 for none. */
  readonly memoryCap: string | undefined;
}

const cpuFolder = "/sys/devices/system/cpu";
const devfreqFolder = "/sys/class/devfreq";

/** Memory clocks, the newer kernels first: BPMP's debugfs (Xavier and later), the bandwidth manager of older ones, devfreq (Thor), which holds nothing. */
const memoryClocks: readonly MemoryClock[] = [
  {
    rate: "/sys/kernel/debug/bpmp/debug/clk/emc/rate",
    most: "/sys/kernel/debug/bpmp/debug/clk/emc/max_rate",
    lock: {
      rate: "/sys/kernel/debug/bpmp/debug/clk/emc/rate",
      hold: "/sys/kernel/debug/bpmp/debug/clk/emc/mrq_rate_locked",
    },
  },
  {
    rate: "/sys/kernel/debug/clk/emc/clk_rate",
    most: "/sys/kernel/debug/tegra_bwmgr/emc_max_rate",
    lock: { rate: "/sys/kernel/debug/clk/override.emc/clk_rate", hold: "/sys/kernel/debug/clk/override.emc/clk_state" },
  },
  { rate: `${devfreqFolder}/bwmgr/cur_freq`, most: `${devfreqFolder}/bwmgr/max_freq`, lock: undefined },
];
const memoryCaps = ["/sys/kernel/nvpmodel_emc_cap/emc_iso_cap", "/sys/kernel/nvpmodel_clk_cap/emc"];

/** Devfreq names of the integrated GPUs: by address and name of the chip (57000000.gpu, 17000000.ga10b), or of its part (Thor). */
const gpuNames = /^\d+\.(gpu|gm20b|gp10b|gv11b|ga10b|gb10b)$|^gpu-gpc-0$/;
const gpuLoads = ["/sys/devices/platform/gpu.0/load", "/sys/devices/gpu.0/load"];

/** File that takes a core on- or offline. */
export function onlineFile(core: number): string {
  return `${cpuFolder}/cpu${core}/online`;
}

/** Whether a core is online; one without such a file cannot be taken offline. */
export function isOnline(files: BoardFiles, core: number): boolean {
  return textOf(files, onlineFile(core)) !== "0";
}

/** Finds a board's clocks as they show now: taking cores on- or offline changes it. */
export function findClocks(files: BoardFiles): BoardClocks {
  const cores = files
    .list(cpuFolder)
    .flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number);
  const gpuName = files.list(devfreqFolder).find((name) => gpuNames.test(name));
  const gpu = gpuName === undefined ? undefined : `${devfreqFolder}/${gpuName}`;
  return {
    cores,
    clusters: findClusters(files),
    gpu,
    gpuLoad: [...(gpu === undefined ? [] : [`${gpu}/device/load`]), ...gpuLoads].find((path) => isThere(files, path)),
    memory: memoryClocks.find(({ rate }) => isThere(files, rate)),
    memoryCap: memoryCaps.find((path) => isThere(files, path)),
  };
}

function findClusters(files: BoardFiles): readonly CpuCluster[] {
  const folder = `${cpuFolder}/cpufreq`;
  return files
    .list(folder)
    .filter((name) => /^policy\d+$/.test(name))
    .map((name) => ({
      folder: `${folder}/${name}`,
      cores: (textOf(files, `${folder}/${name}/related_cpus`) ?? "").split(/\s+/).filter(Boolean).map(Number),
    }))
    .filter(
      (cluster) =>
        cluster.cores.some((core) => isOnline(files, core)) &&
        numberOf(files, `${cluster.folder}/scaling_max_freq`) !== undefined,
    );
}

function isThere(files: BoardFiles, path: string): boolean {
  return numberOf(files, path) !== undefined;
}
