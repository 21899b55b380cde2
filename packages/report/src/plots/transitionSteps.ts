import { areaY, line, rectX, ruleY, text } from "@observablehq/plot";
import type { FleetService, FleetStep, FleetTransition } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { counted } from "../counted.ts";
import { type Display, display, panels } from "../display.ts";
import { drawLives } from "../drawLives.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatDuration } from "../formatDuration.ts";
import { significant } from "../formatQuantity.ts";
import { type LegendItem, legend } from "../legend.ts";
import { html } from "../markup.ts";
import { limitColour, mutedColour, paperColour } from "../palette.ts";
import { type ServiceSeries, seriesOfServices } from "../seriesOfServices.ts";
import { textTable } from "../textTable.ts";
import { capacityOver, type PieceLife, transitionLives } from "../transitionLives.ts";

const mostPieces = 80;
const mostServices = 12;

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
