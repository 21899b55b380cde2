import { InputError, type PerSecond, type Seconds } from "@partitune/schema";

/** An inference workload as it is asked for on the command line. */
export interface Served {
  readonly workload: string;
  readonly ratePerSecond: PerSecond;
  /** Worst latency promised; null where none is asked for. */
  readonly latencySeconds: Seconds | null;
}

const form = /^\s*(?<workload>.+?)\s+(?<rate>\d*\.?\d+)\s*\/s(?:\s+(?<latency>\d*\.?\d+)\s*(?<unit>us|µs|ms|s))?\s*$/u;
const exponents: Readonly<Record<string, string>> = { us: "e-6", µs: "e-6", ms: "e-3", s: "e0" };

/**
 * An inference workload with its rate and the worst latency of a request, as it is written on the command line.
 *
 * @example parseServed("--serve", "resnet50 60/s 300ms")
 * @throws InputError when it cannot be read
 */
export function parseServed(option: string, text: string): Served {
  const { workload, rate, latency, unit = "s" } = form.exec(text)?.groups ?? {};
  if (workload === undefined || Number(latency ?? 1) === 0) {
    throw new InputError({
      what: `option ${option} "${text}"`,
      problem: workload === undefined ? "cannot be read" : "promises a latency of 0 s",
      advice: `write "NAME RATE/s LATENCY", for example ${option} "resnet50 60/s 300ms"`,
    });
  }
  return {
    workload,
    ratePerSecond: Number(rate),
    latencySeconds: latency === undefined ? null : Number(`${latency}${exponents[unit]}`),
  };
}
