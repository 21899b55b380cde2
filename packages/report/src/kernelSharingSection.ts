import type { KernelSharing } from "@partitune/schema";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatNanoseconds } from "./formatNanoseconds.ts";
import { formatPercent, significant } from "./formatQuantity.ts";
import { html, type Markup } from "./markup.ts";
import { pairName } from "./pairName.ts";
import { plots } from "./plots/index.ts";

/** Ways of sharing at the level of kernels, pair by pair, and what caution costs. */
export function kernelSharingSection(sharings: readonly KernelSharing[]): Markup {
  return html`<section id="kernel-sharing"><h2>Sharing kernel by kernel</h2>
<p class="headline">${sharings.map(kernelSharingHeadline).join(" ")}</p>
<p>Speed-ups depend on the default way they are relative to, and on its window or time slice: they compare models of sharing, not measurements.</p>
${figure(plots.kernelSharingBars(sharings))}
${sharings.filter(({ front }) => front.length > 0).map((sharing) => figure(plots.kernelFillFront(sharing)))}
${sharings.map(outcomeTable)}
</section>`;
}

/** A pair in one sentence: filling beside plain stream priorities, which need nothing. */
export function kernelSharingHeadline(sharing: KernelSharing): string {
  const words = (policy: string, name: string) => {
    const outcome = sharing.outcomes.find((own) => own.policy === policy);
    return outcome === undefined
      ? []
      : [`${name} ${formatNanoseconds(outcome.delay)} late with ${formatNanoseconds(outcome.lowWork)} of others' work`];
  };
  const ways = [...words("fill", "filled gaps"), ...words("greedy", "stream priorities alone")];
  return `${pairName(sharing)}: ${ways.join(", ")}.`;
}

function outcomeTable(sharing: KernelSharing): Markup {
  const { default: usual } = sharing;
  return foldedTable(
    `${pairName(sharing)}: every number, means over ${sharing.heldOut.length} held-out steps; the default way is ${usual}`,
    [
      "sharing",
      "completion",
      "speed-up",
      "slow-down",
      "delay",
      "gaps left late",
      "longest",
      "work of others",
      "others done",
      "others' ratio",
      "idle filled",
      "handing over",
      "over-predicted",
    ],
    sharing.outcomes.map((row) => [
      row.title,
      formatNanoseconds(row.highCompletion),
      `${significant(row.speedUp)}×`,
      `${significant(row.slowDown)}×`,
      formatNanoseconds(row.delay),
      significant(row.lateGaps),
      formatNanoseconds(row.latest),
      formatNanoseconds(row.lowWork),
      orNone(row.lowCompletion, formatNanoseconds),
      orNone(row.lowRatio, significant),
      orNone(row.gapsFilled, formatPercent),
      row.dispatch === 0
        ? "0"
        : `${formatNanoseconds(row.dispatch)} (${formatPercent(row.dispatch / row.highCompletion)})`,
      orNone(row.overPredicted, formatNanoseconds),
    ]),
    16,
  );
}

function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}
