import type { Random } from "@partitune/numerics";
import type { Arrivals } from "@partitune/schema";
import { type ArrivalTimes, arrivalTimes } from "../arrivalTimes.ts";

/** Requests drawn in one go before they are routed. */
const chunk = 1024;

/**
 * The requests of a service that are sent to one of its tenants, each request on its own with probability in proportion to the weights.
 *
 * Poisson arrivals that are divided so are independent Poisson streams, and are drawn as such. Of others each tenant draws the whole
 * stream again and keeps its part, so that tenants can be played one after the other and still share one stream.
 *
 * @param weights  one per tenant of the service, from 0 on, not all 0
 * @param own  index of the tenant, whose weight is above 0
 * @param random  the service's own randomness
 */
export function splitArrivals(
  arrivals: Arrivals,
  weights: readonly number[],
  own: number,
  random: Random,
): ArrivalTimes {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const part = weights[own]! / total;
  if (part === 1) return arrivalTimes(arrivals, random.fork("arrivals"));
  if (arrivals.kind === "poisson")
    return arrivalTimes(
      { kind: "poisson", ratePerSecond: arrivals.ratePerSecond * part },
      random.fork("arrivals").fork(own),
    );
  const low = weights.slice(0, own).reduce((sum, weight) => sum + weight, 0) / total;
  return new Thinned(arrivalTimes(arrivals, random.fork("arrivals")), random.fork("route"), low, low + part);
}

/** Keeps the requests whose lot, uniform on [0, 1), falls into [low, high). */
class Thinned implements ArrivalTimes {
  readonly #all: ArrivalTimes;
  readonly #lots: Random;
  readonly #low: number;
  readonly #high: number;
  readonly #times = new Float64Array(chunk);
  #next = chunk;

  constructor(all: ArrivalTimes, lots: Random, low: number, high: number) {
    this.#all = all;
    this.#lots = lots;
    this.#low = low;
    this.#high = high;
  }

  fill(buffer: Float64Array, from: number): void {
    for (let slot = from; slot < buffer.length; slot++) buffer[slot] = this.#draw();
  }

  #draw(): number {
    for (;;) {
      if (this.#next === chunk) this.#refill();
      const time = this.#times[this.#next++]!;
      if (time === Number.POSITIVE_INFINITY) return time;
      const lot = this.#lots.next();
      if (lot >= this.#low && lot < this.#high) return time;
    }
  }

  #refill(): void {
    this.#all.fill(this.#times, 0);
    this.#next = 0;
  }
}
