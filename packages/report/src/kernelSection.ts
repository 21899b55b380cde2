import type { KernelFillPlan, KernelProfile, KernelTrace } from "@partitune/schema";
import { counted } from "./counted.ts";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatNanoseconds } from "./formatNanoseconds.ts";
import { formatPercent, formatPercentile, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";
import { sumOf } from "./sumOf.ts";

/** A trace of kernels: what ran and when the device waited; with the profile of the same task, whether filling is worth it. */
export function kernelTraceSection(
  trace: KernelTrace,
  i: number,
  all: readonly KernelTrace[],
  profiles: readonly KernelProfile[],
): Markup {
  const minGap = profiles.find(({ task }) => task === trace.task)?.minGap;
  const anchor = `kernels-${i + 1}`;
  return html`<section id="${anchor}"><h2>${numbered("Kernels", i, all.length)}: ${trace.task}</h2>
<p class="headline">${kernelTraceHeadline(trace)}</p>
${trace.steps.some(({ durations }) => durations.length > 0) ? figure(plots.kernelTimeline(trace, { anchor, ...(minGap === undefined ? {} : { minGap }) })) : null}
${trace.gapsKnown ? figure(plots.kernelGaps(trace, minGap)) : null}
${droppedTable(trace)}
</section>`;
}

/** A trace in one sentence. */
export function kernelTraceHeadline({ task, steps, gapsKnown }: KernelTrace): string {
  const busy = sumOf(steps.map(({ durations }) => sumOf(durations)));
  const idle = sumOf(steps.map(({ idles }) => sumOf(idles)));
  const part = gapsKnown
    ? `the device is busy for ${formatPercent(busy / Math.max(1, busy + idle))} of a step`
    : "its idle times are not known";
  return `${counted(steps.length, "step")} of ${task}: ${part}.`;
}

function droppedTable({ dropped }: KernelTrace): Markup | null {
  return dropped.length === 0
    ? null
    : htmlTable(
        "What the importer left out",
        ["what", "how many"],
        dropped.map(({ what, count }) => [what, String(count)]),
      );
}

/** A kernel profile: whether there is anything to gain, and how far steps repeat each other. */
export function kernelProfileSection(profile: KernelProfile, i: number, all: readonly KernelProfile[]): Markup {
  const { idle, sequence, spread, busyFraction, operationsPerStep, steps, minGap } = profile;
  const orUnknown = (value: number | null) => (value === null ? "not known" : formatPercent(value));
  return html`<section id="kernel-profile-${i + 1}"><h2>${numbered("Kernel profile", i, all.length)}: ${profile.task}</h2>
<p class="headline">${kernelProfileHeadline(profile)}</p>
${htmlTable(
  `Means over ${counted(steps, "step")}`,
  ["what", "value"],
  [
    ["operations in a step", significant(operationsPerStep)],
    [
      "their sequence",
      sequence.identical
        ? "the same in every step"
        : `differs at ${sequence.positionsThatDiffer} places; ${formatPercent(sequence.fallbackFraction)} are known by identity alone`,
    ],
    ["device busy", formatPercent(busyFraction)],
    ["idle in a step", formatNanoseconds(idle.perStep)],
    ["of it with nothing launched", formatNanoseconds(idle.empty)],
    [`of that in gaps of ${formatNanoseconds(minGap)} and more`, formatNanoseconds(idle.fillable)],
    ["variation of execution times", orUnknown(spread.executions)],
    ["variation of idle times", orUnknown(spread.idles)],
  ],
)}
</section>`;
}

/** A profile in one sentence; nothing to gain is an answer. */
export function kernelProfileHeadline({ task, gain, why }: KernelProfile): string {
  return `${task}: ${gain === "worthwhile" ? "worth filling" : "nothing to gain"}, ${why}.`;
}

/** A fill plan: its settings, which are a choice, its tables, and after which changes it is void. */
export function kernelFillPlanSection(plan: KernelFillPlan, i: number, all: readonly KernelFillPlan[]): Markup {
  const { minGap, dispatch, maxOverrun, feedback, disableBelowGain, expected } = plan;
  return html`<section id="fill-plan-${i + 1}"><h2>${numbered("Fill plan", i, all.length)}</h2>
<p class="headline">${kernelFillPlanHeadline(plan)}</p>
${htmlTable(
  "Settings: a choice among many, see what caution costs",
  ["setting", "value"],
  [
    ["looked up by", plan.key === "occurrence" ? "identity and occurrence" : "identity alone"],
    [
      "predicted by",
      plan.estimator === "mean"
        ? "means"
        : `${formatPercentile(plan.executionQuantile)} of execution times, ${formatPercentile(plan.idleQuantile)} of idle times`,
    ],
    ["least gap", formatNanoseconds(minGap)],
    ["handing an operation over takes", formatNanoseconds(dispatch)],
    ["filling stops for a job when it is late by", maxOverrun === null ? "no limit" : formatNanoseconds(maxOverrun)],
    ["learns from gaps that were shorter", feedback ? "yes" : "no"],
    ["off where gaps hold less of a step than", formatPercent(disableBelowGain)],
    ["longest delay in a held-out step", formatNanoseconds(expected.delay.longest)],
    ["least work of others in a held-out step", formatNanoseconds(expected.filled.least)],
  ],
)}
${foldedTable(
  "Tasks",
  ["task", "priority", "its gaps", "CUDA stream priority", "identities", "entries"],
  plan.tasks.map(({ name, priority, role, streamPriority, identities, table }) => [
    name,
    String(priority),
    role === "high" ? "are filled" : "not used: it fills",
    String(streamPriority),
    String(identities.length),
    String(table.length),
  ]),
)}
${plan.voidWhen.length === 0 ? null : html`<p class="notice">To be measured again after a change of: ${plan.voidWhen.join("; ")}.</p>`}
</section>`;
}

/** A fill plan in one sentence. */
export function kernelFillPlanHeadline({ tasks, expected: { steps, delay, filled } }: KernelFillPlan): string {
  const name = (role: "high" | "low") =>
    tasks
      .filter((task) => task.role === role)
      .map((task) => task.name)
      .join(" and ");
  return `${name("low")} in the gaps of ${name("high")}: ${formatNanoseconds(filled.mean)} of work a step, for ${formatNanoseconds(delay.mean)} of delay, over ${counted(steps, "held-out step")}.`;
}
