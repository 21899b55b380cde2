import type { Seconds, Watts } from "@partitune/schema";
import type { ClockMode } from "./clockMode.ts";
import { type Gaussian, mixture } from "./mixture.ts";
import { fitPowerLaw, powerTerms } from "./powerLaw.ts";
import { residualProcess } from "./residualProcess.ts";
import { fitTimeLaw, type TimeLaw } from "./timeLaw.ts";

/** Natural logarithms of time and power at a mode that was not measured. */
export interface Forecast {
  readonly logTime: Gaussian;
  readonly logPower: Gaussian;
}

/** A measured run of one workload. */
export interface MeasuredRun {
  /** Row of the workload's modes. */
  readonly index: number;
  readonly timeSeconds: Seconds;
  readonly powerWatts: Watts;
}

/** What forecasts of one workload rest on. */
export interface ForecastInput {
  /** n modes, or pairs of a mode and a minibatch. */
  readonly modes: readonly ClockMode[];
  /** m of them, measured; at least one. */
  readonly observations: readonly MeasuredRun[];
  /** m × n, a row per observation: how departures there correlate with those at every mode. */
  readonly correlations: readonly Float64Array[];
}

/** Exponents of the law of time, from no overlap at all to all but the longest hidden. */
const overlaps = [1, 2, 4, 8];
/** A law less likely than this beside the others changes no forecast. */
const smallestWeight = 0.02;
/**
 * Departures from a law are taken larger than its residuals: the fit has bent the law towards the few modes measured, so that it departs
 * more elsewhere.
 */
const departureFactor = 1.7;
/** Least and largest standard deviation of the departures, relative. */
const timeDepartures = { least: 0.02, largest: 0.15, factor: departureFactor };
const powerDepartures = { least: 0.015, largest: 0.1, factor: departureFactor };

/**
 * Forecasts time and power: for every degree of overlap a law of time, on it a law of power, on both their smooth departures; averaged
 * by how well each law explains the measured times.
 *
 * @returns a function from a row to what is expected there
 * @see J. A. Hoeting et al., Bayesian model averaging: a tutorial, Statistical Science 14 (1999)
 */
export function forecaster(input: ForecastInput): (index: number) => Forecast {
  const { modes, observations, correlations } = input;
  const unit = observations[0]!.timeSeconds;
  const samples = observations.map(({ index, timeSeconds }) => ({ mode: modes[index]!, time: timeSeconds / unit }));
  const { laws, weights } = likelyOf(overlaps.map((overlap) => fitTimeLaw(samples, overlap)));
  const members = laws.map((law) => forecastBy(law, unit, input));
  return (index) => {
    const correlation = correlations.map((row) => row[index]!);
    const parts = members.map((member) => member(modes[index]!, correlation));
    const [times, powers] = [parts.map(({ logTime }) => logTime), parts.map(({ logPower }) => logPower)];
    return { logTime: mixture(times, weights), logPower: mixture(powers, weights) };
  };
}

/** Drops laws that explain the times far worse than others, and weighs the rest by their likelihood. */
function likelyOf(laws: readonly TimeLaw[]) {
  const least = Math.min(...laws.map(({ misfit }) => misfit));
  const rated = laws.map((law) => ({ law, likelihood: Math.exp((least - law.misfit) / 2) }));
  const floor = smallestWeight * sum(rated.map(({ likelihood }) => likelihood));
  const kept = rated.filter(({ likelihood }) => likelihood > floor);
  const total = sum(kept.map(({ likelihood }) => likelihood));
  return { laws: kept.map(({ law }) => law), weights: kept.map(({ likelihood }) => likelihood / total) };
}

/** Forecasts by one law of time, which counts in a unit of its own so that no power of a time leaves the range of numbers. */
function forecastBy(
  timeLaw: TimeLaw,
  unit: Seconds,
  { modes, observations, correlations }: ForecastInput,
): (mode: ClockMode, correlation: readonly number[]) => Forecast {
  const points = observations.map(({ index }) => timeLaw.at(modes[index]!));
  const terms = observations.map(({ index }, i) => powerTerms(modes[index]!, points[i]!));
  const powerLaw = fitPowerLaw(observations.map(({ powerWatts }, i) => ({ terms: terms[i]!, power: powerWatts })));
  const among = correlations.map((row) => observations.map(({ index }) => row[index]!));
  const timeResiduals = observations.map(({ timeSeconds }, i) => Math.log(timeSeconds / unit / points[i]!.time));
  const powerResiduals = observations.map(({ powerWatts }, i) => Math.log(powerWatts / powerLaw.at(terms[i]!)));
  const timeDeparture = residualProcess(among, timeResiduals, timeDepartures);
  const powerDeparture = residualProcess(among, powerResiduals, powerDepartures);
  return (mode, correlation) => {
    const point = timeLaw.at(mode);
    const atTerms = powerTerms(mode, point);
    const power = powerLaw.at(atTerms);
    return {
      logTime: plus(Math.log(point.time * unit), timeLaw.varianceAt(point), timeDeparture(correlation)),
      logPower: plus(Math.log(power), powerLaw.varianceAt(atTerms) / power ** 2, powerDeparture(correlation)),
    };
  };
}

function plus(mean: number, variance: number, departure: Gaussian): Gaussian {
  return { mean: mean + departure.mean, variance: variance + departure.variance };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
