import { type KernelPlay, playHigh, runFreely, runLow, runOut } from "../kernelPlay.ts";
import type { KernelSettings } from "../kernelSettings.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";

/**
 * Predicted gaps are filled with operations predicted to fit: on the lowest level that has one, the longest (BestPrioFit).
 *
 * The scheduler sees launches, so it starts nothing while an operation of the urgent task waits, unless it is `blind`. It cannot see how
 * long a gap will last.
 */
export const fill = {
  description: "gaps predicted to be long enough are filled with the longest operations predicted to fit",
  title: ({ blind, oracle, feedback, maxOverrun }) =>
    [
      oracle ? "gaps filled, all times known" : "gaps filled by prediction",
      ...(blind ? ["launches not seen"] : []),
      ...(feedback ? ["feedback"] : []),
      ...(maxOverrun === null ? [] : [`until held up by ${maxOverrun / 1000} µs`]),
    ].join(", "),
  play(play, settings) {
    const { blind, maxOverrun, minGap } = settings;
    const { high, tally } = play;
    const predict = settings.oracle ? (_row: number, gap: number) => gap : predictor(play, settings.feedback);
    const fillGap = gapFiller(play, settings);
    const limit = maxOverrun ?? Number.POSITIVE_INFINITY;
    let heldUp = 0;
    let overPredicted = 0;
    const begin = runFreely(play, 0, play.arrival, 0);
    const end = playHigh(play, begin, (row, from, ready) => {
      const gap = ready - from;
      if (!blind && (high.kinds[row] !== 1 || gap === 0)) return ready;
      const predicted = predict(row, gap);
      if (predicted > gap) overPredicted += predicted - gap;
      if (gap === 0 || predicted === 0 || predicted < minGap || heldUp > limit) return ready;
      const next = fillGap(from, from + predicted, ready);
      heldUp += next - ready;
      return next;
    });
    tally.overPredicted = overPredicted;
    runOut(play, end, true);
  },
} satisfies KernelPolicy;

/** What is predicted of the idle time after a row, given what was seen before; it is then told how long that really was. */
function predictor({ high, predictedIdles, keys }: KernelPlay, feedback: boolean) {
  if (!feedback) return (row: number) => predictedIdles[row]!;
  const seen = new Float64Array(high.count).fill(Number.POSITIVE_INFINITY);
  return (row: number, gap: number) => {
    const key = keys![row]!;
    const predicted = Math.min(predictedIdles[row]!, seen[key]!);
    if (gap < predicted) seen[key] = gap;
    return predicted;
  };
}

function gapFiller(play: KernelPlay, { dispatch, oracle }: KernelSettings) {
  const { low, tally } = play;
  const times = oracle ? low.durations : low.predicted;
  return (from: number, predictedEnd: number, ready: number): number => {
    const lastStart = Math.min(predictedEnd, ready);
    let now = from;
    while (now < ready) {
      const task = low.bestFit(now, predictedEnd - now - dispatch, times);
      if (task >= 0) {
        tally.dispatch += dispatch;
        now = runLow(play, task, now + dispatch, ready);
        continue;
      }
      const next = low.nextReady(now);
      if (next >= lastStart) break;
      now = next;
    }
    return Math.max(now, ready);
  };
}
