import {
  type Config,
  formatConfig,
  formatPartition,
  isOneInFlight,
  isValid,
  type Measurement,
  type Profile,
  type Surrogate,
  unplaced,
  type Warning,
} from "@partitune/schema";
import { findCandidates } from "./candidates.ts";

/** Configurations that services may run in, and what was left out. */
export interface PackingConfigs {
  readonly configs: readonly Config[];
  readonly warnings: readonly Warning[];
}

/**
 * The configurations of which a profile or a surrogate knows enough to plan with: those measured validly with the device to themselves and one
 * batch in flight per process; of a surrogate every partition with every batch size of a workload.
 *
 * @param workloads  names of the workloads that matter
 */
export function packingConfigs(source: Profile | Surrogate, workloads: readonly string[]): PackingConfigs {
  return source.kind === "profile" ? measuredConfigs(source, workloads) : predictedConfigs(source, workloads);
}

function measuredConfigs({ measurements, environments }: Profile, workloads: readonly string[]): PackingConfigs {
  const own = measurements.filter(({ point }) => workloads.includes(point.config.workload));
  const reasons = Map.groupBy(own, whyOmitted);
  const kept = reasons.get(null) ?? [];
  const configs = kept.map(({ point: { config } }) => ({ ...config, partition: unplaced(config.partition) }));
  return {
    configs: [...new Map(configs.map((config) => [formatConfig(config), config])).values()],
    warnings: [
      ...[...reasons].flatMap(([reason, rows]) => (reason === null ? [] : omission(reason, rows))),
      ...holes(own),
      ...mixedEnvironments(kept, environments),
    ],
  };
}

/** Why a row is not planned with, and what to do about it. */
const omissions = {
  infeasible: { cause: "could not run", advice: "leave it so where they need more memory than their piece has" },
  failed: { cause: "failed", advice: "measure them again" },
  flagged: { cause: "flagged as throttled, saturated or with a leaping clock", advice: "measure them again" },
  neighbours: {
    cause: "made beside others, which tells of interference",
    advice: "give what partitune interference makes of them with --interference",
  },
  load: { cause: "made under another load than one batch in flight", advice: "measure with one batch in flight" },
} as const;

/** Code of the warning that rows with neighbours are left out, which does not matter to who plans with an interference model or without pieces. */
export const besideOthers = "rows-beside-others";

type Omission = keyof typeof omissions;

/** Null when the row may be planned with. */
function whyOmitted(row: Measurement): Omission | null {
  const { neighbours, load } = row.point;
  if (neighbours.length > 0) return "neighbours";
  if (row.outcome.kind !== "measured") return row.outcome.kind;
  if (!isValid(row)) return "flagged";
  return isOneInFlight(load) ? null : "load";
}

function omission(reason: Omission, rows: readonly Measurement[]): Warning {
  const names = [...new Set(rows.map(({ point }) => point.config.workload))].sort();
  const { cause, advice } = omissions[reason];
  return {
    code: reason === "neighbours" ? besideOthers : "rows-left-out",
    where: names.map((name) => `"${name}"`).join(", "),
    cause: `${rows.length} ${rows.length === 1 ? "measurement" : "measurements"} left out: ${cause}`,
    advice,
  };
}

/** Partitions on which others of the workloads were tried, and this one never was. */
function holes(rows: readonly Measurement[]): readonly Warning[] {
  const tried = Map.groupBy(rows, ({ point }) => point.config.workload);
  const pieceOf = ({ point }: Measurement) => formatPartition(unplaced(point.config.partition));
  const all = [...new Set(rows.map(pieceOf))];
  return [...tried].flatMap(([workload, own]) => {
    const seen = new Set(own.map(pieceOf));
    const missing = all.filter((piece) => !seen.has(piece));
    if (missing.length === 0) return [];
    return {
      code: "hole",
      where: `"${workload}"`,
      cause: `it was never tried on ${missing.join(", ")}, where others were, so it is not considered there`,
      advice: "measure it there too, or leave it so where it would not fit",
    };
  });
}

function mixedEnvironments(rows: readonly Measurement[], environments: Profile["environments"]): readonly Warning[] {
  const used = [...new Set(rows.map(({ environment }) => environment))];
  if (used.length <= 1) return [];
  const keys = [...new Set(used.flatMap((id) => Object.keys(environments[id] ?? {})))];
  const differing = keys.filter((key) => new Set(used.map((id) => environments[id]?.[key])).size > 1);
  const said = differing
    .slice(0, 3)
    .map((key) => `${key} ${used.map((id) => environments[id]?.[key] ?? "unknown").join(" or ")}`);
  return [
    {
      code: "mixed-environments",
      where: "the profile",
      cause: `its measurements come from ${used.length} environments${said.length === 0 ? "" : `, which differ in ${said.join("; ")}`}`,
      advice: "keep cards of different kinds in profiles of their own; all are taken to be one kind here",
    },
  ];
}

function predictedConfigs(source: Surrogate, workloads: readonly string[]): PackingConfigs {
  const candidates = findCandidates(source);
  const configs = workloads.flatMap((workload) => {
    const { partitions, batches } = candidates[workload] ?? { partitions: [], batches: [] };
    return source.device.powerModes.flatMap(({ name: powerMode }) =>
      partitions.flatMap((partition) =>
        batches.map((batch): Config => ({ workload, powerMode, partition: unplaced(partition), batch })),
      ),
    );
  });
  return { configs: [...new Map(configs.map((config) => [formatConfig(config), config])).values()], warnings: [] };
}
