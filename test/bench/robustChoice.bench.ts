import { defaultHolding, defaultModeMargin } from "@partitune/solver";
import {
  calibrationError,
  type Forecast,
  forecastsOf,
  playRobust,
  type RobustKind,
  type RobustOutcome,
  type RobustRun,
  reliabilityOf,
  robustKinds,
} from "../solver/fixtures/robustProblems.ts";
import type { BenchRow } from "./benchRow.ts";

const problemsPerBoard = 30;
const margins = [0, 0.01, 0.02, 0.03];
const least = defaultHolding;
const highestBreakRate = 0.005;
const highestCalibrationError = 0.02;

/**
 * How often a fresh measurement of a chosen configuration breaks a budget, by problem kind and margin, on three synthetic boards of 441
 * modes: chosen from all modes, each measured once, where choosing the extreme deceives most, and from the 15 modes of a search. Then
 * choices by their probability of holding, as a search makes them unless a margin is asked for; and whether the stated probabilities come true.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const forecasts = new Map<number, Forecast[]>(margins.map((margin) => [margin, []]));
  const play = (kind: RobustKind, from: RobustRun["from"], choose: RobustRun["choose"]) =>
    playRobust({ kind, problems: problemsPerBoard, from, choose });
  for (const kind of Object.keys(robustKinds) as RobustKind[]) {
    for (const margin of margins) {
      const outcomes = play(kind, "all modes", { margin });
      forecasts.get(margin)!.push(...forecastsOf(outcomes));
      rows.push(breakRow(`${kind}, all modes, margin ${percent(margin)}`, outcomes, false));
    }
    for (const from of ["15 probes", "60 modes"] as const) {
      const label = `${kind}, ${from}`;
      rows.push(
        breakRow(
          `${label}, margin ${percent(defaultModeMargin)}`,
          play(kind, from, { margin: defaultModeMargin }),
          false,
        ),
        breakRow(`${label}, at least ${percent(least)} sure`, play(kind, from, { least }), true),
      );
    }
  }
  return [
    ...rows,
    calibrationRow("all margins", [...forecasts.values()].flat(), true),
    calibrationRow("without a margin", forecasts.get(0)!, false),
  ];
}

function breakRow(name: string, outcomes: readonly (RobustOutcome | null)[], isTarget: boolean): BenchRow {
  const found = outcomes.filter((outcome) => outcome !== null);
  const used = found.flatMap((outcome) => outcome.used).sort((a, b) => a - b);
  const rate = used.filter((part) => part > 1 + 1e-9).length / used.length;
  const stated = found.reduce((sum, outcome) => sum + 1 - outcome.stated, 0) / found.length;
  const loss = found.reduce((sum, outcome) => sum + outcome.loss, 0) / found.length;
  const most = Math.max(0, used.at(-1)! - 1);
  return {
    name: `budgets broken: ${name}`,
    ...(isTarget && { target: `≤ ${100 * highestBreakRate} %` }),
    value: 100 * rate,
    unit: "%",
    met: isTarget ? rate <= highestBreakRate : null,
    note: `of ${used.length} fresh measurements, by at most ${percent(most)}; stated ${percent(stated)}; loses ${percent(loss)}, ${outcomes.length - found.length} of ${outcomes.length} without a choice; synthetic boards`,
  };
}

function calibrationRow(name: string, forecasts: readonly Forecast[], isTarget: boolean): BenchRow {
  const error = calibrationError(forecasts);
  const table = reliabilityOf(forecasts)
    .map(({ count, stated, held }) => `${percent(stated)} → ${percent(held)} (${count})`)
    .join(", ");
  return {
    name: `calibration error of the probability of holding, ${name}`,
    ...(isTarget && { target: `≤ ${highestCalibrationError}` }),
    value: error,
    unit: "",
    met: isTarget ? error <= highestCalibrationError : null,
    note: `stated → held: ${table}`,
  };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
