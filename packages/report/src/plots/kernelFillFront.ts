import { dot, line, text } from "@observablehq/plot";
import type { KernelSharing } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { formatNanoseconds } from "../formatNanoseconds.ts";
import { type DisplayUnit, displayUnit, formatPercentile, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { pairName } from "../pairName.ts";
import { mutedColour, paperColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/**
 * What caution costs: filling at pairs of quantiles, by the delay of the urgent task and the work of the others; and the same beside stream
 * priorities alone, which need no prediction. No point is the right one: which delay is worth which work is for the reader to say.
 */
export function kernelFillFront(sharing: KernelSharing): Display {
  const points = sharing.front;
  return display({
    title: `What caution costs: ${pairName(sharing)}`,
    caption: [
      `Filling gaps at ${points.length} pairs of quantiles (execution times / idle times), means over ${sharing.heldOut.length} steps that no prediction has seen; simulated`,
      "Right: the same beside other ways of sharing, whose delays may be far longer",
      ...syntheticNote(sharing.synthetic),
    ].join(". "),
    picture: panels(
      [
        { name: "pairs of quantiles", svg: drawPairs(sharing) },
        { name: "beside other ways", svg: drawWays(sharing) },
      ],
      legend([
        { label: "no pair has less delay and more work", colour: fillColour, mark: "circle" },
        { label: "other pairs", colour: mutedColour, mark: "circle", hollow: true },
        { label: "other ways of sharing", colour: wayColour, mark: "square" },
      ]),
    ),
    text: textTable(
      ["execution times at", "idle times at", "delay", "work of others", "efficient"],
      points.map(({ executionQuantile, idleQuantile, delay, lowWork, efficient }) => [
        formatPercentile(executionQuantile),
        formatPercentile(idleQuantile),
        formatNanoseconds(delay),
        formatNanoseconds(lowWork),
        efficient ? "yes" : "no",
      ]),
    ),
  });
}

const wayWords: Readonly<Record<string, string>> = {
  greedy: "stream priorities",
  fifo: "one queue",
  timeslice: "time slices",
  orion: "Orion's policy",
};

const [fillColour, wayColour] = [seriesStyle(0).colour, seriesStyle(1).colour];

interface Place {
  readonly delay: number;
  readonly lowWork: number;
}

/** Axes of a picture; ns in, chosen units out. */
function axesOf(places: readonly Place[]) {
  const most = (read: (place: Place) => number) => Math.max(1, ...places.map(read));
  const [x, y] = [most(({ delay }) => delay), most(({ lowWork }) => lowWork)].map((ns) => ({
    ...displayUnit("s", ns * 1e-9),
    end: ns * 1e-9,
  })) as [DisplayUnit & { end: number }, DisplayUnit & { end: number }];
  return {
    options: {
      height: 280,
      marginLeft: 52,
      marginRight: 70,
      marginTop: 28,
      marginBottom: 44,
      x: {
        label: `delay of the urgent task (${x.name}, lower is better)`,
        domain: [0, 1.05 * x.end * x.factor],
        ticks: 5,
        tickFormat: significant,
      },
      y: {
        label: `work of the others (${y.name}, higher is better)`,
        domain: [0, 1.08 * y.end * y.factor],
        grid: true,
        ticks: 5,
        tickFormat: significant,
      },
    },
    place: {
      x: ({ delay }: Place) => delay * 1e-9 * x.factor,
      y: ({ lowWork }: Place) => lowWork * 1e-9 * y.factor,
    },
  };
}

function drawPairs({ front }: KernelSharing): string {
  const { options, place } = axesOf(front);
  const efficient = front.filter((point) => point.efficient).sort((a, b) => a.delay - b.delay);
  return drawPlot("delay of the urgent task against work of the others, by pair of quantiles", {
    ...options,
    marks: [
      dot(
        front.filter((point) => !point.efficient),
        { ...place, r: 3, stroke: mutedColour },
      ),
      line(efficient, { ...place, stroke: fillColour, curve: "step-after", strokeOpacity: 0.6 }),
      dot(efficient, { ...place, r: 4, fill: fillColour }),
      ...endLabels([...Map.groupBy(efficient, placeName).values()]).map(({ points, ...placing }) =>
        text([points], {
          x: ([first]) => place.x(first!),
          y: ([first]) => place.y(first!),
          text: pairNames,
          fontSize: 10,
          stroke: paperColour,
          strokeWidth: 3,
          fill: "currentColor",
          ...placing,
        }),
      ),
    ],
  });
}

type FrontPoint = KernelSharing["front"][number];

function placeName({ delay, lowWork }: FrontPoint): string {
  return `${delay}/${lowWork}`;
}

/** The most careful of the pairs that came to the same, and how many more there are. */
function pairNames(points: readonly FrontPoint[]): string {
  const careful = points.toSorted(
    (a, b) => a.idleQuantile - b.idleQuantile || b.executionQuantile - a.executionQuantile,
  )[0]!;
  const more = points.length > 1 ? ` and ${points.length - 1} more` : "";
  return `${formatPercentile(careful.executionQuantile)}/${formatPercentile(careful.idleQuantile)}${more}`;
}

interface EndLabel {
  readonly points: readonly FrontPoint[];
  readonly textAnchor: "start" | "end";
  readonly dx: number;
  readonly dy: number;
}

/** Both ends, the first below its point and the last above: labels of all would cover each other. */
function endLabels(places: readonly (readonly FrontPoint[])[]): readonly EndLabel[] {
  const [first, last] = [places[0], places.at(-1)];
  return [
    ...(first === undefined ? [] : [{ points: first, textAnchor: "start", dx: 4, dy: 12 } as const]),
    ...(last === undefined || last === first ? [] : [{ points: last, textAnchor: "end", dx: 4, dy: -12 } as const]),
  ];
}

function drawWays({ front, outcomes }: KernelSharing): string {
  const ways = outcomes.filter(({ policy }) => policy !== "exclusive" && policy !== "fill");
  const { options, place } = axesOf([...front, ...ways]);
  return drawPlot("delay of the urgent task against work of the others, by way of sharing", {
    ...options,
    marks: [
      dot(
        front.filter(({ efficient }) => efficient),
        { ...place, r: 3, fill: fillColour },
      ),
      dot(ways, { ...place, r: 4, symbol: "square", fill: wayColour, title: "title" }),
      text(ways, {
        ...place,
        text: ({ policy }) => wayWords[policy] ?? policy,
        textAnchor: "start",
        dx: 8,
        fontSize: 10,
        stroke: paperColour,
        strokeWidth: 3,
        fill: "currentColor",
      }),
    ],
  });
}
