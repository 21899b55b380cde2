import { type Measurement, type Profile, toolName, type Warning, type Workload } from "@partitune/schema";
import { findDrift } from "./findDrift.ts";
import type { Journal } from "./journal.ts";
import { warnOfIdle } from "./warnOfIdle.ts";
import { warnOfRows } from "./warnOfRows.ts";

/**
 * The profile that a journal tells: the same journal always gives the same profile.
 *
 * It holds the last word on every measurement, whichever space it was planned in, but only of the environments that the last campaign
 * counted as done, and only of workloads as they were last defined. What is left out stays in the journal and is warned of.
 *
 * @returns null when nothing has been measured
 */
export function buildProfile(journal: Journal): Profile | null {
  const campaign = journal.campaigns.at(-1);
  if (campaign === undefined || journal.header === null) return null;
  const current = journal.rows.filter((row) => row.definition === journal.definitionOf(row.measurement.point));
  const rows = current.filter((row) => campaign.accepted.includes(row.measurement.environment));
  if (rows.length === 0) return null;
  const protocol = { ...journal.header.protocol, rounds: campaign.rounds };
  const measurements = findDrift(rows.map((row) => row.measurement).sort(inOrder), protocol.targetPrecision);
  const workloads = workloadsOf(journal, measurements);
  const idle = journal.idle.filter(({ environment }) => campaign.accepted.includes(environment));
  const environments = campaign.accepted.filter((id) => journal.environments.has(id));
  return {
    kind: "profile",
    version: 1,
    made: { tool: toolName, at: journal.lastWritten!, seed: campaign.seed, inputs: [] },
    device: journal.environments.get(campaign.environment)!.device,
    workloads,
    protocol,
    environments: Object.fromEntries(environments.map((id) => [id, journal.environments.get(id)!.facts])),
    calibrations: journal.calibrations.filter((calibration) => environments.includes(calibration.environment)),
    ...(idle.length === 0 ? {} : { idle }),
    warnings: [
      ...warnOfLeftOut(journal.rows.length - current.length, current.length - rows.length),
      ...environments.flatMap((id) => journal.environments.get(id)!.warnings ?? []),
      ...warnOfRows(measurements, workloads),
      ...warnOfIdle(idle),
    ],
    measurements,
  };
}

function inOrder(a: Measurement, b: Measurement): number {
  const order = a.point.round - b.point.round || a.position - b.position;
  return order !== 0 ? order : a.startedAt < b.startedAt ? -1 : 1;
}

/** Every workload as it was last defined, with all the batches that were ever planned for it under this definition. */
function workloadsOf(journal: Journal, measurements: readonly Measurement[]): readonly Workload[] {
  const workloads = new Map<string, Workload>();
  const identities = new Map<string, string>();
  for (const { workload, identity } of journal.campaigns.flatMap((campaign) => campaign.workloads)) {
    const definition = JSON.stringify([workload.task, workload.engine, identity]);
    const before = identities.get(workload.name) === definition ? (workloads.get(workload.name)?.batches ?? []) : [];
    const batches = [...new Set([...before, ...workload.batches])].sort((a, b) => a - b);
    identities.set(workload.name, definition);
    workloads.set(workload.name, { ...workload, batches });
  }
  const measured = new Set(
    measurements.flatMap(({ point }) => [point.config, ...point.neighbours]).map((config) => config.workload),
  );
  return [...workloads.values()].filter((workload) => measured.has(workload.name));
}

function warnOfLeftOut(redefined: number, elsewhere: number): readonly Warning[] {
  const warnings: Warning[] = [];
  if (redefined > 0) {
    warnings.push({
      code: "redefined",
      where: `${redefined} measurements`,
      cause: "were made of a workload of the same name that was defined otherwise, or whose file has changed since",
      advice: "they are left out; give another model another name",
    });
  }
  if (elsewhere > 0) {
    warnings.push({
      code: "environment-changed",
      where: `${elsewhere} measurements`,
      cause: "were made in another environment: processor, kernel, library versions or limits have changed since",
      advice: "they are left out and made again; keep them with --keep-environments if the change does not matter",
    });
  }
  return warnings;
}
