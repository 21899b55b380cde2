import { InputError, type KernelStep } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import type { KernelGame, KernelPredictions, LowTask } from "../../../packages/simulator/src/kernelGame.ts";
import type { KernelOptions } from "../../../packages/simulator/src/kernelSettings.ts";
import { playKernels } from "../../../packages/simulator/src/playKernels.ts";
import { lowOf, stepOf } from "./testKernels.ts";

interface Fault {
  readonly what: string;
  readonly high?: KernelStep;
  readonly low?: Partial<LowTask>;
  readonly game?: Partial<KernelGame>;
  readonly settings?: KernelOptions;
  readonly predictions?: KernelPredictions;
  readonly message: RegExp;
}

const endless = { scenario: "co-run" } as const;
const preempting = { scenario: "preemption", arrival: 5 } as const;
const predicted = (idles: readonly number[], durations: readonly number[] = []) => ({ idles, durations: [durations] });

const faults: readonly Fault[] = [
  {
    what: "a negative duration",
    high: stepOf([-1]),
    message: /"high" has durations of -1 at row 0; give whole numbers/,
  },
  { what: "a fraction of a nanosecond", high: stepOf([1, 0.5], [1]), message: /"high" has idle times of 0.5 at row 0/ },
  { what: "times beyond exact whole numbers", high: stepOf([2 ** 53]), message: /at row 0/ },
  { what: "an empty chain", high: stepOf(), message: /"high" has no operations/ },
  { what: "an urgent task that takes no time", high: stepOf([0], [0]), message: /"high" takes no time/ },
  { what: "an unknown kind of idle time", high: stepOf([1, 1, 3], [1]), message: /idle time of kind 3 at row 0/ },
  {
    what: "columns of several lengths",
    high: { ...stepOf([1]), idles: [] },
    message: /has 1 operations and a column of 0/,
  },
  { what: "an empty chain of another task", low: { step: stepOf() }, message: /"low" has no operations/ },
  {
    what: "an eleventh level",
    low: { priority: 10 },
    message: /"low" has priority 10; there are 10 levels: give 0 to 9/,
  },
  { what: "a negative level", low: { priority: -1 }, message: /"low" has priority -1/ },
  {
    what: "an endless task that takes no time",
    low: { step: stepOf([0]) },
    message: /"low" takes no time and runs without end/,
  },
  { what: "jobs in a co-run", low: { jobs: 3 }, message: /"low" has 3 jobs; leave them null/ },
  {
    what: "an endless task in a preemption",
    game: preempting,
    message: /"low" runs without end; give a number of jobs/,
  },
  { what: "no jobs in a preemption", game: preempting, low: { jobs: 0 }, message: /"low" has 0 jobs/ },
  { what: "an arrival in a co-run", game: { ...endless, arrival: 5 }, message: /arrival of "high" is 5; leave it out/ },
  {
    what: "an arrival before the start",
    game: { ...preempting, arrival: -5 },
    low: { jobs: 1 },
    message: /arrival of "high" is -5/,
  },
  { what: "no multiprocessors needed", low: { needs: [0] }, message: /"low" needs 0 multiprocessors at row 0/ },
  {
    what: "a quantum of nothing",
    settings: { quantum: 0 },
    message: /"quantum" is 0; give a whole number of at least 1/,
  },
  { what: "an empty window", settings: { window: 0 }, message: /"window" is 0/ },
  { what: "half a nanosecond to hand over", settings: { dispatch: 0.5 }, message: /"dispatch" is 0.5/ },
  {
    what: "a device without multiprocessors",
    settings: { orion: { multiprocessors: 0 } },
    message: /"orion.multiprocessors" is 0/,
  },
  { what: "a negative prediction", predictions: predicted([-1]), message: /predicted idle times of -1 at row 0/ },
  {
    what: "a prediction that is not a number",
    predictions: predicted([], [Number.NaN]),
    message: /"low" has predicted durations of NaN/,
  },
  {
    what: "more predictions than operations",
    predictions: predicted([1, 1, 1]),
    message: /more predicted idle times than operations/,
  },
  {
    what: "predictions for nobody",
    predictions: { idles: [], durations: [[], []] },
    message: /predictions for 2 other tasks; there are 1/,
  },
  {
    what: "feedback without keys",
    settings: { feedback: true },
    predictions: predicted([1]),
    message: /feedback needs to know/,
  },
  {
    what: "keys that miss operations",
    predictions: { ...predicted([1]), keys: [1] },
    message: /keys that do not name its operations/,
  },
];

describe("bad input is refused in words", () => {
  test.each(faults)(
    "$what",
    ({ high = stepOf([10, 10], [10]), low = {}, game = endless, settings = {}, message, ...rest }) => {
      const played = { ...endless, high: { name: "high", step: high }, low: [lowOf(stepOf([5]), low)], ...game };
      const play = () => playKernels(played, "fill", { settings, ...rest });
      expect(play).toThrow(InputError);
      expect(play).toThrow(message);
    },
  );

  test("a preemption without other tasks is the urgent task alone", () => {
    const game = { ...preempting, high: { name: "high", step: stepOf([10, 10], [10]) }, low: [] };
    expect(playKernels(game, "fifo")).toMatchObject({ completion: 30, alone: 30, lowWork: 0, lowFinishes: [] });
  });
});
