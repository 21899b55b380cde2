import { nearestRank } from "@partitune/numerics";
import type { KernelOverlap, OverlapOutcome } from "@partitune/schema";
import { formatNanoseconds, formatNanosecondsOrNone } from "./formatNanoseconds.ts";
import { significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** With fewer steps the 99 % quantile would be the longest of them. */
const leastStepsForP99 = 100;

const endings: Readonly<Record<KernelOverlap["ended"], string>> = {
  complete: "",
  "time-over": "; stopped by the limit of time",
  interrupted: "; interrupted",
};

/** Policies side by side: what was measured, and what the simulator predicts of the same steps. */
export function formatKernelOverlap(overlap: KernelOverlap): string {
  const { high, low, outcomes, think, deviceName, ended, synthetic } = overlap;
  const steps = outcomes[0]!.steps.length;
  const others = low.map(({ task, priority }) => `${task} (priority ${priority})`).join(", ");
  const title = `${high.task} beside ${others} on ${deviceName ?? "an unnamed device"}${synthetic ? ", synthetic" : ""}, operator by operator: ${steps} ${steps === 1 ? "step" : "steps"} each${endings[ended]}`;
  const waits = `after every ${think.every}. operator the urgent host waits ${formatNanoseconds(think.mean)} ± ${Math.round(think.spread * 100)} %, on purpose`;
  const table = formatTable(outcomes, [
    { header: "sharing", text: (row) => row.title },
    { header: "completion p50", text: (row) => formatNanoseconds(at(measured(row), 0.5)), right: true },
    { header: "p99", text: (row) => formatNanosecondsOrNone(p99(measured(row))), right: true },
    { header: "longest", text: (row) => formatNanoseconds(at(measured(row), 1)), right: true },
    {
      header: "work of others",
      text: (row) => formatNanoseconds(mean(row.steps.map((step) => step.lowWork))),
      right: true,
    },
    { header: "late waits", text: (row) => significant(mean(row.steps.map((step) => step.lateGaps))), right: true },
    { header: "predicted p50", text: (row) => formatNanosecondsOrNone(predictedAt(row, 0.5)), right: true },
    { header: "predicted work", text: (row) => formatNanosecondsOrNone(predictedWork(row)), right: true },
  ]);
  return `${printable(title)}\n${waits}\n\n${table}`;
}

function measured({ steps }: OverlapOutcome): readonly number[] {
  return steps.map(({ completion }) => completion);
}

function at(values: readonly number[], quantile: number): number {
  return nearestRank(
    values.toSorted((a, b) => a - b),
    quantile,
  );
}

function p99(values: readonly number[]): number | null {
  return values.length < leastStepsForP99 ? null : at(values, 0.99);
}

function predictedAt({ predicted }: OverlapOutcome, quantile: number): number | null {
  return predicted === null
    ? null
    : at(
        predicted.map(({ completion }) => completion),
        quantile,
      );
}

function predictedWork({ predicted }: OverlapOutcome): number | null {
  return predicted === null ? null : mean(predicted.map(({ lowWork }) => lowWork));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
