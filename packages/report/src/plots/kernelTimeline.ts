import type { KernelIdentity, KernelStep, KernelTrace } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display } from "../display.ts";
import { fitText, textWidth } from "../fitText.ts";
import { formatNanoseconds } from "../formatNanoseconds.ts";
import { formatPercent } from "../formatQuantity.ts";
import { type KernelGap, type KernelStretch, type KernelStretches, kernelStretches } from "../kernelStretches.ts";
import { type LegendItem, legend } from "../legend.ts";
import { html, type Markup } from "../markup.ts";
import { mutedColour, seriesStyle } from "../palette.ts";
import { sumOf } from "../sumOf.ts";
import { textTable } from "../textTable.ts";
import { levelShowing, zoomLevels } from "../zoomLevels.ts";
import { zoomPane } from "../zoomPane.ts";

export interface KernelTimelineOptions {
  /** Which step, from 0; by default one that is as long as most: the median. */
  readonly step?: number;
  /** Gaps at least as long are marked as worth filling, ns. */
  readonly minGap?: number;
  /** Prefix of ids on the page, unique there; with it, the longest gaps are links into the picture. */
  readonly anchor?: string;
}

/** Boxes drawn at most; beyond them neighbours are drawn as one. */
const mostBoxes = 4000;
/** Series whose colours differ from those of gaps and of other operations. */
const identitySeries = [0, 1, 3, 6, 7, 8, 9];
const longestGaps = 8;
/** Width that labels are chosen for, px; the real one is the page's. */
const assumedWidth = 1000;

/** Kernels of one step and the gaps between them, over time; the reader zooms and moves. */
export function kernelTimeline(trace: KernelTrace, options: KernelTimelineOptions = {}): Display {
  const { step: index = usualStep(trace), minGap = 25_000, anchor } = options;
  const step = trace.steps[index]!;
  const content = kernelStretches(step, mostBoxes);
  const named = mostTime(step);
  const gaps = content.gaps.toSorted((a, b) => b.end - b.start - (a.end - a.start)).slice(0, longestGaps);
  return display({
    title: `Kernels and gaps of step ${index + 1} of ${trace.task}`,
    caption: captionOf(trace, content, step, minGap),
    picture: html`${legend(legendOf(trace, named, minGap))}${gapLinks(trace, gaps, content, anchor)}${drawStep(trace, content, { named, minGap, anchor, gaps })}`,
    text: textTable(
      ["longest gaps: after", "from", "lasts", "why"],
      gaps.map(({ after, start, end, kind }) => [
        shortName(trace.identities[after]!),
        formatNanoseconds(start),
        formatNanoseconds(end - start),
        kindWords(kind),
      ]),
    ),
  });
}

function captionOf(trace: KernelTrace, { span, joined }: KernelStretches, step: KernelStep, minGap: number): string {
  const busy = sumOf(step.durations);
  return [
    `${step.durations.length} operations on ${trace.deviceName ?? "an unknown device"}, busy for ${formatNanoseconds(busy)} of ${formatNanoseconds(span)} (${formatPercent(busy / Math.max(1, span))})`,
    trace.gapsKnown
      ? `Upper row: operations, below: gaps; those from ${formatNanoseconds(minGap)} on are worth filling where nothing more was launched`
      : "The format has execution times only: operations are drawn without gaps",
    ...(joined > 0 ? [`Operations with at most ${formatNanoseconds(joined)} in between are drawn as one`] : []),
    ...syntheticNote(trace.synthetic),
  ].join(". ");
}

/** The step of median length; the first or the last may be unlike the others. */
function usualStep({ steps }: KernelTrace): number {
  const spans = steps.map(({ durations, idles }, i) => ({ i, span: sumOf(durations) + sumOf(idles) }));
  return spans.sort((a, b) => a.span - b.span || a.i - b.i)[Math.floor((steps.length - 1) / 2)]!.i;
}

