import type { Seconds, Telemetry } from "@partitune/schema";
import { type Run, type Session, type Usage, WorkerFailure } from "../executor.ts";
import type { PreparedPartition } from "../governors/governor.ts";
import type { Reading } from "../meters/reading.ts";
import { readProcessGroup } from "../meters/readProcessGroup.ts";
import { systemClock } from "../systemClock.ts";
import type { CardUsage, NvidiaCard } from "./nvidiaCard.ts";
import type { WorkerRing } from "./workerRing.ts";

/** What a session is made of. */
export interface NvidiaSessionParts {
  readonly card: NvidiaCard;
  readonly ring: WorkerRing;
  readonly prepared: PreparedPartition;
  /** Ends its part in the power mode. */
  readonly leaveMode: () => void;
}

/** A workload with all its processes on a partition of a card. */
export class NvidiaSession implements Session {
  readonly mechanism: string;
  readonly #parts: NvidiaSessionParts;
  readonly #groups: readonly number[];
  #memoryPeak = 0;
  #closing: Promise<void> | undefined;

  constructor(parts: NvidiaSessionParts) {
    this.mechanism = parts.prepared.mechanism;
    this.#parts = parts;
    this.#groups = parts.ring.workers.map(({ pid }) => pid);
    for (const group of this.#groups) parts.card.workers.add(group);
  }

  async run(batch: number): Promise<Run> {
    try {
      return await this.#parts.ring.run(batch);
    } catch (error) {
      throw await this.#explained(error);
    }
  }

  async usage(): Promise<Usage> {
    const { card, prepared } = this.#parts;
    const usage = await card.usage();
    await prepared.check?.();
    const [cpu, memory] = [await this.#cpuSeconds(), await this.#memory(usage)];
    const reasons = { ...usage.device.reasons, ...reasonOf("cpuSeconds", cpu), ...reasonOf("memoryPeakBytes", memory) };
    return { ...usage.device, cpuSeconds: cpu.value, memoryPeakBytes: memory.value, reasons };
  }

  telemetry(from: Seconds, to: Seconds): Promise<Telemetry> {
    return this.#parts.card.telemetry(from, to);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { card, ring, prepared, leaveMode } = this.#parts;
    try {
      await ring.close();
    } finally {
      for (const group of this.#groups) card.workers.delete(group);
      leaveMode();
      await prepared.release();
    }
  }

  /** A worker that fails may only be the first to notice that the card has gone, or its partition. */
  async #explained(error: unknown): Promise<unknown> {
    if (!(error instanceof WorkerFailure) || error.code === "out-of-memory" || error.code === "bad-batch") return error;
    try {
      await this.#parts.card.checkThere();
      if (this.#closing === undefined) await this.#parts.prepared.check?.();
      return error;
    } catch (cause) {
      return cause;
    }
  }

  async #cpuSeconds(): Promise<Reading> {
    const groups = await Promise.all(this.#groups.map((group) => readProcessGroup(group)));
    const used = groups.filter((group) => group !== undefined);
    if (used.length < groups.length) return { value: null, reason: "there is no /proc to look into" };
    return { value: used.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) };
  }

  /** As the driver tells it, contexts and all; where it does not, what the workers have allocated. */
  async #memory({ users }: CardUsage): Promise<Reading> {
    const held = users.memoryOf(this.#groups) ?? (await this.#allocated());
    if (held === null) return { value: null, reason: "neither the driver nor the worker tells its device memory" };
    this.#memoryPeak = Math.max(held, this.#memoryPeak);
    return { value: this.#memoryPeak };
  }

  async #allocated(): Promise<number | null> {
    const peaks = (await this.#parts.ring.stats()).map(({ deviceMemoryPeakBytes }) => deviceMemoryPeakBytes);
    return peaks.some((peak) => peak === undefined) ? null : peaks.reduce((sum: number, peak) => sum + peak!, 0);
  }
}

function reasonOf(name: string, reading: Reading): Readonly<Record<string, string>> {
  return reading.value === null ? { [name]: reading.reason } : {};
}

/**
 * A session on which nothing runs, so that the empty card's power can be measured: a batch of b is b seconds of waiting.
 *
 * @param monitored  false to leave the card alone between two calls of `usage`
 */
export function idleOnCard(card: NvidiaCard, leaveMode: () => void, monitored = true): Session {
  const resume = monitored ? () => {} : card.pauseMeter();
  return {
    mechanism: "none",
    async run(batch) {
      const start = systemClock.now();
      await systemClock.sleep(batch);
      const end = systemClock.now();
      return { start, end, service: end - start };
    },
    async usage() {
      const { device } = await card.usage();
      const reasons = { ...device.reasons, memoryPeakBytes: "nothing runs" };
      return { ...device, cpuSeconds: 0, memoryPeakBytes: null, reasons };
    },
    ...(monitored ? { telemetry: (from: Seconds, to: Seconds) => card.telemetry(from, to) } : {}),
    async close() {
      resume();
      leaveMode();
    },
  };
}
