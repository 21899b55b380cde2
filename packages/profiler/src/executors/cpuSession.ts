import type { Seconds } from "@partitune/schema";
import type { Run, Session, Usage } from "../executor.ts";
import type { PreparedPartition } from "../governors/index.ts";
import { readCgroupCpu } from "../meters/readCgroupCpu.ts";
import type { Reading } from "../meters/reading.ts";
import { readProcessGroup } from "../meters/readProcessGroup.ts";
import { BatchPatience } from "./batchPatience.ts";
import type { CpuMeters } from "./cpuMeters.ts";
import type { WorkerProcess } from "./workerProcess.ts";

/** A batch that nothing is known of yet may take so long before its worker counts as hung. */
const firstPatience: Seconds = 120;
const statsPatience: Seconds = 30;

/** A worker process in its partition. */
export class CpuSession implements Session {
  readonly mechanism: string;
  readonly #worker: WorkerProcess;
  readonly #partition: PreparedPartition;
  readonly #meters: CpuMeters;
  readonly #patience = new BatchPatience(firstPatience);
  #closing: Promise<void> | undefined;

  constructor(worker: WorkerProcess, partition: PreparedPartition, meters: CpuMeters) {
    this.mechanism = partition.mechanism;
    this.#worker = worker;
    this.#partition = partition;
    this.#meters = meters;
    meters.sessions.add(this);
  }

  async run(batch: number): Promise<Run> {
    const run = await this.#worker.run(batch, this.#patience.of(batch));
    this.#patience.learn(batch, run.end - run.start);
    return run;
  }

  async usage(): Promise<Usage> {
    const cpu = await this.#cpuSeconds();
    const memory = await this.#memoryPeak();
    const energy = await this.#meters.energy();
    const other = await this.#meters.otherCpu();
    const throttles = await this.#meters.throttleEvents();
    return {
      cpuSeconds: cpu.value,
      memoryPeakBytes: memory.value,
      energyJoules: energy.value,
      otherCpuSeconds: other.value,
      throttleEvents: throttles.value,
      reasons: {
        ...reasonOf("cpuSeconds", cpu),
        ...reasonOf("memoryPeakBytes", memory),
        ...reasonOf("energyJoules", energy),
      },
    };
  }

  /**
   * Processor time so far of all processes of the worker; may be asked for while a batch runs. From its control group, exactly, where
   * that tells; else from its process group, in steps of 10 ms.
   */
  async groupCpuSeconds(): Promise<Reading> {
    const exact = await this.#cgroupCpuSeconds();
    if (exact.value !== null) return exact;
    const usage = await readProcessGroup(this.#worker.pid);
    return usage === undefined
      ? { value: null, reason: "there is no /proc to look into" }
      : { value: usage.cpuSeconds };
  }

  async #cgroupCpuSeconds(): Promise<Reading> {
    const { group } = this.#partition.settings;
    return typeof group === "string"
      ? readCgroupCpu(group)
      : { value: null, reason: "the worker has no control group" };
  }

  /** The same; where no control group tells, a single process tells its own time to the microsecond. */
  async #cpuSeconds(): Promise<Reading> {
    const exact = await this.#cgroupCpuSeconds();
    if (exact.value !== null) return exact;
    const several = ((await readProcessGroup(this.#worker.pid))?.processes ?? 1) > 1;
    if (several) return this.groupCpuSeconds();
    const { cpuSeconds } = await this.#worker.stats(statsPatience);
    return cpuSeconds === null ? this.groupCpuSeconds() : { value: cpuSeconds };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#meters.sessions.delete(this);
    await this.#worker.close().finally(() => this.#partition.release());
  }

  async #memoryPeak(): Promise<Reading> {
    const usage = await readProcessGroup(this.#worker.pid);
    if (usage !== undefined) return { value: usage.memoryPeakBytes };
    const { memoryPeakBytes } = await this.#worker.stats(statsPatience);
    return memoryPeakBytes === null
      ? { value: null, reason: "the worker does not tell, and there is no /proc to look into" }
      : { value: memoryPeakBytes };
  }
}

function reasonOf(name: string, reading: Reading): Readonly<Record<string, string>> {
  return reading.value === null ? { [name]: reading.reason } : {};
}
