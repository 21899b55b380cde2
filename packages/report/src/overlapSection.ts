import type { KernelOverlap } from "@partitune/schema";
import { figure } from "./figure.ts";
import { formatNanoseconds } from "./formatNanoseconds.ts";
import { html, type Markup } from "./markup.ts";
import { numbered } from "./numbered.ts";
import { plots } from "./plots/index.ts";

/** Networks that really shared a device: measured beside predicted. */
export function overlapSection(overlap: KernelOverlap, i: number, all: readonly KernelOverlap[]): Markup {
  return html`<section id="overlap-${i + 1}"><h2>${numbered("Sharing, measured", i, all.length)}</h2>
<p class="headline">${overlapHeadline(overlap)}</p>
${figure(plots.overlapCompletions(overlap))}
</section>`;
}

/** A measurement in one sentence: running alone, filling and plain priorities, with what the others got done; medians. */
export function overlapHeadline({ high, low, outcomes }: KernelOverlap): string {
  const ways = [
    ["exclusive", "alone"],
    ["fill", "with its gaps filled"],
    ["greedy", "under stream priorities alone"],
  ] as const;
  const parts = ways.flatMap(([policy, words]) => {
    const steps = outcomes.find((outcome) => outcome.policy === policy)?.steps;
    if (steps === undefined) return [];
    const work = policy === "exclusive" ? "" : ` (work of others ${medianOf(steps.map(({ lowWork }) => lowWork))})`;
    return [`${medianOf(steps.map(({ completion }) => completion))} ${words}${work}`];
  });
  return `A step of ${high.task} beside ${low.map(({ task }) => task).join(" and ")}, medians: ${parts.join(", ")}.`;
}

function medianOf(times: readonly number[]): string {
  const ascending = times.toSorted((a, b) => a - b);
  return formatNanoseconds(ascending[Math.ceil(ascending.length / 2) - 1]!);
}