/** Identities that take most of the time, at most as many as are told apart by colour. */
function mostTime({ identities, durations }: KernelStep): readonly number[] {
  const times = new Map<number, number>();
  for (const [row, identity] of identities.entries()) times.set(identity, (times.get(identity) ?? 0) + durations[row]!);
  return [...times]
    .sort((a, b) => b[1] - a[1])
    .slice(0, identitySeries.length)
    .map(([identity]) => identity);
}

function legendOf({ identities, gapsKnown }: KernelTrace, named: readonly number[], minGap: number): LegendItem[] {
  return [
    ...named.map((identity, i) => ({
      label: shortName(identities[identity]!),
      colour: identityColour(i),
      mark: "bar" as const,
    })),
    { label: "other operations", colour: mutedColour, mark: "bar" },
    ...(gapsKnown
      ? ([
          { label: `gap from ${formatNanoseconds(minGap)}, nothing launched`, colour: gapColour, mark: "bar" },
          { label: "shorter gap", colour: gapColour, mark: "bar", hollow: true },
          { label: "launched, but waiting", colour: mutedColour, mark: "bar", hollow: true },
        ] as const)
      : []),
  ];
}

const gapColour = seriesStyle(2).colour;

function identityColour(i: number): string {
  return seriesStyle(identitySeries[i]!).colour;
}

const shownName = 44;

/** A kernel's name: template arguments run to hundreds of characters. */
function shortName({ name }: KernelIdentity): string {
  const bare = name.replace(/^void /u, "");
  return bare.length > shownName ? `${bare.slice(0, shownName - 1)}…` : bare;
}

/** The same without template arguments and parameters, for labels. */
function bareName(identity: KernelIdentity): string {
  return shortName(identity).replace(/(?<=\w)[<(].*$/u, "");
}

function kindWords(kind: number): string {
  return kind === 2 ? "launched, but waiting" : "nothing launched";
}

/** Where to look: links work with any zoom. */
function gapLinks(
  { identities }: KernelTrace,
  gaps: readonly KernelGap[],
  { gaps: all }: KernelStretches,
  anchor: string | undefined,
): Markup | null {
  if (anchor === undefined || gaps.length === 0) return null;
  const links = gaps.map(
    (gap) =>
      html`<a href="#${anchor}-gap-${all.indexOf(gap)}" title="${`after ${shortName(identities[gap.after]!)}`}">${formatNanoseconds(gap.end - gap.start)} at ${formatNanoseconds(gap.start)}</a>  `,
  );
  return html`<div class="gap-links" style="font-size:0.85em">Longest gaps: ${links}</div>`;
}

interface Drawing {
  readonly named: readonly number[];
  readonly minGap: number;
  readonly anchor: string | undefined;
  readonly gaps: readonly KernelGap[];
}

const [top, rowHeight, gapTop, gapHeight, height] = [22, 44, 70, 22, 96];

function drawStep(trace: KernelTrace, content: KernelStretches, drawing: Drawing): Markup {
  const { stretches, gaps, span } = content;
  const percent = (ns: number) => Number(((100 * ns) / Math.max(1, span)).toFixed(4));
  const widths = stretches.map(({ start, end }) => (assumedWidth * (end - start)) / Math.max(1, span));
  const levels = zoomLevels(widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 4)] ?? assumedWidth);
  const boxes = stretches.map((stretch, i) => drawBox(trace, stretch, widths[i]!, { levels, percent, drawing }));
  const linked = new Set(drawing.gaps);
  const holes = gaps.map((gap, i) => {
    const id = drawing.anchor !== undefined && linked.has(gap) ? html` id="${drawing.anchor}-gap-${i}"` : null;
    return drawGap(trace, gap, { id, percent, minGap: drawing.minGap });
  });
  const label = `${stretches.length} stretches of operations and ${gaps.length} gaps over ${formatNanoseconds(span)}`;
  return zoomPane(
    "Timeline; choose a zoom, then scroll",
    levels,
    html`<svg role="img" aria-label="${label}" width="100%" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="currentColor" style="display:block;height:${height}px">${timeTicks(span, levels, percent)}${boxes}${holes}</svg>`,
  );
}

