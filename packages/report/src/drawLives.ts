import { type FleetStep, type FleetTransition, formatPartition } from "@partitune/schema";
import { fitText } from "./fitText.ts";
import { significant } from "./formatQuantity.ts";
import { hatching, short } from "./hatching.ts";
import { html, type Markup } from "./markup.ts";
import { mutedColour } from "./palette.ts";
import type { ServiceSeries } from "./seriesOfServices.ts";
import type { PieceLife, TenantLife } from "./transitionLives.ts";

const labelWidth = 168;
const rowHeight = 24;
const headHeight = 20;

/**
 * The pieces of a transition over its steps: rows under the name of their card, from before the first step until after the last.
 *
 * @param series  which colour a service has
 */
export function drawLives(lives: readonly PieceLife[], { steps }: FleetTransition, series: ServiceSeries): Markup {
  const columns = steps.length + 2;
  const column = Math.max(6, Math.min(56, 980 / columns));
  const width = labelWidth + columns * column + 2;
  const toPixel = (step: number) => labelWidth + (step + 1) * column;
  const cards = [...new Set([...lives.map(({ gpu }) => gpu), ...steps.filter(isModeStep).map(({ gpu }) => gpu)])];
  let y = headHeight;
  const rows = cards.map((gpu) => {
    const own = lives.filter((life) => life.gpu === gpu);
    const top = y;
    y += headHeight + own.length * rowHeight;
    const ordered = own.toSorted((a, b) => startOf(a) - startOf(b) || a.from - b.from);
    return html`<text class="gpu" x="0" y="${top + 15}" font-size="12" font-weight="600"><title>${gpu}</title>${fitText(gpu, labelWidth - 8, 12)}</text>${modeMarks(steps, gpu, top, toPixel)}${ordered.map((life, i) => drawLife(life, top + headHeight + i * rowHeight, toPixel, series))}`;
  });
  return html`<svg role="img" width="${short(width)}" height="${y + 4}" viewBox="0 0 ${short(width)} ${y + 4}" font-family="system-ui, sans-serif" fill="currentColor" aria-label="${`Pieces of ${cards.length} cards over ${steps.length} steps: ${lives.map(describe).join("; ")}`}" style="max-width:100%;height:auto;display:block;margin:8px 0">${stepMarks(steps, toPixel, column, y)}${rows}</svg>`;
}

function isModeStep(step: FleetStep): step is Extract<FleetStep, { readonly action: "set-power-mode" }> {
  return step.action === "set-power-mode";
}

/** Changes of a card's power mode, in the row of its name. */
function modeMarks(steps: readonly FleetStep[], gpu: string, top: number, toPixel: (step: number) => number): Markup[] {
  return steps.flatMap((step, i) => {
    if (!isModeStep(step) || step.gpu !== gpu) return [];
    const room = toPixel(steps.length + 1) - toPixel(i) - 16;
    const x = toPixel(i) + 6;
    return [
      html`<g class="mode"><title>${`step ${i + 1}: power mode ${step.from} → ${step.to}`}</title><path d="M${short(x)},${top + 6}l4,5l-4,5l-4,-5Z"/><text x="${short(x + 8)}" y="${top + 15}" font-size="11">${fitText(step.to, room, 11)}</text></g>`,
    ];
  });
}

function startOf({ partition }: PieceLife): number {
  return partition.kind === "mig" ? (partition.start ?? 0) : 0;
}

function describe({ gpu, partition, created, destroyed }: PieceLife): string {
  return `${formatPartition(partition)} on ${gpu} ${[created ? "created" : "", destroyed ? "destroyed" : ""].filter((word) => word !== "").join(" and ") || "stays"}`;
}

