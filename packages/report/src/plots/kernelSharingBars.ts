import { barX, ruleX, text } from "@observablehq/plot";
import type { KernelOutcome, KernelSharing } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatNanoseconds } from "../formatNanoseconds.ts";
import { significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { pairName } from "../pairName.ts";
import { limitColour, mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/** px */
const size = { width: 600, labels: 236, row: 30 } as const;

/**
 * For each pair of tasks and each way of sharing: how much faster the urgent task is than under the default way, and what is left to the others;
 * one panel per pair. Running alone is the most that is possible, and leaves the others nothing.
 */
export function kernelSharingBars(sharings: readonly KernelSharing[]): Display {
  return display({
    title: "Speed of the urgent task, and what is left to the others",
    caption: [
      "Upper bar of a way: completion of the urgent task under the default way over its completion under this one. Lower bar: work of the others (or, of jobs that end, their speed) relative to the default way. Means over steps that no prediction has seen; simulated",
      ...syntheticNote(sharings.some(({ synthetic }) => synthetic)),
    ].join(". "),
    picture: panels(
      sharings.map((sharing) => ({ name: pairName(sharing), svg: drawPair(sharing), width: size.width })),
      legend([
        { label: "speed-up of the urgent task", colour: highColour, mark: "bar" },
        { label: "ratio of the others", colour: lowColour, mark: "bar" },
        { label: "as under the default way", colour: limitColour, mark: "dashed" },
      ]),
    ),
    text: textTable(
      ["tasks", "sharing", "completion", "speed-up", "slow-down", "others' ratio", "work of others", "delay"],
      sharings.flatMap((sharing) =>
        sharing.outcomes.map((outcome) => [
          pairName(sharing),
          outcome.title,
          formatNanoseconds(outcome.highCompletion),
          `${significant(outcome.speedUp)}×`,
          `${significant(outcome.slowDown)}×`,
          ratioText(outcome),
          formatNanoseconds(outcome.lowWork),
          formatNanoseconds(outcome.delay),
        ]),
      ),
    ),
  });
}

const [highColour, lowColour] = [seriesStyle(0).colour, seriesStyle(1).colour];

function ratioText({ lowRatio }: KernelOutcome): string {
  return lowRatio === null ? "–" : significant(lowRatio);
}

function drawPair(sharing: KernelSharing): string {
  const rows = sharing.outcomes.map((outcome, i) => ({ ...outcome, row: `${i}` }));
  const largest = rows.reduce((most, { speedUp, lowRatio }) => Math.max(most, speedUp, lowRatio ?? 0), 1);
  const half = (size.row - 6) / 2;
  const nameOf = (row: string) => fitText(sharing.outcomes[Number(row)]!.title, size.labels - 14, 11);
  return drawPlot(`${pairName(sharing)}: speed-ups and what is left to the others, by way of sharing`, {
    width: size.width,
    height: 52 + size.row * rows.length,
    marginLeft: size.labels,
    marginRight: 62,
    marginTop: 6,
    marginBottom: 42,
    x: { domain: [0, largest], label: "times the default way (higher is better)", tickFormat: significant, ticks: 5 },
    y: { type: "band", label: null, tickSize: 0, padding: 0, domain: rows.map(({ row }) => row), tickFormat: nameOf },
    marks: [
      ruleX([0], { stroke: mutedColour }),
      barX(rows, {
        y: "row",
        x1: 0,
        x2: "speedUp",
        fill: highColour,
        insetTop: 3,
        insetBottom: half + 3,
        title: "title",
      }),
      barX(
        rows.filter(({ lowRatio }) => lowRatio !== null),
        { y: "row", x1: 0, x2: "lowRatio", fill: lowColour, insetTop: half + 3, insetBottom: 3, title: "title" },
      ),
      ruleX([1], { stroke: limitColour, strokeDasharray: "5 3" }),
      text(rows, {
        y: "row",
        x: "speedUp",
        text: ({ speedUp }) => `${significant(speedUp)}×`,
        textAnchor: "start",
        dx: 4,
        dy: -half / 2,
        fontSize: 10,
      }),
      text(rows, {
        y: "row",
        x: ({ lowRatio }) => lowRatio ?? 0,
        text: ratioText,
        textAnchor: "start",
        dx: 4,
        dy: half / 2,
        fontSize: 10,
      }),
    ],
  });
}