interface BoxContext {
  readonly levels: readonly number[];
  readonly percent: (ns: number) => number;
  readonly drawing: Drawing;
}

function drawBox(
  trace: KernelTrace,
  { start, end, identity, operations }: KernelStretch,
  width: number,
  { levels, percent, drawing }: BoxContext,
): Markup {
  const place = drawing.named.indexOf(identity);
  const colour = place === -1 ? mutedColour : identityColour(place);
  const name = shortName(trace.identities[identity]!);
  const more = operations > 1 ? ` and ${operations - 1} more` : "";
  const label = bareName(trace.identities[identity]!);
  const level = levelShowing(levels, width, Math.min(90, textWidth(label, 11)) + 8);
  const text =
    level === null
      ? null
      : html`<text class="from-${level}"${level === 1 ? null : html` display="none"`} x="${percent(start)}%" dx="4" y="${top + rowHeight / 2 + 4}" pointer-events="none" fill="var(--paper, white)">${fitText(label, level * width - 6, 11)}</text>`;
  return html`<rect class="kernel" x="${percent(start)}%" width="${percent(end - start)}%" y="${top}" height="${rowHeight}" fill="${colour}"><title>${`${name}${more}: ${formatNanoseconds(end - start)} from ${formatNanoseconds(start)}`}</title></rect>${text}`;
}

interface GapContext {
  readonly id: Markup | null;
  readonly percent: (ns: number) => number;
  readonly minGap: number;
}

function drawGap(trace: KernelTrace, gap: KernelGap, { id, percent, minGap }: GapContext): Markup {
  const { start, end, kind } = gap;
  const isFillable = kind === 1 && end - start >= minGap;
  const colour = kind === 2 ? mutedColour : gapColour;
  const title = 10 * (end - start) < minGap ? null : html`<title>${gapWords(trace, gap)}</title>`;
  return html`<rect class="gap${isFillable ? html` fillable` : null}"${id} x="${percent(start)}%" width="${percent(end - start)}%" y="${gapTop}" height="${gapHeight}" fill="${colour}" fill-opacity="${isFillable ? 1 : 0.3}">${title}</rect>`;
}

function gapWords({ identities }: KernelTrace, { after, start, end, kind }: KernelGap): string {
  return `gap of ${formatNanoseconds(end - start)} from ${formatNanoseconds(start)}, after ${shortName(identities[after]!)}: ${kindWords(kind)}`;
}

/** At each level, round times a few to a screen; a level's ticks add to those before it. */
function timeTicks(span: number, levels: readonly number[], percent: (ns: number) => number): Markup[] {
  const drawn = new Set<number>();
  return levels.flatMap((level) => {
    const step = tickStep(span / level);
    const times = Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step);
    return times.flatMap((ns) => {
      if (drawn.has(ns)) return [];
      drawn.add(ns);
      const hidden = level === 1 ? null : html` display="none"`;
      return [
        html`<g class="from-${level}"${hidden}><line x1="${percent(ns)}%" x2="${percent(ns)}%" y1="16" y2="${height}" stroke="currentColor" stroke-opacity="0.25"/><text x="${percent(ns)}%" dx="3" y="12">${tickLabel(ns, step)}</text></g>`,
      ];
    });
  });
}

/** 1, 2 or 5 times a power of ten, so that five to ten steps make a span; ns. */
function tickStep(span: number): number {
  const rough = Math.max(1, span / 8);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

/** With as many digits as tell neighbours apart. */
function tickLabel(ns: number, step: number): string {
  const digits = Math.max(0, 6 - Math.floor(Math.log10(step)));
  return ns === 0 ? "0 ms" : `${Number((ns / 1e6).toFixed(digits))}`;
}
