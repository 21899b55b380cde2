import { type Device, type FleetTenant, formatPartition, type Partition } from "@partitune/schema";
import type { CardGroup } from "./cardGroups.ts";
import { fitText, textWidth } from "./fitText.ts";
import { formatPercent } from "./formatQuantity.ts";
import { type Box, hatching, short } from "./hatching.ts";
import { html, type Markup } from "./markup.ts";
import { limitColour, mutedColour } from "./palette.ts";
import { type CardSpans, type Gap, type PieceSpan, pieceSpans } from "./pieceSpans.ts";

/** How large cards are drawn, px. */
export interface CardSize {
  readonly width: number;
  /** Of the bar alone. */
  readonly height: number;
  /** Of the names in pieces; 0 for none. */
  readonly fontSize: number;
  /** Under the bar: sizes of the pieces. */
  readonly hasScale: boolean;
}

/** What a picture of a card needs to know about services. */
export interface ServiceLook {
  colourOf(service: string): string;
  /** Stands before its name, e.g. "✗ "; may be empty. */
  signOf(service: string): string;
  /** True when its promise was broken: marked even where there is no room for a name. */
  isBroken(service: string): boolean;
  /** True when {@link busyOf} knows anything, so that room is kept for its marks. */
  readonly showsBusy: boolean;
  /** Part of the time in which these pieces were busy when they were simulated, in the mean; null when they were not. */
  busyOf(places: readonly { readonly gpu: string; readonly piece: string }[]): number | null;
}

const edge = 1;
const scaleHeight = 17;

/**
 * A card as a bar cut into its pieces, each with its tenants one above the other, filled up to their load; what no piece covers is hatched, and
 * crossed where no further piece fits.
 */
export function drawCard(group: CardGroup, device: Device, look: ServiceLook, size: CardSize): Markup {
  const spans = pieceSpans(group.card, device);
  const end = Math.max(spans.length, ...spans.pieces.map(({ to }) => to));
  const toPixel = (position: number) => edge + (position / end) * (size.width - 2 * edge);
  const boxOf = ({ from, to }: { readonly from: number; readonly to: number }): Box => ({
    x: toPixel(from),
    y: edge,
    width: toPixel(to) - toPixel(from),
    height: size.height,
  });
  const loads = new Map(group.card.pieces.map((piece, i) => [piece, group.loads[i]!]));
  const places = new Map(group.card.pieces.map((piece, i) => [piece, group.places[i]!]));
  const busyMarks = spans.pieces.flatMap((span) => {
    const box = boxOf(span);
    const busy = look.showsBusy && hasRoomForMarks(box, size) ? look.busyOf(places.get(span.piece)!) : null;
    return busy === null ? [] : [drawBusy(box, busy)];
  });
  const height = size.height + 2 * edge + (size.hasScale ? scaleHeight : 0);
  return html`<svg role="img" class="card" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" font-family="system-ui, sans-serif" fill="currentColor" aria-label="${describe(group, spans)}" style="max-width:100%;height:auto;display:block">${[
    ...spans.pieces.map((span) => drawPiece(span, boxOf(span), loads.get(span.piece)!, look, size)),
    ...busyMarks,
    ...spans.gaps.map((gap) => drawGap(gap, boxOf(gap), size)),
    ...(end > spans.length + 1e-9 ? [drawEnd(toPixel(spans.length), size)] : []),
    ...(size.hasScale ? scaleMarks(spans, boxOf, size) : []),
  ]}</svg>`;
}

function describe({ ids, loads, card }: CardGroup, { pieces }: CardSpans): string {
  const many = ids.length === 1 ? "" : ` and ${ids.length - 1} more alike`;
  const words = pieces.map(({ piece }) => {
    const own = loads[card.pieces.indexOf(piece)]!;
    return `${formatPartition(piece.partition)} ${piece.tenants.map(({ service }, t) => `${service} ${formatPercent(own[t]!)}`).join(" and ")}`;
  });
  return `Card ${ids[0]}${many}: ${words.join("; ") || "unused"}`;
}

