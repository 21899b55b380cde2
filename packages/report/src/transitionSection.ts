import { type FleetStep, type FleetTransition, formatPartition } from "@partitune/schema";
import { counted } from "./counted.ts";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatDuration } from "./formatDuration.ts";
import { formatPercent, formatQuantity, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";

/** How a running fleet becomes another: what changes, where capacity is missing meanwhile, and every step with its check and its undo. */
export function transitionSection(transition: FleetTransition, i: number, all: readonly FleetTransition[]): Markup {
  return html`<section id="transition-${i + 1}"><h2>${numbered("Transition", i, all.length)}</h2>
<p class="headline">${transitionHeadline(transition)}</p>
${transition.dips.length === 0 ? null : dipTable(transition)}
${figure(plots.transitionSteps(transition))}
${stepTable(transition.steps)}
</section>`;
}

/** A transition in one sentence. */
export function transitionHeadline({
  steps,
  changed,
  dips,
  spares,
  allowedLoss,
  criticalSeconds,
}: FleetTransition): string {
  if (steps.length === 0) return "Nothing has to change.";
  const capacity =
    dips.length === 0
      ? "every service keeps its capacity throughout"
      : `capacity is missing ${dips.length === 1 ? "once" : `${dips.length} times`} on the way`;
  const loss = allowedLoss > 0 ? ` (${formatPercent(allowedLoss)} of it may be missing)` : "";
  const help = spares.length === 0 ? "" : `, with the help of ${counted(spares.length, "spare card")}`;
  return `${counted(steps.length, "step")} in ${formatDuration(criticalSeconds)}${help}: ${counted(changed.tenants, "tenant")} of ${changed.tenants + changed.kept} and ${counted(changed.pieces, "piece")} change; ${capacity}${loss}.`;
}

function dipTable({ dips }: FleetTransition): Markup {
  return htmlTable(
    "Where capacity is missing",
    ["service", "from step", "to step", "requests without a place", "lasts"],
    dips.map(({ service, from, to, missingPerSecond, seconds }) => [
      service,
      String(from + 1),
      String(to + 1),
      formatQuantity(missingPerSecond, "per_s"),
      formatDuration(seconds),
    ]),
  );
}

function stepTable(steps: readonly FleetStep[]): Markup {
  return foldedTable(
    "Step by step",
    ["step", "action", "card", "piece", "what", "takes", "only if", "undone by"],
    steps.map((step, i) => [
      String(i + 1),
      step.action,
      step.gpu,
      "piece" in step ? step.piece : "–",
      subjectOf(step),
      formatDuration(step.seconds),
      step.check,
      step.rollback,
    ]),
  );
}

function subjectOf(step: FleetStep): string {
  switch (step.action) {
    case "create":
    case "destroy":
      return formatPartition(step.partition);
    case "start":
    case "adjust": {
      const { service, batch, processes, ratePerSecond } = step.tenant;
      return `${service}, batch ≤ ${batch} × ${processes}, ${significant(ratePerSecond)} requests/s`;
    }
    case "drain":
    case "stop":
      return step.tenant;
    case "set-power-mode":
      return `${step.from} → ${step.to}`;
  }
}