/** A thin line at the begin of every step, numbered where there is room. */
function stepMarks(
  steps: readonly FleetStep[],
  toPixel: (step: number) => number,
  column: number,
  bottom: number,
): Markup[] {
  const every = Math.ceil(22 / column);
  const lines = Array.from({ length: steps.length + 1 }, (_, i) => {
    const x = short(toPixel(i));
    return html`<line x1="${x}" x2="${x}" y1="${headHeight - 4}" y2="${bottom}" stroke="${mutedColour}" stroke-opacity="0.25"/>`;
  });
  const numbers = steps.flatMap((step, i) =>
    i % every === 0
      ? [
          html`<text x="${short(toPixel(i) + column / 2)}" y="12" text-anchor="middle" font-size="11" fill="${mutedColour}"><title>${`step ${i + 1}: ${step.action}`}</title>${i + 1}</text>`,
        ]
      : [],
  );
  const ends =
    column < 40
      ? []
      : [
          html`<text x="${short(toPixel(-1) + column / 2)}" y="12" text-anchor="middle" font-size="11" fill="${mutedColour}">before</text>`,
          html`<text x="${short(toPixel(steps.length) + column / 2)}" y="12" text-anchor="middle" font-size="11" fill="${mutedColour}">after</text>`,
        ];
  return [html`<text x="0" y="12" font-size="11" fill="${mutedColour}">step</text>`, ...lines, ...numbers, ...ends];
}

function drawLife(life: PieceLife, top: number, toPixel: (step: number) => number, series: ServiceSeries): Markup {
  const box = {
    x: toPixel(life.from),
    y: top + 2,
    width: toPixel(life.to) - toPixel(life.from),
    height: rowHeight - 4,
  };
  const label = formatPartition(life.partition);
  const slots = rowsOf(life.tenants);
  const height = box.height / Math.max(1, ...slots.map((slot) => slot + 1));
  const bars = life.tenants.map((tenant, i) =>
    drawTenant(tenant, box.y + slots[i]! * height, height, toPixel, series.colourOf(tenant.tenant.service)),
  );
  const step = toPixel(1) - toPixel(0);
  const making = life.created ? [{ ...box, width: step }] : [];
  const ending = life.destroyed ? [{ ...box, x: box.x + box.width - step, width: step }] : [];
  const marks = [
    ...making.map((own) => hatching(own, 5)),
    ...ending.map((own) => `${hatching(own, 5)}${hatching(own, 5, true)}`),
  ];
  return html`<g class="life"><title>${`${life.piece} on ${life.gpu}: ${label}`}</title><text x="10" y="${top + 16}" font-size="11">${fitText(label, labelWidth - 18, 11)}</text>${bars}<path d="${marks.join("")}" stroke="${mutedColour}" fill="none"/><rect x="${short(box.x)}" y="${box.y}" width="${short(box.width)}" height="${box.height}" fill="none" stroke="${mutedColour}"/></g>`;
}

/** Tenants that run at the same time lie below each other. */
function rowsOf(tenants: readonly TenantLife[]): number[] {
  const ends: number[] = [];
  return tenants.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from);
    const row = free === -1 ? ends.length : free;
    ends[row] = to;
    return row;
  });
}

function drawTenant(
  { tenant, from, servesFrom, servesTo, to, adjusting }: TenantLife,
  y: number,
  height: number,
  toPixel: (step: number) => number,
  colour: string,
): Markup {
  const bar = (a: number, b: number, opacity: number) =>
    b <= a
      ? null
      : html`<rect x="${short(toPixel(a))}" y="${short(y)}" width="${short(toPixel(b) - toPixel(a))}" height="${short(height)}" fill="${colour}" fill-opacity="${opacity}"/>`;
  const name = height < 12 || adjusting ? "" : fitText(tenant.service, toPixel(servesTo) - toPixel(servesFrom) - 6, 11);
  const label =
    name === ""
      ? null
      : html`<text x="${short((toPixel(servesFrom) + toPixel(servesTo)) / 2)}" y="${short(y + height / 2 + 4)}" text-anchor="middle" font-size="11">${name}</text>`;
  return html`<g class="run"><title>${`${tenant.id}: ${tenant.service}, batch ≤ ${tenant.batch} × ${tenant.processes}, ${significant(tenant.ratePerSecond)} of ${significant(tenant.capacityPerSecond)} requests/s`}</title>${bar(from, servesFrom, 0.14)}${bar(servesFrom, servesTo, adjusting ? 0.3 : 0.45)}${bar(Math.max(from, servesTo), to, 0.14)}${label}</g>`;
}
