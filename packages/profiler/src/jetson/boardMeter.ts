import type { Seconds, Telemetry, Watts } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { Reading } from "../meters/reading.ts";
import type { BoardSampler } from "./boardSampler.ts";
import type { KnownBoard } from "./boards.ts";
import { EnergyIntegral } from "./energyIntegral.ts";
import type { BoardSample } from "./sampleBoard.ts";
import { partsExceed, type TotalRule } from "./totalPower.ts";

/** Samples are kept for so long; a measurement asks for those of its own window. */
const kept: Seconds = 3600;

/** What the meter is made of. */
export interface BoardMeterParts {
  readonly known: KnownBoard | undefined;
  readonly rule: TotalRule;
  /** Time between two new readings of the sensors, where they tell. */
  readonly updateSeconds: Seconds | undefined;
  /** Starts what samples the board, and tells each sample as it comes. */
  readonly start: (onSample: (sample: BoardSample) => void) => BoardSampler;
}

/** Power, clocks, temperature and throttling of a board, from samples of its sensors. */
export class BoardMeter {
  readonly #parts: BoardMeterParts;
  readonly #sampler: BoardSampler;
  readonly #integral: EnergyIntegral;
  #samples: BoardSample[] = [];
  #hotSamples = 0;
  /** Why nothing can be sampled any more. */
  #ended: string | undefined;

  constructor(parts: BoardMeterParts) {
    this.#parts = parts;
    this.#integral = new EnergyIntegral(parts.updateSeconds);
    this.#sampler = parts.start((sample) => this.#receive(sample));
  }

  /** Whether the energy can be told no longer: another meter has to be opened. */
  get broken(): boolean {
    return this.#ended !== undefined || this.#integral.broken !== undefined;
  }

  /** Time between two new readings of its sensors; undefined where they do not tell. */
  get updateSeconds(): Seconds | undefined {
    return this.#parts.updateSeconds;
  }

  /** Energy of the board since some time before the meter was opened, J. */
  async energy(): Promise<Reading> {
    const { rule, known } = this.#parts;
    if (rule.rails === null) return { value: null, reason: rule.reason };
    await this.#refresh();
    const reason = this.#ended ?? this.#integral.broken;
    if (reason !== undefined) return { value: null, reason };
    const energies = this.#integral.upTo(monotonicSeconds());
    const wrong = known === undefined ? undefined : partsExceed(known.power, energies);
    if (wrong !== undefined) return { value: null, reason: wrong };
    return { value: rule.rails.reduce((sum, rail) => sum + (energies.get(rail) ?? 0), 0) };
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
    return {
      time_s: chosen.map(({ time }) => time),
      power_w: chosen.map((sample) => this.#totalOf(sample)),
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
    if (sample.watts === undefined)
      this.#integral.lapse(sample.time, sample.reason ?? "the board did not tell its power");
    else this.#integral.add(sample.time, sample.watts);
    this.#samples.push(sample);
    if (this.#samples[0]!.time < sample.time - 2 * kept)
      this.#samples = this.#samples.filter(({ time }) => time >= sample.time - kept);
  }

  #totalOf({ watts }: BoardSample): Watts | null {
    const { rails } = this.#parts.rule;
    if (rails === null || watts === undefined) return null;
    return rails.reduce((sum, rail) => sum + (watts.get(rail) ?? 0), 0);
  }
}

/** In the words of all devices: what the hardware does against current, and the kernel against heat. */
function reasonsOf(sample: BoardSample, before: BoardSample | undefined): string {
  const rose = before !== undefined && (sample.throttleEvents ?? 0) > (before.throttleEvents ?? 0);
  return [...(sample.isHot === true ? ["thermal-software"] : []), ...(rose ? ["hardware-slowdown"] : [])].join("+");
}
