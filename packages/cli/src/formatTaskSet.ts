import type { RealTimeTask, ResponseTimes, Schedulability, TaskSet } from "@partitune/schema";
import { formatPercent, formatSeconds, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** A task set: its accelerator, then one line per task. */
export function formatTaskSet({ cores, accelerator, tasks }: TaskSet): string {
  const { sliceSeconds, switchSeconds, updateSeconds } = accelerator;
  const title = `${tasks.length} tasks on ${cores} ${cores === 1 ? "core" : "cores"} and an accelerator: slices of ${formatSeconds(sliceSeconds)}, ${formatSeconds(switchSeconds)} to switch, ${formatSeconds(updateSeconds)} to change the run list`;
  return `${title}\n\n${formatTable(tasks, [
    { header: "task", text: (row) => row.name },
    { header: "core", text: (row) => String(row.core), right: true },
    { header: "priority", text: (row) => (row.bestEffort ? "best effort" : String(row.priority)), right: true },
    { header: "on the accelerator", text: (row) => (row.gpuPriority === null ? "the same" : String(row.gpuPriority)) },
    { header: "period", text: (row) => formatSeconds(row.periodSeconds), right: true },
    { header: "deadline", text: (row) => formatSeconds(row.deadlineSeconds), right: true },
    { header: "processor", text: (row) => zeroOr(row.cpuSeconds), right: true },
    { header: "segments", text: (row) => String(row.segments.length), right: true },
    { header: "launching", text: (row) => zeroOr(total(row, "launchSeconds")), right: true },
    { header: "accelerator", text: (row) => zeroOr(total(row, "executionSeconds")), right: true },
    { header: "utilisation", text: (row) => formatPercent(utilisation(row)), right: true },
  ])}`;
}

function total({ segments }: RealTimeTask, part: "launchSeconds" | "executionSeconds"): number {
  return segments.reduce((sum, segment) => sum + segment[part], 0);
}

function utilisation(task: RealTimeTask): number {
  return (task.cpuSeconds + total(task, "launchSeconds") + total(task, "executionSeconds")) / task.periodSeconds;
}

function zeroOr(seconds: number): string {
  return seconds === 0 ? "0" : formatSeconds(seconds);
}

const verdictWords: Readonly<Record<ResponseTimes["tasks"][number]["verdict"], string>> = {
  meets: "meets its deadline",
  misses: "may miss its deadline",
  unknown: "not known",
  "best-effort": "has no deadline",
};

/** Worst-case response times under one analysis: the verdict first. */
export function formatResponseTimes(times: ResponseTimes): string {
  const { analysis, proof, schedulable, why, tasks } = times;
  const standing = proof === "published" ? "a published analysis" : "supported by simulation only, not proved";
  const title = `${analysis} (${standing}): ${schedulable ? "schedulable" : "not schedulable"}; ${why}`;
  return `${printable(title)}\n\n${formatTable(tasks, [
    { header: "task", text: (row) => row.task },
    { header: "response at most", text: boundText, right: true },
    { header: "deadline", text: (row) => formatSeconds(row.deadlineSeconds), right: true },
    {
      header: "accelerator priority",
      text: (row) => (row.gpuPriority === null ? "–" : String(row.gpuPriority)),
      right: true,
    },
    { header: "", text: (row) => verdictWords[row.verdict] },
  ])}`;
}

/** Several analyses of one task set side by side: a column for each, then what each says. */
export function formatResponseMatrix(all: readonly ResponseTimes[]): string {
  const [first] = all;
  if (first === undefined) return "no analysis covers this task set\n";
  const table = formatTable(first.tasks, [
    { header: "task", text: (row) => row.task },
    { header: "deadline", text: (row) => formatSeconds(row.deadlineSeconds), right: true },
    ...all.map(({ analysis, tasks }) => ({
      header: analysis,
      text: ({ task }: (typeof first.tasks)[number]) => cellText(tasks.find((row) => row.task === task)!),
      right: true,
    })),
  ]);
  const verdicts = all.map(({ analysis, proof, schedulable, why }) =>
    printable(
      `${analysis}${proof === "simulated" ? " (simulated, not proved)" : ""}: ${schedulable ? "schedulable" : "not schedulable"}; ${why}`,
    ),
  );
  return `worst-case response times\n\n${table}\n${verdicts.join("\n")}\n`;
}

function cellText(row: ResponseTimes["tasks"][number]): string {
  return row.verdict === "meets" || row.verdict === "misses" ? boundText(row) : verdictWords[row.verdict];
}

function boundText({ boundSeconds, reachedSeconds }: ResponseTimes["tasks"][number]): string {
  if (boundSeconds !== null) return formatSeconds(boundSeconds);
  return reachedSeconds === 0 ? "–" : `over ${formatSeconds(reachedSeconds)}`;
}

/** Accepted random task sets: a line per point, a column per analysis, with intervals. */
export function formatSchedulability({ axis, setsPerPoint, curves }: Schedulability): string {
  const xs = curves[0]?.points.map(({ x }) => x) ?? [];
  const unit = axis.unit === "" || axis.unit === "fraction" ? "" : ` (${axis.unit})`;
  const accepted = (analysis: Schedulability["curves"][number], x: number) => {
    const point = analysis.points.find((candidate) => candidate.x === x);
    return point === undefined ? "–" : `${tenths(point.accepted)} % [${tenths(point.low)}, ${tenths(point.high)}]`;
  };
  return `accepted of ${setsPerPoint} random task sets a point, with intervals\n\n${formatTable(xs, [
    { header: `${axis.name}${unit}`, text: (x) => significant(x), right: true },
    ...curves.map((curve) => ({ header: curve.analysis, text: (x: number) => accepted(curve, x), right: true })),
  ])}`;
}

/** Percent, to a tenth: intervals are no narrower. */
function tenths(part: number): string {
  return String(Number((part * 100).toFixed(1)));
}
