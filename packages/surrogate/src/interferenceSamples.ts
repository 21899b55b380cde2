import {
  type Config,
  type Device,
  formatConfig,
  formatLoad,
  InputError,
  isValid,
  type Measurement,
  type Occupant,
  occupantOf,
  type Profile,
  type Warning,
} from "@partitune/schema";
import type { InterferenceSample } from "./interferenceSample.ts";
import { mean } from "./mean.ts";
import { metricValues } from "./metricValues.ts";

/** Slowdowns found in a profile, and what is doubtful about them. */
export interface ProfileSamples {
  readonly samples: readonly InterferenceSample[];
  readonly warnings: readonly Warning[];
}

/** Repeats of one measurement that differ by more than this cannot both be right. */
const largestDisagreement = 0.2;

/**
 * The slowdowns that a profile holds: rows with neighbours against rows of the same configuration and load alone, in the same
 * environment where there are such; medians over rounds. Batch latency is compared, its median where both rows have one.
 *
 * Rows that may not be trusted, or whose configuration was not measured alone, are left out and counted in the warnings.
 *
 * @throws InputError when no row has neighbours, or none of those can be used
 */
export function interferenceSamples(profile: Profile): ProfileSamples {
  const { device, measurements } = profile;
  const beside = measurements.filter(({ point }) => point.neighbours.length > 0);
  if (beside.length === 0) throw noNeighbours(device);
  const usable = beside.filter(isValid);
  const alone = Map.groupBy(
    measurements.filter((row) => row.point.neighbours.length === 0 && isValid(row)),
    keyOfSubject,
  );
  const groups = [...Map.groupBy(usable, keyOfPoint).values()];
  const compared = groups.map((rows) => ({ rows, against: soloRows(rows, alone.get(keyOfSubject(rows[0])) ?? []) }));
  const matched = compared.filter(({ against }) => against.length > 0);
  const lonely = compared.filter(({ against }) => against.length === 0).map(({ rows }) => rows[0]);
  if (matched.length === 0) throw noneUsable(device, beside.length - usable.length, lonely);
  const samples = matched.map(({ rows, against }) => sampleOf(rows, against, device));
  return {
    samples,
    warnings: [
      ...leftOutWarnings(device.name, beside.length - usable.length),
      ...lonelyWarnings(lonely),
      ...disagreements(matched.map(({ rows }) => rows)),
      ...strangerWarnings(profile, usable),
    ],
  };
}

function keyOfSubject({ point }: Measurement): string {
  return `${formatConfig(point.config)} under ${formatLoad(point.load)}`;
}

function keyOfPoint(row: Measurement): string {
  return `${keyOfSubject(row)} beside ${row.point.neighbours.map(formatConfig).sort().join(" and ")}`;
}

/** Rows alone of the same environment, or of any where that has none. */
function soloRows([row]: readonly Measurement[], alone: readonly Measurement[]): readonly Measurement[] {
  const same = alone.filter(({ environment }) => environment === row.environment);
  return same.length > 0 ? same : alone;
}

function sampleOf(rows: readonly Measurement[], against: readonly Measurement[], device: Device): InterferenceSample {
  const { config, neighbours } = rows[0].point;
  return {
    subject: occupantOf(config, device),
    neighbours: neighbours.map((neighbour): Occupant => occupantOf(neighbour, device)),
    slowdown: slowdownBetween(rows, against),
  };
}

function slowdownBetween(rows: readonly Measurement[], against: readonly Measurement[]): number {
  const medians = [rows, against].map((each) => metricValues(each, "latency_p50_s"));
  const means = [rows, against].map((each) => metricValues(each, "latency_mean_s"));
  const [beside, alone] = medians.every(({ length }) => length > 0) ? medians : means;
  return middle(beside) / middle(alone);
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return mean([sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]);
}

function noNeighbours({ name }: Device): InputError {
  return new InputError({
    what: `profile of "${name}"`,
    problem: "has no row that was measured beside neighbours",
    advice:
      "measure workloads side by side and alone, and give their rows the column neighbours, which `partitune import table` and measurement tables take",
  });
}

function noneUsable({ name }: Device, invalid: number, lonely: readonly Measurement[]): InputError {
  const reasons = [
    ...(invalid === 0 ? [] : [`rows with neighbours that failed or may not be trusted: ${invalid}`]),
    ...(lonely.length === 0 ? [] : [`the same configurations were never measured alone: ${someOf(lonely)}`]),
  ];
  return new InputError({
    what: `profile of "${name}"`,
    problem: `has no slowdown to learn from: ${reasons.join("; ")}`,
    advice: "measure each configuration alone, under the same load, and mind the flags of the rows that are there",
  });
}

function someOf(rows: readonly Measurement[]): string {
  const names = [...new Set(rows.map(keyOfSubject))];
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

function leftOutWarnings(where: string, invalid: number): Warning[] {
  if (invalid === 0) return [];
  return [
    {
      code: "rows-left-out",
      where,
      cause: `rows with neighbours that failed or may not be trusted: ${invalid}`,
      advice: "mind their flags, and measure them again",
    },
  ];
}

function lonelyWarnings(rows: readonly Measurement[]): Warning[] {
  if (rows.length === 0) return [];
  return [
    {
      code: "no-solo-row",
      where: someOf(rows),
      cause: `measurements beside neighbours that have nothing to be compared with: ${rows.length}`,
      advice: "measure the same configuration alone, under the same load",
    },
  ];
}

function disagreements(groups: readonly (readonly Measurement[])[]): Warning[] {
  return groups.flatMap((rows) => {
    const times = metricValues(rows, "latency_mean_s");
    const ratio = Math.max(...times) / Math.min(...times);
    if (!(ratio > 1 + largestDisagreement)) return [];
    return {
      code: "contradictory-rows",
      where: keyOfPoint(rows[0]),
      cause: `${times.length} measurements of the same differ by a factor of ${ratio.toFixed(2)}; the median is used`,
      advice: "look at their flags and what else ran, and measure again",
    };
  });
}

function strangerWarnings({ workloads, device }: Profile, rows: readonly Measurement[]): Warning[] {
  const known = new Set(workloads.map(({ name }) => name));
  const configs: readonly Config[] = rows.flatMap(({ point }) => point.neighbours);
  const strangers = [...new Set(configs.map(({ workload }) => workload))].filter((name) => !known.has(name));
  if (strangers.length === 0) return [];
  return [
    {
      code: "unknown-neighbour",
      where: device.name,
      cause: `${strangers.map((name) => `"${name}"`).join(", ")} ran beside others but ${strangers.length === 1 ? "is no workload" : "are no workloads"} of the profile, so nothing is known of what it uses`,
      advice: "measure it alone too, or check its name",
    },
  ];
}
