import {
  type Config,
  formatConfig,
  invalidatingFlags,
  isOneInFlight,
  isValid,
  type Measurement,
  type Profile,
} from "@partitune/schema";

/** All measurements of one configuration that may be fitted: one per round or more. */
export interface ConfigurationRows {
  readonly config: Config;
  readonly rows: readonly Measurement[];
}

/** The part of a profile that describes one workload by itself. */
export interface WorkloadTable {
  readonly workload: string;
  readonly configurations: readonly ConfigurationRows[];
  /** Configurations that were tried and cannot run. */
  readonly infeasible: readonly Config[];
  /** Measurements that are left out: why → how many. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Groups a profile's measurements by workload and configuration.
 *
 * Only valid measurements of a workload alone, one process with one batch in flight, describe its configuration; others are counted by reason.
 */
export function aggregate(profile: Profile): WorkloadTable[] {
  const byWorkload = Map.groupBy(profile.measurements, ({ point }) => point.config.workload);
  return profile.workloads.map(({ name }) => tableOf(name, byWorkload.get(name) ?? []));
}

function tableOf(workload: string, measurements: readonly Measurement[]): WorkloadTable {
  const byReason = Map.groupBy(measurements, reasonToSkip);
  const leftOut = [...byReason].filter(([reason]) => reason !== "" && reason !== reasons.infeasible);
  return {
    workload,
    configurations: configurationsOf(byReason.get("") ?? []),
    infeasible: configurationsOf(byReason.get(reasons.infeasible) ?? []).map(({ config }) => config),
    skipped: Object.fromEntries(leftOut.map(([reason, rows]) => [reason, rows.length])),
  };
}

/** Sorted, so that the order of a profile's rows changes nothing that follows. */
function configurationsOf(rows: readonly Measurement[]): ConfigurationRows[] {
  const groups = Map.groupBy(rows, ({ point }) => formatConfig(point.config));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ config: group[0].point.config, rows: group }));
}

const reasons = {
  infeasible: "infeasible",
  failed: "failed",
  neighbours: "measured beside neighbours",
  processes: "measured with several processes",
  load: "measured under another load than one batch in flight",
} as const;

/** Empty when the measurement is to be used. */
function reasonToSkip(row: Measurement): string {
  const { config, neighbours, load } = row.point;
  if (neighbours.length > 0) return reasons.neighbours;
  if ((config.processes ?? 1) > 1) return reasons.processes;
  if (!isOneInFlight(load)) return reasons.load;
  if (row.outcome.kind !== "measured") return reasons[row.outcome.kind];
  return isValid(row) ? "" : row.flags.filter((flag) => invalidatingFlags.includes(flag)).join(" and ");
}
