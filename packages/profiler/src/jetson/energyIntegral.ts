import type { Joules, Seconds, Watts } from "@partitune/schema";

/** Longer without a reading, and what was drawn meanwhile is a guess. */
export const longestGap: Seconds = 2;

/** Energy of every rail since the first reading, by trapezoids over readings of power. */
export class EnergyIntegral {
  readonly #update: Seconds;
  readonly #joules = new Map<string, Joules>();
  #last: { readonly time: Seconds; readonly watts: ReadonlyMap<string, Watts> } | undefined;
  #broken: string | undefined;

  /**
   * @param update  time between two new readings of the sensor: the same values again within it are the same reading
   */
  constructor(update: Seconds = 0) {
    this.#update = update;
  }

  /** Why the energy is not known any more; undefined while it is. */
  get broken(): string | undefined {
    return this.#broken;
  }

  /** A reading of all rails, in rising order of time. */
  add(time: Seconds, watts: ReadonlyMap<string, Watts>): void {
    const last = this.#last;
    if (last === undefined) {
      this.#last = { time, watts };
      return;
    }
    const passed = time - last.time;
    if (passed <= 0 || (passed < this.#update && isSame(last.watts, watts))) return;
    if (passed > longestGap) this.#broken ??= `power was not read for ${passed.toFixed(1)} s`;
    for (const [rail, power] of watts) this.#rise(rail, ((last.watts.get(rail) ?? power) + power) / 2, passed);
    this.#last = { time, watts };
  }

  /** No reading could be had at this time. A short lapse is bridged by the next one. */
  lapse(time: Seconds, reason: string): void {
    if (this.#last === undefined || time - this.#last.time > longestGap) this.#broken ??= reason;
  }

  /** Rail → energy up to a time at or after the last reading, J; since then it is taken to have drawn the same. */
  upTo(time: Seconds): ReadonlyMap<string, Joules> {
    const last = this.#last;
    if (last === undefined) return this.#joules;
    const since = Math.max(0, time - last.time);
    return new Map([...last.watts].map(([rail, power]) => [rail, (this.#joules.get(rail) ?? 0) + power * since]));
  }

  #rise(rail: string, power: Watts, passed: Seconds): void {
    this.#joules.set(rail, (this.#joules.get(rail) ?? 0) + power * passed);
  }
}

function isSame(a: ReadonlyMap<string, Watts>, b: ReadonlyMap<string, Watts>): boolean {
  return a.size === b.size && [...a].every(([rail, power]) => b.get(rail) === power);
}
