import { areaY, line, ruleX, ruleY, text } from "@observablehq/plot";
import type { FleetSchedule } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatPercent, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { countsCards } from "../optimalityWords.ts";
import { mutedColour, seriesStyle } from "../palette.ts";
import { runningSums } from "../runningSums.ts";
import { seriesOfServices } from "../seriesOfServices.ts";
import { textTable } from "../textTable.ts";

const width = 572;

/** A schedule over its periods: cards in use against what is proved to be needed, and below it the requests per second that come. */
export function scheduleOverTime(schedule: FleetSchedule): Display {
  const { periods, gpuSeconds, peakGpuSeconds, repeat, synthetic } = schedule;
  const series = seriesOf(schedule);
  const isBounded = periods.some(({ optimality }) => countsCards(optimality) && optimality.bound !== null);
  return display({
    title: "The fleet over time",
    caption: [
      `${periods.length} periods${repeat ? ", again and again" : ""}, coloured by ${series.by}`,
      `${significant(gpuSeconds / 3600)} card-hours; planned once for the highest rates, it would take ${significant(peakGpuSeconds / 3600)}${peakGpuSeconds > 0 ? `: ${formatPercent(1 - gpuSeconds / peakGpuSeconds)} less` : ""}`,
      ...syntheticNote(synthetic),
    ].join(". "),
    picture: panels(
      [
        { name: "", svg: drawCards(schedule) },
        { name: "", svg: drawRates(schedule, series) },
      ],
      legend([
        { label: "cards in use", colour: seriesStyle(0).colour, mark: "bar", hollow: true },
        ...(isBounded ? [{ label: "at least needed", colour: mutedColour, mark: "dashed" } as const] : []),
        ...series.entries.map(({ label, colour }) => ({
          label: `requests for ${label}`,
          colour,
          mark: "line" as const,
        })),
      ]),
    ),
    text: textTable(
      ["period", "hours", "cards", "bound", "requests/s"],
      periods.map(({ name, seconds, gpus, optimality, services }) => [
        name,
        significant(seconds / 3600),
        String(gpus.length),
        optimality.bound === null ? "–" : significant(optimality.bound),
        significant(services.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0)),
      ]),
    ),
  });
}

function seriesOf({ periods }: FleetSchedule) {
  const services = new Map(
    periods.flatMap((period) => period.services.map((service) => [service.name, service] as const)),
  );
  return seriesOfServices({ services: [...services.values()], gpus: periods.flatMap(({ gpus }) => gpus) });
}

/** Steps: a value holds from its hour to the next. */
function stepsOf<T>(schedule: FleetSchedule, toValue: (period: FleetSchedule["periods"][number]) => T) {
  const hours = hoursOf(schedule);
  const steps = schedule.periods.map((period, i) => ({ hour: hours[i]!, value: toValue(period) }));
  return [...steps, { hour: hours.at(-1)!, value: steps.at(-1)!.value }];
}

function hoursOf({ periods }: FleetSchedule): number[] {
  return runningSums(periods.map(({ seconds }) => seconds / 3600));
}

function frame(schedule: FleetSchedule) {
  return {
    width,
    height: 240,
    marginLeft: 54,
    marginTop: 40,
    marginBottom: 40,
    x: { domain: [0, hoursOf(schedule).at(-1)!], label: "time (h)", ticks: 6, tickFormat: significant },
  } as const;
}

function drawCards(schedule: FleetSchedule): string {
  const { colour } = seriesStyle(0);
  const cards = stepsOf(schedule, ({ gpus }) => gpus.length);
  const bounds = stepsOf(schedule, ({ optimality }) =>
    countsCards(optimality) && optimality.bound !== null ? Math.ceil(optimality.bound - 1e-9) : Number.NaN,
  );
  const most = Math.max(1, ...cards.map(({ value }) => value));
  const steps = { x: "hour", curve: "step-after" } as const;
  return drawPlot(`Cards in use over ${schedule.periods.length} periods`, {
    ...frame(schedule),
    y: { label: "cards in use", grid: true, ticks: 5, tickFormat: significant, domain: [0, 1.1 * most] },
    marks: [
      areaY(cards, { ...steps, y: "value", fill: colour, fillOpacity: 0.2 }),
      line(cards, { ...steps, y: "value", stroke: colour, strokeWidth: 2 }),
      line(bounds, { ...steps, y: "value", stroke: mutedColour, strokeDasharray: "5 3" }),
      ...periodMarks(schedule),
      ruleY([0]),
    ],
  });
}

function drawRates(schedule: FleetSchedule, series: ReturnType<typeof seriesOf>): string {
  const rows = series.entries.flatMap(({ label, colour, services }) => {
    const own = new Set(services);
    const rates = stepsOf(schedule, (period) =>
      period.services.filter(({ name }) => own.has(name)).reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0),
    );
    return rates.map((step) => ({ ...step, label, colour }));
  });
  const most = Math.max(Number.MIN_VALUE, ...rows.map(({ value }) => value));
  return drawPlot("Requests per second over the periods", {
    ...frame(schedule),
    y: { label: "requests (/s)", grid: true, ticks: 5, tickFormat: significant, domain: [0, 1.1 * most] },
    marks: [
      line(rows, { x: "hour", y: "value", z: "label", curve: "step-after", stroke: "colour", strokeWidth: 2 }),
      ...periodMarks(schedule),
      ruleY([0]),
    ],
  });
}

/** Begins of the periods, with as much of their names as there is room for. */
function periodMarks(schedule: FleetSchedule) {
  const hours = hoursOf(schedule);
  const pixelsPerHour = (width - 74) / hours.at(-1)!;
  const marks = schedule.periods.map(({ name }, i) => ({
    hour: hours[i]!,
    label: fitText(name, (hours[i + 1]! - hours[i]!) * pixelsPerHour - 6, 11),
  }));
  return [
    ruleX(marks, { x: "hour", stroke: "currentColor", strokeOpacity: 0.3 }),
    text(marks, { x: "hour", frameAnchor: "top", text: "label", textAnchor: "start", dx: 4, dy: -12, fontSize: 11 }),
  ];
}
