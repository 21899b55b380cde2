import type { PowerSetting, Seconds, Watts } from "@partitune/schema";

/** Constants of one minibatch on the synthetic board. Times in ms at 1 GHz, traffic in GB. */
export interface BoardWork {
  /** GPU work. */
  readonly gpu: number;
  /** Memory traffic. */
  readonly traffic: number;
  /** Launching kernels. */
  readonly launch: number;
  /** Loading data, on several threads. */
  readonly loader: number;
  /** Work of the processor that nothing overlaps. */
  readonly host: number;
  /** What no clock shortens, ms. */
  readonly fixed: number;
  /** Part of the GPU that is busy while it computes. */
  readonly activity: number;
  /** Threads of the loader. */
  readonly threads: number;
}

/** What one minibatch costs. */
export interface BoardCost {
  readonly timeSeconds: Seconds;
  readonly powerWatts: Watts;
}

/** Settings the formula needs, all of them. */
export type BoardMode = Readonly<Record<Exclude<PowerSetting, "powerCapWatts">, number>>;

/**
 * Time and power of a minibatch on the synthetic board: a time roofline (GPU and memory overlap, then launching, then loading; host work is added)
 * and an energy roofline (idle power, then each part's power times its busy share, with voltages that rise with the clocks).
 *
 * A made-up board in the likeness of a Jetson AGX Orin: nothing in it was measured.
 */
export function boardCost(work: BoardWork, mode: BoardMode): BoardCost {
  const { cores, cpu, gpu, memory } = inGigahertz(mode);
  const compute = work.gpu / gpu;
  const transfer = (1000 * work.traffic) / (60 * Math.min(memory, 0.35 + 2.6 * gpu));
  const busy = softMaximum(3, compute, transfer);
  const launched = softMaximum(4, busy, work.launch / cpu);
  const loading = work.loader / (cpu * Math.min(work.threads, 0.8 * cores) ** 0.92);
  const time = softMaximum(5, launched, loading) + work.host / cpu + work.fixed;
  const gpuVolts = gpuVoltage(gpu);
  const cpuVolts = cpuVoltage(cpu);
  const gpuWatts = 22.5 * gpu * gpuVolts ** 2 * (busy / time) * (0.35 + (0.65 * compute) / busy) * work.activity;
  const memoryWatts = (0.045 * 1000 * work.traffic) / time;
  const busyCores = Math.min(cores, 0.15 + (work.loader + work.launch + work.host) / (cpu * time));
  const cpuWatts = 1.15 * cpu * cpuVolts ** 2 * busyCores;
  return { timeSeconds: time / 1000, powerWatts: boardIdle(mode) + gpuWatts + memoryWatts + cpuWatts };
}

/** Power of the synthetic board when nothing runs. */
export function boardIdle(mode: BoardMode): Watts {
  const { cores, cpu, gpu, memory } = inGigahertz(mode);
  const gpuVolts = gpuVoltage(gpu);
  const cpuVolts = cpuVoltage(cpu);
  const perCore = 0.03 * cpuVolts + 0.1 * cpu * cpuVolts ** 2;
  return 5.6 + 0.9 * memory + gpuVolts + 2.6 * gpu * gpuVolts ** 2 + cores * perCore;
}

function inGigahertz({ cores, cpuHertz, gpuHertz, memoryHertz }: BoardMode) {
  return { cores, cpu: cpuHertz / 1e9, gpu: gpuHertz / 1e9, memory: memoryHertz / 1e9 };
}

/** A maximum without a corner: what nearly overlaps costs a little. */
function softMaximum(sharpness: number, a: number, b: number): number {
  return (a ** sharpness + b ** sharpness) ** (1 / sharpness);
}

function gpuVoltage(gigahertz: number): number {
  return 0.62 + 0.36 * Math.max(0, (gigahertz - 0.42) / 0.8805) ** 1.15;
}

function cpuVoltage(gigahertz: number): number {
  return 0.6 + 0.42 * Math.max(0, (gigahertz - 0.73) / 1.4716) ** 1.2;
}
