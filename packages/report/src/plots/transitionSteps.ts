import { areaY, line, rectX, ruleY, text } from "@observablehq/plot";
import { type FleetService, type FleetStep, type FleetTransition, formatPartition } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { counted } from "../counted.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatDuration } from "../formatDuration.ts";
import { significant } from "../formatQuantity.ts";
import { hatching, short } from "../hatching.ts";
import { type LegendItem, legend } from "../legend.ts";
import { html, type Markup } from "../markup.ts";
import { limitColour, mutedColour, paperColour } from "../palette.ts";
import { type ServiceSeries, seriesOfServices } from "../seriesOfServices.ts";
import { textTable } from "../textTable.ts";
import { capacityOver, type PieceLife, type TenantLife, transitionLives } from "../transitionLives.ts";

const mostPieces = 80;
const mostServices = 12;
const labelWidth = 168;
const rowHeight = 24;
const headHeight = 20;

/**
 * A transition, step by step: the pieces that change, card by card, from before the first step until after the last; and the capacity of every
 * service that it touches against what must be answered, with dips in red.
 */
export function transitionSteps(transition: FleetTransition): Display {
  const { steps, services, before, after } = transition;
  const lives = transitionLives(transition);
  const touched = new Set(steps.map((step) => ("piece" in step ? keyOf(step) : "")));
  const changing = lives.filter((life) => touched.has(keyOf(life)));
  const drawn = changing.slice(0, mostPieces);
  const shown = new Set(drawn.flatMap(({ tenants }) => tenants.map(({ tenant }) => tenant.service)));
  const series = seriesOfServices({ services, gpus: [...before, ...after] });
  const capacities = services
    .map((service) => ({ service, values: capacityOver(lives, service.name, steps.length) }))
    .filter(({ values }) => new Set(values).size > 1)
    .sort((a, b) => Number(hasDip(transition, b.service)) - Number(hasDip(transition, a.service)));
  const chart = steps.length === 0 ? null : drawLives(drawn, transition, series);
  return display({
    title: "The transition, step by step",
    caption: captionOf(transition, changing.length, drawn.length, capacities.length),
    picture: html`${drawn.length === 0 ? null : legend(legendOf(series, drawn, shown))}${chart}${panels(
      capacities.slice(0, mostServices).map(({ service, values }) => ({
        name: "",
        svg: drawCapacity(transition, service, values, series.colourOf(service.name)),
      })),
    )}`,
    text: `${stepsAsText(steps)}\n\n${capacitiesAsText(capacities)}`,
  });
}

function keyOf({ gpu, piece }: { readonly gpu: string; readonly piece: string }): string {
  return JSON.stringify([gpu, piece]);
}

function hasDip({ dips }: FleetTransition, { name }: FleetService): boolean {
  return dips.some(({ service }) => service === name);
}

function captionOf(transition: FleetTransition, changing: number, drawn: number, touched: number): string {
  const { steps, seconds, criticalSeconds, changed, dips, before, after, services, synthetic } = transition;
  return [
    `${counted(before.length, "card")} before, ${after.length} after; ${counted(steps.length, "step")} taking ${formatDuration(seconds)} one after the other, ${formatDuration(criticalSeconds)} where they can run at once`,
    `${counted(changed.pieces, "piece")} and ${counted(changed.tenants, "tenant")} change, ${counted(changed.kept, "tenant")} running on as they are${drawn < changing ? `; the first ${drawn} of ${changing} pieces that change are drawn` : ""}`,
    dips.length === 0
      ? "Every service keeps its capacity throughout"
      : `Capacity is missing ${dips.length === 1 ? "once" : `${dips.length} times`}, in red`,
    `Capacity changes for ${touched} of ${counted(services.length, "service")}${touched > mostServices ? `; ${mostServices} of them are drawn` : ""}`,
    ...syntheticNote(synthetic),
  ].join(". ");
}

function legendOf({ entries }: ServiceSeries, lives: readonly PieceLife[], shown: ReadonlySet<string>): LegendItem[] {
  return [
    ...entries
      .filter(({ services }) => services.some((name) => shown.has(name)))
      .map(({ label, colour }) => ({ label, colour, mark: "bar" as const })),
    { label: "running, not sent requests", colour: mutedColour, mark: "bar", hollow: true },
    ...(lives.some(({ created }) => created)
      ? [{ label: "being created", colour: mutedColour, mark: "hatched" } as const]
      : []),
    ...(lives.some(({ tenants }) => tenants.some(({ adjusting }) => adjusting))
      ? [{ label: "paler for a step: being adjusted", colour: mutedColour, mark: "bar" } as const]
      : []),
    ...(lives.some(({ destroyed }) => destroyed)
      ? [{ label: "being destroyed", colour: mutedColour, mark: "crossed" } as const]
      : []),
  ];
}

/** Rows of pieces under the name of their card. */
function drawLives(lives: readonly PieceLife[], { steps }: FleetTransition, series: ServiceSeries): Markup {
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

function drawCapacity(
  { steps, dips, allowedLoss }: FleetTransition,
  service: FleetService,
  values: readonly number[],
  colour: string,
): string {
  const required = service.ratePerSecond * (1 - allowedLoss);
  const points = [...values, values.at(-1)!].map((capacity, k) => ({ step: k, capacity }));
  const own = dips.filter((dip) => dip.service === service.name);
  const top = Math.max(required, ...values) * 1.15;
  return drawPlot(
    `Capacity of ${service.name} over the steps, against the ${significant(required)} requests/s required`,
    {
      width: 376,
      height: 190,
      marginLeft: 48,
      marginTop: 34,
      marginBottom: 36,
      x: {
        domain: [0, steps.length + 2],
        label: "step",
        ticks: 6,
        tickFormat: (step: number) => (step >= 1 && step <= steps.length ? String(step) : ""),
      },
      y: {
        domain: [0, top],
        label: `${fitText(service.name, 190, 12)} (requests/s)`,
        grid: true,
        ticks: 4,
        tickFormat: significant,
      },
      marks: [
        rectX(own, {
          x1: (dip: { from: number }) => dip.from + 1,
          x2: (dip: { to: number }) => dip.to + 2,
          fill: limitColour,
          fillOpacity: 0.15,
        }),
        areaY(
          points.map((point) => ({ ...point, low: Math.min(point.capacity, required) })),
          { x: "step", y1: "low", y2: required, curve: "step-after", fill: limitColour, fillOpacity: 0.55 },
        ),
        line(points, { x: "step", y: "capacity", curve: "step-after", stroke: colour, strokeWidth: 2 }),
        ruleY([required], { stroke: limitColour, strokeDasharray: "5 3" }),
        text([required], {
          frameAnchor: "right",
          y: (value: number) => value,
          text: (value: number) => `required ${significant(value)}`,
          dy: -7,
          fontSize: 11,
          fill: limitColour,
          stroke: paperColour,
          strokeWidth: 4,
        }),
      ],
    },
  );
}

function stepsAsText(steps: readonly FleetStep[]): string {
  return textTable(
    ["step", "action", "card", "piece", "takes"],
    steps.map((step, i) => [
      String(i + 1),
      step.action,
      step.gpu,
      "piece" in step ? step.piece : "–",
      formatDuration(step.seconds),
    ]),
  );
}

function capacitiesAsText(
  capacities: readonly { readonly service: FleetService; readonly values: readonly number[] }[],
): string {
  return textTable(
    ["service", "required/s", "before", "least", "after"],
    capacities.map(({ service, values }) => [
      service.name,
      ...[service.ratePerSecond, values[0]!, Math.min(...values), values.at(-1)!].map(significant),
    ]),
  );
}
