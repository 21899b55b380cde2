import type { Device, FleetPlan, FleetReport, FleetState, FleetTrace, Verdict } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type CardGroup, cardGroups } from "../cardGroups.ts";
import { type Display, display } from "../display.ts";
import { type CardSize, drawCard, partitionLabel, type ServiceLook } from "../drawCard.ts";
import { fitText } from "../fitText.ts";
import { formatPercent, significant } from "../formatQuantity.ts";
import { type LegendItem, legend } from "../legend.ts";
import { html, type Markup } from "../markup.ts";
import { optimalityWords } from "../optimalityWords.ts";
import { mutedColour } from "../palette.ts";
import { pieceSpans } from "../pieceSpans.ts";
import { type ServiceSeries, seriesOfServices } from "../seriesOfServices.ts";
import { textTable } from "../textTable.ts";

/** Cards are drawn the smaller, the more different ones there are. The widths fill a page of 1168 px, a phone's or a notebook's. */
const sizes: readonly (CardSize & { readonly upTo: number })[] = [
  { upTo: 2, width: 560, height: 96, fontSize: 13, hasScale: true },
  { upTo: 12, width: 376, height: 76, fontSize: 12, hasScale: true },
  { upTo: 48, width: 276, height: 44, fontSize: 11, hasScale: false },
  { upTo: Number.POSITIVE_INFINITY, width: 128, height: 22, fontSize: 0, hasScale: false },
];
const mostDrawn = 600;
const mostRows = 200;
const signs = { kept: "", broken: "✗ ", undecided: "? " } as const satisfies Record<Verdict, string>;

/**
 * A fleet as its cards, cut into their pieces: each at its true place and size, coloured by the service that runs on it and filled up to its load;
 * tenants that take turns lie one above the other, and what is left over is hatched. Equal cards are drawn once.
 *
 * @param report  where given, services whose promise was broken or is undecided are marked
 * @param traces  where given, or where the report has some, every piece shows how busy it was
 */
export function clusterPicture(
  plan: FleetPlan,
  report: FleetReport | null = null,
  traces: readonly FleetTrace[] = report?.traces ?? [],
): Display {
  const groups = cardGroups(plan.gpus);
  const drawn = groups.slice(0, mostDrawn);
  const size = sizes.find(({ upTo }) => drawn.length <= upTo)!;
  const showsBusy = size.fontSize > 0 && traces.some(({ pieces }) => pieces.length > 0);
  const series = seriesOfServices(plan);
  const verdicts = worstVerdicts(report);
  const look: ServiceLook = {
    colourOf: (service) => series.colourOf(service),
    signOf: (service) => signs[verdicts.get(service) ?? "kept"],
    showsBusy,
    busyOf: busyFractions(traces),
    isBroken: (service) => verdicts.get(service) === "broken",
  };
  const devices = new Map(plan.devices.map((device) => [device.name, device]));
  const cards = drawn.map((group) => drawGroup(group, devices.get(group.card.device)!, look, size, isMixed(plan)));
  return display({
    title: "Cards, their pieces, and what runs on them",
    caption: captionOf(plan, groups, series),
    picture: html`<div class="bound" style="font-weight:600">${optimalityWords(plan.optimality)}</div>${legend(legendOf(plan, series, verdicts, showsBusy))}<div class="panels" style="display:flex;flex-wrap:wrap;gap:12px 20px">${cards}</div>`,
    text: asText(groups),
  });
}

function drawGroup(group: CardGroup, device: Device, look: ServiceLook, size: CardSize, mixed: boolean): Markup {
  const { ids, card } = group;
  const kind = mixed ? ` · ${card.device}, ${card.powerMode}` : "";
  const many = ids.length === 1 ? "" : ` × ${ids.length}`;
  const fontSize = size.fontSize === 0 ? 11 : 13;
  const name = fitText(`${ids[0]}${kind}`, size.width - 12 - many.length * fontSize * 0.7, fontSize);
  const all = ids.slice(0, 40).join(", ") + (ids.length > 40 ? ` and ${ids.length - 40} more` : "");
  return html`<div class="panel" style="width:${size.width}px;max-width:100%"><div title="${`${all}${kind}`}" style="font-size:${fontSize}px;line-height:1.4;white-space:nowrap;overflow:hidden">${name}<strong>${many}</strong></div>${drawCard(group, device, look, size)}</div>`;
}

/** True when cards differ in kind or power mode, so that every one has to say what it is. */
function isMixed({ gpus }: FleetState): boolean {
  return new Set(gpus.map(({ device, powerMode }) => JSON.stringify([device, powerMode]))).size > 1;
}

/** Per service the worst verdict on its promises. */
function worstVerdicts(report: FleetReport | null): ReadonlyMap<string, Verdict> {
  const order: readonly Verdict[] = ["kept", "undecided", "broken"];
  const worst = new Map<string, Verdict>();
  for (const { promise, verdict } of report?.checks ?? []) {
    const before = worst.get(promise.subject) ?? "kept";
    worst.set(promise.subject, order.indexOf(verdict) > order.indexOf(before) ? verdict : before);
  }
  return worst;
}

