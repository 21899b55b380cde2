import type { FleetPlan, FleetReport, FleetSchedule } from "@partitune/schema";
import { type VerifyFleetOptions, verifyFleet } from "./verifyFleet.ts";

/**
 * Judges the promises of every period of a fleet schedule, each as if it lasted: what happens while a fleet is changed over is not played.
 *
 * @returns checks in the order of the periods; a promise's id begins with the name of its period, such as "night/photos-response"
 * @throws InputError as `verifyFleet`
 */
export function verifyFleetSchedule(schedule: FleetSchedule, options: VerifyFleetOptions = {}): FleetReport {
  const reports = schedule.periods.map(({ name }, i) => {
    const report = verifyFleet(planOfPeriod(schedule, i), options);
    return {
      ...report,
      checks: report.checks.map((check) => ({
        ...check,
        promise: { ...check.promise, id: `${name}/${check.promise.id}` },
      })),
      warnings: report.warnings.map((warning) => ({ ...warning, where: `period "${name}", ${warning.where}` })),
    };
  });
  return {
    ...reports[0]!,
    checks: reports.flatMap(({ checks }) => checks),
    traces: reports.flatMap(({ traces }) => traces),
    warnings: reports.flatMap(({ warnings }) => warnings),
  };
}

function planOfPeriod(
  { periods, repeat: _r, gpuSeconds: _g, peakGpuSeconds: _p, ...basis }: FleetSchedule,
  index: number,
): FleetPlan {
  const { services, gpus, promises, optimality } = periods[index]!;
  return { ...basis, kind: "fleet-plan", services, gpus, promises, optimality };
}
