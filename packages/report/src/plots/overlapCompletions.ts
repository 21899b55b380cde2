import { dot, ruleY, tickX } from "@observablehq/plot";
import type { KernelOverlap, OverlapOutcome } from "@partitune/schema";
import { syntheticNote } from "../captionOf.ts";
import { type Display, display, panels } from "../display.ts";
import { drawPlot } from "../drawPlot.ts";
import { fitText } from "../fitText.ts";
import { formatNanoseconds } from "../formatNanoseconds.ts";
import { displayUnit, significant } from "../formatQuantity.ts";
import { legend } from "../legend.ts";
import { mutedColour, seriesStyle } from "../palette.ts";
import { textTable } from "../textTable.ts";

/**
 * Networks that really shared a device, way by way: completion of every step of the urgent one and what the others did meanwhile, each beside what
 * the kernel simulator predicts of the same steps.
 */
export function overlapCompletions(overlap: KernelOverlap): Display {
  const { high, low, deviceName, outcomes, recordedSteps } = overlap;
  const others = low.map(({ task }) => task).join(" and ");
  return display({
    title: `Measured: ${high.task} with ${others}`,
    caption: [
      `${outcomes[0]!.steps.length} steps each on ${deviceName ?? "an unnamed device"}, operator by operator; every step is a mark, the long ones are medians`,
      `Predicted from ${recordedSteps} steps of each network alone, of which none is shown. Waits of the urgent network's host were put there on purpose, the same under every way`,
      ...syntheticNote(overlap.synthetic),
    ].join(". "),
    picture: panels(
      [
        {
          name: "completion of a step",
          svg: drawWays(outcomes, completion, "completion (", ", lower is better)"),
          width: size.width,
        },
        {
          name: "work of the others in a step",
          svg: drawWays(outcomes, work, "work of the others (", ", higher is better)"),
          width: size.width,
        },
      ],
      legend([
        { label: "measured, step by step and median", colour: measuredColour, mark: "line" },
        { label: "predicted, median", colour: predictedColour, mark: "diamond" },
      ]),
    ),
    text: textTable(
      ["sharing", "completion, median", "predicted", "longest", "work of others, median", "predicted"],
      outcomes.map((outcome) => [
        outcome.title,
        formatNanoseconds(medianOf(completion(outcome).measured)),
        predictedText(completion(outcome)),
        formatNanoseconds(completion(outcome).measured.reduce((a, b) => Math.max(a, b))),
        formatNanoseconds(medianOf(work(outcome).measured)),
        predictedText(work(outcome)),
      ]),
    ),
  });
}

/** One number of every step, ns; null when the simulator was not asked. */
interface Both {
  readonly measured: readonly number[];
  readonly predicted: readonly number[] | null;
}

function completion({ steps, predicted }: OverlapOutcome): Both {
  return {
    measured: steps.map((step) => step.completion),
    predicted: predicted?.map((step) => step.completion) ?? null,
  };
}

function work({ steps, predicted }: OverlapOutcome): Both {
  return { measured: steps.map((step) => step.lowWork), predicted: predicted?.map((step) => step.lowWork) ?? null };
}

const size = { width: 600, labels: 200, row: 26 } as const;
const [measuredColour, predictedColour] = [seriesStyle(0).colour, seriesStyle(1).colour];

function drawWays(
  outcomes: readonly OverlapOutcome[],
  read: (outcome: OverlapOutcome) => Both,
  before: string,
  after: string,
): string {
  const rows = outcomes.map((outcome, i) => ({ ...read(outcome), row: `${i}` }));
  const most = rows
    .flatMap(({ measured, predicted }) => [...measured, ...(predicted ?? [])])
    .reduce((a, b) => Math.max(a, b), 1);
  const unit = displayUnit("s", most * 1e-9);
  const inUnit = (ns: number) => ns * 1e-9 * unit.factor;
  const steps = rows.flatMap(({ row, measured }) => measured.map((ns) => ({ row, value: inUnit(ns) })));
  const medians = rows.map(({ row, measured }) => ({ row, value: inUnit(medianOf(measured)) }));
  const predictions = rows.flatMap(({ row, predicted }) =>
    predicted === null ? [] : [{ row, value: inUnit(medianOf(predicted)) }],
  );
  return drawPlot(`${before}${unit.name}${after}, by way of sharing`, {
    width: size.width,
    height: 52 + size.row * rows.length,
    marginLeft: size.labels,
    marginRight: 20,
    marginTop: 6,
    marginBottom: 42,
    x: { domain: [0, 1.02 * inUnit(most)], label: `${before}${unit.name}${after}`, tickFormat: significant, ticks: 5 },
    y: {
      type: "band",
      padding: 0,
      label: null,
      tickSize: 0,
      domain: rows.map(({ row }) => row),
      tickFormat: (row: string) => fitText(outcomes[Number(row)]!.title, size.labels - 14, 11),
    },
    marks: [
      ruleY(rows, { y: "row", stroke: mutedColour, strokeOpacity: 0.2 }),
      dot(steps, { x: "value", y: "row", r: 2, fill: measuredColour, fillOpacity: 0.3 }),
      tickX(medians, { x: "value", y: "row", stroke: measuredColour, strokeWidth: 2, inset: 6 }),
      dot(predictions, { x: "value", y: "row", r: 4, symbol: "diamond", stroke: predictedColour, strokeWidth: 2 }),
    ],
  });
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0;
}

function predictedText({ predicted }: Both): string {
  return predicted === null ? "–" : formatNanoseconds(medianOf(predicted));
}
