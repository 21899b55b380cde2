import { barX, text } from "@observablehq/plot";
import type { StreamTrace, Trace } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { displayUnit, formatPercent, formatSeconds, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { seriesStyle } from "../palette.ts";
import { countRequests, type StreamGroup, streamGroups } from "../streamGroups.ts";
import { textTable } from "../textTable.ts";

/** Where the mean response time goes: waiting, then executing; one bar per placement and source, parts always in this order. */
export function responseBreakdown(traces: readonly Trace[]): Display {
  const bars = streamGroups(traces).map(toBar);
  const placements = [...Map.groupBy(bars, ({ placement }) => placement)];
  const unit = displayUnit("s", Math.max(...bars.map(({ queue, service }) => queue + service)));
  const end = unit.factor * Math.max(...bars.map(({ queue, service }) => queue + service));
  const [blue, orange] = [seriesStyle(0).colour, seriesStyle(1).colour];
  return display({
    title: "Where the response time goes",
    caption: [
      "Means over all requests after the warm-up: waiting in the queue and for the batch, then executing",
      ...syntheticNote(traces.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      placements.map(([name, own]) => ({
        name,
        svg: drawPlot(`${name}: mean waiting and execution time`, {
          height: 52 + 34 * own.length,
          marginLeft: 78,
          marginRight: 62,
          marginTop: 6,
          marginBottom: 42,
          x: {
            domain: [0, end],
            label: `mean time (${unit.name}, lower is better)`,
            tickFormat: significant,
            ticks: 5,
          },
          y: { type: "band", label: null, tickSize: 0 },
          marks: [
            barX(own, {
              y: "source",
              x1: 0,
              x2: ({ queue }) => queue * unit.factor,
              fill: orange,
              insetTop: 3,
              insetBottom: 3,
            }),
            barX(own, {
              y: "source",
              x1: ({ queue }) => queue * unit.factor,
              x2: ({ queue, service }) => (queue + service) * unit.factor,
              stroke: blue,
              fill: blue,
              fillOpacity: 0.35,
              insetTop: 3,
              insetBottom: 3,
            }),
            text(own, {
              y: "source",
              x: ({ queue, service }) => (queue + service) * unit.factor,
              text: ({ queue, service }) => formatSeconds(queue + service),
              textAnchor: "start",
              dx: 4,
            }),
          ],
        }),
      })),
      legend([
        { label: "waiting", colour: orange, mark: "bar" },
        { label: "executing", colour: blue, mark: "bar", hollow: true },
      ]),
    ),
    text: textTable(
      ["placement", "source", "waiting", "executing", "worker busy"],
      bars.map(({ placement, source, queue, service, busy }) => [
        placement,
        source,
        formatSeconds(queue),
        formatSeconds(service),
        formatPercent(busy),
      ]),
    ),
  });
}

/** Means over all requests of a group, each run weighted by its requests. */
function toBar(group: StreamGroup) {
  const { placement, source, streams } = group;
  const requests = countRequests(group);
  const mean = (read: (stream: StreamTrace) => number) =>
    requests === 0 ? 0 : streams.reduce((sum, stream) => sum + stream.requests * read(stream), 0) / requests;
  return {
    placement,
    source,
    queue: mean(({ queueMeanSeconds }) => queueMeanSeconds),
    service: mean(({ serviceMeanSeconds }) => serviceMeanSeconds),
    busy: mean(({ busyFraction }) => busyFraction),
  };
}
