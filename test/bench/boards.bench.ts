import assert from "node:assert/strict";
import { boardFiles } from "../../packages/profiler/src/jetson/boardFiles.ts";
import { samplingPeriod } from "../../packages/profiler/src/jetson/boardSampler.ts";
import { findClocks } from "../../packages/profiler/src/jetson/findClocks.ts";
import { findRails } from "../../packages/profiler/src/jetson/findRails.ts";
import { findSensors, sampleBoard } from "../../packages/profiler/src/jetson/sampleBoard.ts";
import { monotonicSeconds } from "../../packages/profiler/src/meters/monotonicSeconds.ts";
import { modelledBoard } from "../profiler/fixtures/boards/modelledBoard.ts";
import { orinAgx } from "../profiler/fixtures/boards/orinAgx.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const samplesAtATime = 200;
const limitShare = 0.01;

/** What sampling a board costs, without the time that its own power monitors take to answer. */
export async function bench(): Promise<BenchRow[]> {
  const board = modelledBoard(orinAgx);
  try {
    const files = boardFiles(board.root);
    const sensors = findSensors(files, findClocks(files), findRails(files).rails);
    assert.equal(sampleBoard(files, sensors, monotonicSeconds).watts?.size, 4);
    const seconds = medianSeconds(() => {
      for (let i = 0; i < samplesAtATime; i++) sampleBoard(files, sensors, monotonicSeconds);
    }, 9);
    const share = seconds / samplesAtATime / samplingPeriod;
    return [
      {
        name: "sample the sensors of a modelled AGX Orin",
        target: `≤ ${100 * limitShare} % of a core`,
        value: 100 * share,
        unit: "% of a core",
        met: share <= limitShare,
        note: `${Math.round((seconds / samplesAtATime) * 1e6)} µs a sample, ${1 / samplingPeriod} times a second; power monitors of a real board add their own time`,
      },
    ];
  } finally {
    board.close();
  }
}
