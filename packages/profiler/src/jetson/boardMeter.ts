import type { Seconds, Telemetry, Watts } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import type { BoardSampler } from "./boardSampler.ts";
import type { KnownBoard } from "./boards.ts";
import type { BoardSample } from "./sampleBoard.ts";
import { partsExceed, type TotalRule } from "./totalPower.ts";

/** Samples are kept for so long; a measurement asks for those of its own window. */
const kept: Seconds = 3600;

/** Over so long parts of a rail are held against it: channels are read one after the other. */
const comparedSeconds: Seconds = 10;

/** What the meter is made of. */
export interface BoardMeterParts {
  readonly known: KnownBoard | undefined;
  readonly rule: TotalRule;
  /** Starts what samples the board, and tells each sample as it comes. */
  readonly start: (onSample: (sample: BoardSample) => void) => BoardSampler;
}

/**
 * Power, clocks, temperature and throttling of a board, from samples of its sensors. Boards count no energy: it is the integral of the power that
 * was sampled, over whatever window.
 */
export class BoardMeter {
  readonly #parts: BoardMeterParts;
  readonly #sampler: BoardSampler;
  #samples: BoardSample[] = [];
  #hotSamples = 0;
  /** Why nothing can be sampled any more. */
  #ended: string | undefined;

  constructor(parts: BoardMeterParts) {
    this.#parts = parts;
    this.#sampler = parts.start((sample) => this.#receive(sample));
  }

  /** Whether nothing can be sampled any more: another meter has to be opened. */
  get broken(): boolean {
    return this.#ended !== undefined;
  }

  /** Why there is no count of energy, and if so, why there is no power either. */
  async energy(): Promise<Reading> {
    await this.#refresh();
    const last = this.#samples.at(-1);
    const reason = this.#ended ?? last?.reason ?? this.#doubt(this.#samples);
    return { value: null, reason: reason ?? "the board counts no energy: it is known from samples of its power" };
  }

  /** Events of the hardware against current and voltage, and samples in which the kernel held clocks down for heat. */
  async throttleEvents(): Promise<Reading> {
    await this.#refresh();
    const last = this.#samples.at(-1);
    if (this.#ended !== undefined || last === undefined) {
      return { value: null, reason: this.#ended ?? "the board could not be sampled" };
    }
    if (last.throttleEvents === undefined && last.isHot === undefined)
      return { value: null, reason: "the board shows neither counters of over-current nor states of cooling" };
    return { value: (last.throttleEvents ?? 0) + this.#hotSamples };
  }

  /** What was sampled between two times on the machine's monotonic clock, and the samples around them. */
  telemetry(from: Seconds, to: Seconds): Telemetry {
    const first = this.#samples.findLastIndex(({ time }) => time <= from);
    const last = this.#samples.findIndex(({ time }) => time >= to);
    const chosen = this.#samples.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
    const doubt = this.#doubt(chosen);
    return {
      time_s: chosen.map(({ time }) => time),
      power_w: chosen.map((sample) => (doubt === undefined ? this.#totalOf(sample) : null)),
      gpu_clock_hz: chosen.map(({ gpuHertz }) => gpuHertz ?? null),
      memory_clock_hz: chosen.map(({ memoryHertz }) => memoryHertz ?? null),
      temperature_c: chosen.map(({ temperatureCelsius }) => temperatureCelsius ?? null),
      busy_fraction: chosen.map(({ busyFraction }) => busyFraction ?? null),
      clock_reasons: chosen.map((sample, i) => reasonsOf(sample, chosen[i - 1])),
    };
  }

  close(): Promise<void> {
    return this.#sampler.close();
  }

  /** Waits for a sample of now. Without one, the last are what there is. */
  async #refresh(): Promise<void> {
    try {
      await this.#sampler.sample();
    } catch (error) {
      this.#ended ??= error instanceof Error ? error.message : String(error);
    }
  }

  #receive(sample: BoardSample): void {
    if (sample.isHot === true) this.#hotSamples += 1;
    this.#samples.push(sample);
    if (this.#samples[0]!.time < sample.time - 2 * kept)
      this.#samples = this.#samples.filter(({ time }) => time >= sample.time - kept);
  }

  /** Why the power of samples cannot be told: no rule makes a total of the rails, or the rails are not what they are taken for. */
  #doubt(samples: readonly BoardSample[]): string | undefined {
    const { rule, known } = this.#parts;
    if (rule.rails === null) return rule.reason;
    const last = samples.at(-1);
    if (known === undefined || last === undefined) return undefined;
    const compared = samples.filter(({ time }) => time >= last.time - comparedSeconds);
    return partsExceed(known.power, meanWatts(compared));
  }

  #totalOf({ watts }: BoardSample): Watts | null {
    const { rails } = this.#parts.rule;
    if (rails === null || watts === undefined) return null;
    return rails.reduce((sum, rail) => sum + (watts.get(rail) ?? 0), 0);
  }
}

/** Rail → its average over samples in which it was read. */
function meanWatts(samples: readonly BoardSample[]): ReadonlyMap<string, Watts> {
  const read = samples.flatMap(({ watts }) => (watts === undefined ? [] : [watts]));
  const rails = read[0] === undefined ? [] : [...read[0].keys()];
  return new Map(
    rails.map((rail) => [rail, read.reduce((sum, watts) => sum + (watts.get(rail) ?? 0), 0) / read.length]),
  );
}

/** In the words of all devices: what the hardware does against current, and the kernel against heat. */
function reasonsOf(sample: BoardSample, before: BoardSample | undefined): string {
  const rose = before !== undefined && (sample.throttleEvents ?? 0) > (before.throttleEvents ?? 0);
  return [...(sample.isHot === true ? ["thermal-software"] : []), ...(rose ? ["hardware-slowdown"] : [])].join("+");
}