function drawPiece(
  { piece }: PieceSpan,
  box: Box,
  loads: readonly number[],
  look: ServiceLook,
  size: CardSize,
): Markup {
  const rowHeight = box.height / piece.tenants.length;
  const rows = piece.tenants.map((tenant, t) => {
    const row = { ...box, y: box.y + t * rowHeight, height: rowHeight };
    return drawTenant(tenant, row, loads[t]!, look, size);
  });
  const separators = piece.tenants.slice(1).map((_, t) => {
    const y = short(box.y + (t + 1) * rowHeight);
    return html`<line class="turn" x1="${short(box.x)}" x2="${short(box.x + box.width)}" y1="${y}" y2="${y}" stroke="currentColor" stroke-dasharray="4 3"/>`;
  });
  const title = piece.tenants.map((tenant, t) => describeTenant(tenant, loads[t]!)).join("\n");
  const colour = look.colourOf(piece.tenants[0]!.service);
  return html`<g class="piece"><title>${`${piece.id}: ${partitionLabel(piece.partition)}\n${title}`}</title>${rows}${separators}<rect ${rectangle(box)} fill="none" stroke="${colour}" stroke-width="1.5"/></g>`;
}

function describeTenant({ service, batch, processes, ratePerSecond, capacityPerSecond }: FleetTenant, load: number) {
  return `${service}: batch ≤ ${batch}, ${processes} ${processes === 1 ? "process" : "processes"}, ${Number(ratePerSecond.toPrecision(4))} of ${Number(capacityPerSecond.toPrecision(4))} requests/s, load ${formatPercent(load)}`;
}

function drawTenant(tenant: FleetTenant, box: Box, load: number, look: ServiceLook, size: CardSize): Markup {
  const colour = look.colourOf(tenant.service);
  const filled = box.height * Math.min(1, load);
  const level = { ...box, y: box.y + box.height - filled, height: filled };
  const over = load > 1 ? html`<rect ${rectangle({ ...box, height: 3 })} fill="${limitColour}"/>` : null;
  const cross = size.fontSize === 0 && look.isBroken(tenant.service) ? brokenMark(box) : null;
  return html`<rect class="tenant" ${rectangle(box)} fill="${colour}" fill-opacity="0.12"/><rect class="load" ${rectangle(level)} fill="${colour}" fill-opacity="0.42"/>${over}${cross}${labels(tenant, box, load, look, size)}`;
}

const markLength = 6;

function hasRoomForMarks({ width }: Box, { fontSize }: CardSize): boolean {
  return fontSize > 0 && width >= 60;
}

/** How busy a piece was when simulated, as marks at both of its edges that leave the words between them legible. */
function drawBusy({ x, y, width, height }: Box, busy: number): Markup {
  const level = short(y + height * (1 - Math.min(1, busy)));
  const [left, right] = [short(x), short(x + width)];
  return html`<path class="busy" d="M${left},${level}h${markLength}M${right},${level}h${-markLength}" stroke="currentColor" stroke-width="2.5" fill="none"><title>${`busy ${formatPercent(busy)} of the time when simulated`}</title></path>`;
}

function brokenMark({ x, y, width, height }: Box): Markup {
  const [cx, cy, arm] = [x + width / 2, y + height / 2, Math.min(4, height / 2 - 1)];
  const [left, right, top, bottom] = [cx - arm, cx + arm, cy - arm, cy + arm].map(short);
  return html`<path class="broken" d="M${left!},${top!}L${right!},${bottom!}M${left!},${bottom!}L${right!},${top!}" stroke="${limitColour}" stroke-width="2" fill="none"/>`;
}

