import type { ModePlan, ModePromise, ModeSchedule, ModeTurns } from "@partitune/schema";
import { formatEstimate, formatProbability, formatQuantity, formatSeconds, unitOf } from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";
import { formatDuration } from "./progress.ts";

/** A mode plan as text: what is set, what takes turns in it, and what that promises. */
export function formatModePlan(plan: ModePlan): string {
  const holds = plan.holds === null ? "" : `, holds with probability ${formatProbability(plan.holds.probability)}`;
  return `${printable(`${nameDevice(plan.device)}, power mode ${plan.powerMode.name}${holds}`)}\n\n${formatTurns(plan)}`;
}

/** A schedule as text: the turns of each period. */
export function formatModeSchedule(schedule: ModeSchedule): string {
  const periods = schedule.periods.map((period, i) => {
    const title = `period ${i + 1}, ${formatDuration(period.seconds)}, power mode ${period.powerMode.name}`;
    return `${printable(title)}\n\n${formatTurns(period)}`;
  });
  return `${printable(nameDevice(schedule.device))}\n\n${periods.join("\n")}`;
}

function formatTurns(turns: ModeTurns): string {
  return `${formatTable(jobsOf(turns), [
    { header: "job", text: (row) => row.job },
    { header: "batch", text: (row) => String(row.batch), right: true },
    { header: "rule", text: (row) => row.rule },
    { header: "minibatch", text: (row) => formatSeconds(row.seconds), right: true },
    { header: "power", text: (row) => formatQuantity(row.watts, "w"), right: true },
  ])}\n${formatModePromises(turns.promises)}`;
}

function jobsOf({ inferences, background }: ModeTurns) {
  const served = inferences.map(({ workload, batch, dispatcher, windowSeconds, expected }) => ({
    job: workload,
    batch,
    rule: `${dispatcher}, ${formatSeconds(windowSeconds)} between minibatches`,
    ...expected,
  }));
  if (background === null) return served;
  const { workload, batch, policy, toleratedSeconds, expected } = background;
  return [
    ...served,
    {
      job: workload,
      batch,
      rule: served.length === 0 ? "alone" : `${policy}, at most ${formatSeconds(toleratedSeconds)} late`,
      ...expected,
    },
  ];
}

/** A metric in words; its values carry the unit. */
function nameMetric(metric: ModePromise["metric"]): string {
  return metric.slice(0, metric.length - unitOf(metric).length - 1).replaceAll("_", " ");
}

/** Promises of a mode plan, one per line, with what was expected. */
function formatModePromises(promises: readonly ModePromise[]): string {
  return formatTable(promises, [
    { header: "promise", text: (row) => row.id },
    { header: "of", text: (row) => row.subject },
    { header: "what", text: (row) => nameMetric(row.metric) },
    {
      header: "target",
      text: (row) => `${row.relation === "at-most" ? "≤" : "≥"} ${formatQuantity(row.target, unitOf(row.metric))}`,
      right: true,
    },
    { header: "expected", text: (row) => formatEstimate(row.predicted, unitOf(row.metric)), right: true },
  ]);
}
