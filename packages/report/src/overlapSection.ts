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

/** A measurement in one sentence: filling and plain priorities beside running alone, medians. */
export function overlapHeadline({ high, low, outcomes }: KernelOverlap): string {
  const median = (policy: string) => {
    const completions = outcomes
      .filter((outcome) => outcome.policy === policy)
      .flatMap(({ steps }) => steps.map(({ completion }) => completion))
      .sort((a, b) => a - b);
    return completions[Math.ceil(completions.length / 2) - 1];
  };
  const ways = [
    ["exclusive", "alone"],
    ["fill", "with its gaps filled"],
    ["greedy", "under stream priorities alone"],
  ] as const;
  const parts = ways.flatMap(([policy, words]) => {
    const completion = median(policy);
    return completion === undefined ? [] : [`${formatNanoseconds(completion)} ${words}`];
  });
  return `${high.task} beside ${low.map(({ task }) => task).join(" and ")} completes half of its steps within ${parts.join(", ")}.`;
}