/** Name, batch and processes, load: as many of these lines as fit, in the longest words that fit. */
function labels(tenant: FleetTenant, box: Box, load: number, look: ServiceLook, size: CardSize): Markup[] {
  const { fontSize } = size;
  const room = box.width - (look.showsBusy && hasRoomForMarks(box, size) ? 2 * markLength + 2 : 6);
  const lineHeight = fontSize * 1.25;
  const lines = fontSize === 0 ? 0 : Math.floor((box.height - 2) / lineHeight);
  if (lines === 0) return [];
  const percent = formatPercent(Number(load.toFixed(2)));
  const name = `${look.signOf(tenant.service)}${tenant.service}`;
  const small = fontSize - 1;
  const share = longestThatFits([`load ${percent}`, percent], room, small);
  const { batch, processes } = tenant;
  const work = longestThatFits(
    [
      `batch ≤ ${batch}, ${processes} ${processes === 1 ? "process" : "processes"}`,
      `batch ${batch} × ${processes}`,
      `${batch} × ${processes}`,
    ],
    room,
    small,
  );
  const words = [
    { text: fitText(name, room, fontSize), size: fontSize, weight: 600 },
    ...(lines > 2 && work !== "" ? [{ text: work, size: small, weight: 400 }] : []),
    ...(lines > 1 && share !== "" ? [{ text: share, size: small, weight: 400 }] : []),
  ].filter(({ text }) => text !== "");
  const top = box.y + (box.height - words.length * lineHeight) / 2 + fontSize * 0.95;
  return words.map(
    ({ text, size: height, weight }, i) =>
      html`<text x="${short(box.x + box.width / 2)}" y="${short(top + i * lineHeight)}" text-anchor="middle" font-size="${height}" font-weight="${weight}">${text}</text>`,
  );
}

function longestThatFits(candidates: readonly string[], room: number, fontSize: number): string {
  return candidates.find((text) => textWidth(text, fontSize) <= room) ?? "";
}

function drawGap({ usable }: Gap, box: Box, { fontSize }: CardSize): Markup {
  const gap = fontSize === 0 ? 5 : 8;
  const lines = usable ? hatching(box, gap) : `${hatching(box, gap)}${hatching(box, gap, true)}`;
  const title = usable ? "free: another piece fits" : "left over: no further piece fits here";
  return html`<g class="${usable ? "free" : "blocked"}"><title>${title}</title><rect ${rectangle(box)} fill="${mutedColour}" fill-opacity="0.06" stroke="${mutedColour}" stroke-dasharray="2 2"/><path d="${lines}" stroke="${mutedColour}" stroke-opacity="0.7" fill="none"/></g>`;
}

/** Where the card ends, for shares that add up to more. */
function drawEnd(x: number, { height }: CardSize): Markup {
  return html`<line class="end" x1="${short(x)}" x2="${short(x)}" y1="0" y2="${height + 6}" stroke="${limitColour}" stroke-width="2" stroke-dasharray="5 3"><title>the card ends here: shares add up to more than it has</title></line>`;
}

/** Slices as ticks, and the size of every piece below it. */
function scaleMarks(spans: CardSpans, boxOf: (span: PieceSpan | Gap) => Box, { height, width }: CardSize): Markup[] {
  const bottom = height + 2 * edge;
  const slices = spans.unit === "share" ? 0 : spans.length + 1;
  const ticks = Array.from({ length: slices }, (_, slice) => {
    const x = short(edge + (slice / spans.length) * (width - 2 * edge));
    return html`<line x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 3}" stroke="${mutedColour}"/>`;
  });
  const names = [
    ...spans.pieces.map((span) => ({ box: boxOf(span), candidates: scaleLabels(span.piece.partition) })),
    ...spans.gaps.map((gap) => ({ box: boxOf(gap), candidates: gap.usable ? ["free"] : ["left over", "rest"] })),
  ].map(({ box, candidates }) => {
    const text = longestThatFits(candidates, box.width - 4, 11);
    return html`<text x="${short(box.x + box.width / 2)}" y="${bottom + 14}" text-anchor="middle" font-size="11" fill="${mutedColour}">${text}</text>`;
  });
  return [...ticks, ...names];
}

/** The size of a piece in ever fewer characters. */
function scaleLabels(partition: Partition): string[] {
  const label = partitionLabel(partition);
  return partition.kind === "mig" ? [label, label.split(".")[0]!] : [label];
}

/** The size of a piece, as short as the field writes it. */
export function partitionLabel(partition: Partition): string {
  switch (partition.kind) {
    case "mig":
      return partition.profile;
    case "mps-share":
    case "cpu-share":
      return formatPercent(partition.share);
    case "whole":
      return "whole";
    case "core-set":
      return `cores ${partition.cores.join(", ")}`;
    case "sm-partition":
    case "green-context":
      return `${partition.multiprocessors} SM`;
  }
}

function rectangle({ x, y, width, height }: Box): Markup {
  return html`x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
}
