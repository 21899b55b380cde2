import type { ClockMode } from "./clockMode.ts";
import type { Gaussian } from "./mixture.ts";
import { fitPowerLaw, powerTerms } from "./powerLaw.ts";

/** Relative departures of idle power from the law. */
const departure = 0.03;
const atRest = { busy: [0, 0, 0, 0] } as const;

/**
 * Forecasts the power of the device at rest by the law of power with nothing busy.
 *
 * @param modes  n modes
 * @param watts  n powers, NaN where not measured; at least one is
 * @param noise  relative noise of a new measurement
 * @returns a function from a mode to the logarithm of its power
 */
export function idleForecaster(
  modes: readonly ClockMode[],
  watts: Float64Array,
  noise: number,
): (mode: number) => Gaussian {
  const measured = [...watts.keys()].filter((mode) => watts[mode]! > 0);
  const law = fitPowerLaw(measured.map((mode) => ({ terms: powerTerms(modes[mode]!, atRest), power: watts[mode]! })));
  return (mode) => {
    if (watts[mode]! > 0) return { mean: Math.log(watts[mode]!), variance: 0 };
    const terms = powerTerms(modes[mode]!, atRest);
    const power = law.at(terms);
    return { mean: Math.log(power), variance: law.varianceAt(terms) / power ** 2 + departure ** 2 + noise ** 2 };
  };
}
