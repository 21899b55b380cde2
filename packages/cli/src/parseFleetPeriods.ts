import { type Demand, InputError, loadJson, type Seconds } from "@partitune/schema";

const form = /^(?<length>\d*\.?\d+)\s*(?<unit>s|min|h)\s+(?<rest>\S.*)$/u;
const rateForm = /^(?<rate>\d*\.?\d+)\s*\/s$/u;
const factorForm = /^(?<factor>\d*\.?\d+)\s*x$/u;
const seconds: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** A stretch of time with demands of its own. */
export interface DemandPeriod {
  readonly name: string;
  readonly seconds: Seconds;
  readonly demands: readonly Demand[];
}

/**
 * Periods as they are written on the command line: how long, and then a rate for the only demand, a factor on the rates of all, or a file of
 * demands.
 *
 * @param demands  what rates and factors are applied to; may be empty when every period has a file
 * @example parseFleetPeriods("--periods", "8h 0.3x, 2h 1x, 14h evening.json", demands)
 * @throws InputError when a period cannot be read, or a rate is given for several demands
 */
export function parseFleetPeriods(option: string, text: string, demands: readonly Demand[]): readonly DemandPeriod[] {
  return text.split(",").map((part, i) => {
    const { length, unit = "s", rest = "" } = form.exec(part.trim())?.groups ?? {};
    if (length === undefined || Number(length) === 0)
      throw fail(option, part, "is no length with what is asked for then");
    const lasts = Number(length) * seconds[unit]!;
    return { name: `${i + 1}: ${part.trim()}`, seconds: lasts, demands: demandsIn(option, part, rest, demands) };
  });
}

function demandsIn(option: string, part: string, rest: string, demands: readonly Demand[]): readonly Demand[] {
  const rate = rateForm.exec(rest)?.groups?.rate;
  const factor = factorForm.exec(rest)?.groups?.factor;
  if (rate === undefined && factor === undefined) return loadJson(rest, "demands").demands;
  if (demands.length === 0) throw fail(option, part, "changes the rate of no demand");
  if (rate !== undefined && demands.length > 1) throw fail(option, part, `gives one rate to ${demands.length} demands`);
  return demands.map((demand) => ({
    ...demand,
    ratePerSecond: rate === undefined ? Number(factor) * demand.ratePerSecond : Number(rate),
  }));
}

/** Every service at the highest rate, the shortest deadline and the highest percentile of any period. */
export function peakDemands(periods: readonly DemandPeriod[]): readonly Demand[] {
  const peaks = new Map<string, Demand>();
  for (const demand of periods.flatMap((period) => period.demands)) {
    const name = demand.service ?? demand.workload;
    const known = peaks.get(name) ?? demand;
    peaks.set(name, {
      ...demand,
      ratePerSecond: Math.max(known.ratePerSecond, demand.ratePerSecond),
      deadlineSeconds: Math.min(known.deadlineSeconds, demand.deadlineSeconds),
      percentile: Math.max(known.percentile, demand.percentile),
    });
  }
  return [...peaks.values()];
}

function fail(option: string, part: string, problem: string): InputError {
  return new InputError({
    what: `option ${option} "${part.trim()}"`,
    problem,
    advice: `write for example ${option} "8h 40/s, 2h 200/s" for one demand, "8h 0.3x, 2h 1x" for several, or "8h night.json, 16h day.json"`,
  });
}