/** How busy pieces were, by card and piece: the mean over all traces that tell of them. */
function busyFractions(traces: readonly FleetTrace[]): ServiceLook["busyOf"] {
  const keyOf = (gpu: string, piece: string) => JSON.stringify([gpu, piece]);
  const fractions = Map.groupBy(
    traces.flatMap(({ pieces }) => pieces),
    ({ gpu, piece }) => keyOf(gpu, piece),
  );
  return (places) => {
    const own = places.flatMap(({ gpu, piece }) => fractions.get(keyOf(gpu, piece)) ?? []);
    return own.length === 0 ? null : own.reduce((sum, { busyFraction }) => sum + busyFraction, 0) / own.length;
  };
}

function legendOf(
  plan: FleetPlan,
  series: ServiceSeries,
  verdicts: ReadonlyMap<string, Verdict>,
  showsBusy: boolean,
): LegendItem[] {
  const tenants = plan.gpus.flatMap(({ pieces }) => pieces.map((piece) => piece.tenants.length));
  const gaps = plan.gpus.flatMap((card) => {
    const device = plan.devices.find(({ name }) => name === card.device)!;
    return pieceSpans(card, device).gaps;
  });
  const marks: readonly (readonly [boolean, LegendItem])[] = [
    [true, { label: "filled up to the load (rate of capacity)", colour: mutedColour, mark: "bar" }],
    [true, { label: "to spare", colour: mutedColour, mark: "bar", hollow: true }],
    [
      showsBusy,
      { label: "marks at the edges of wide pieces: busy when simulated", colour: "currentColor", mark: "ends" },
    ],
    [tenants.some((count) => count > 1), { label: "tenants take turns", colour: "currentColor", mark: "dashed" }],
    [gaps.some(({ usable }) => usable), { label: "free", colour: mutedColour, mark: "hatched" }],
    [
      gaps.some(({ usable }) => !usable),
      { label: "left over, no further piece fits", colour: mutedColour, mark: "crossed" },
    ],
  ];
  return [
    ...series.entries.map(({ label, colour, services }) => ({
      label: withVerdicts(label, services, verdicts),
      colour,
      mark: "bar" as const,
    })),
    ...marks.filter(([shown]) => shown).map(([, item]) => item),
  ];
}

/** A label with the sign of its service, or with the number of services of each sign. */
function withVerdicts(label: string, services: readonly string[], verdicts: ReadonlyMap<string, Verdict>): string {
  if (services.length === 1) return `${signs[verdicts.get(services[0]!) ?? "kept"]}${label}`;
  const count = (verdict: Verdict) => services.filter((name) => verdicts.get(name) === verdict).length;
  const counts = (["broken", "undecided"] as const).filter((verdict) => count(verdict) > 0);
  return counts.length === 0
    ? label
    : `${label} (${counts.map((verdict) => `${signs[verdict]}${count(verdict)}`).join(", ")})`;
}

function captionOf(plan: FleetPlan, groups: readonly CardGroup[], series: ServiceSeries): string {
  const { gpus, services, optimality, synthetic } = plan;
  const pieces = gpus.flatMap((card) => card.pieces);
  const kinds = [...Map.groupBy(gpus, ({ device, powerMode }) => `${device} in power mode ${powerMode}`)];
  const cards = kinds.map(([kind, own]) => `${own.length} × ${kind}`).join(", ") || "no card";
  const alike =
    groups.length === gpus.length
      ? []
      : [`${groups.length} different cards are drawn once; × says how many there are, and loads are theirs together`];
  const left =
    groups.length > mostDrawn ? [`The first ${mostDrawn} of ${groups.length} different cards are drawn`] : [];
  return [
    `${cards}: ${pieces.length} pieces for ${services.length} services`,
    `By ${optimality.method}: ${optimalityWords(optimality)}`,
    `Coloured by ${series.by}; in a piece: service, largest batch × processes, load. Widths are ${widthsOf(plan)}`,
    ...alike,
    ...left,
    ...syntheticNote(synthetic),
  ].join(". ");
}

function widthsOf({ gpus }: FleetPlan): string {
  const kinds = new Set(gpus.flatMap(({ pieces }) => pieces.map(({ partition }) => partition.kind === "mig")));
  const words = [...(kinds.has(true) ? ["memory slices"] : []), ...(kinds.has(false) ? ["shares of the card"] : [])];
  return words.join(" or ") || "those of whole cards";
}

function asText(groups: readonly CardGroup[]): string {
  const rows = groups.flatMap(({ card, ids, loads }) =>
    card.pieces.flatMap((piece, p) =>
      piece.tenants.map((tenant, t) => [
        ids.length === 1 ? ids[0]! : `${ids[0]} × ${ids.length}`,
        piece.partition.kind === "mig"
          ? `${partitionLabel(piece.partition)}@${piece.partition.start}`
          : partitionLabel(piece.partition),
        piece.tenants.length > 1 ? `${tenant.service} (turn ${t + 1} of ${piece.tenants.length})` : tenant.service,
        `${tenant.batch} × ${tenant.processes}`,
        significant(tenant.capacityPerSecond),
        formatPercent(loads[p]![t]!),
      ]),
    ),
  );
  const table = textTable(
    ["card", "piece", "service", "batch × processes", "capacity/s", "load"],
    rows.slice(0, mostRows),
  );
  return rows.length > mostRows ? `${table}\n… and ${rows.length - mostRows} more` : table;
}
