import assert from "node:assert/strict";
import type { Config } from "@partitune/schema";
import { fit as fitProfile, predictor } from "@partitune/surrogate";
import { made, profileOf } from "../surrogate/fixtures/profileOf.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const predictions = 20_000;
const config: Config = {
  workload: "a",
  powerMode: "default",
  partition: { kind: "cpu-share", share: 0.6 },
  batch: 3,
};

/** Fitting the table of a quick campaign, and predicting from it; the fit is checked on what it held out. */
export async function bench(): Promise<BenchRow[]> {
  const profile = profileOf({ workloads: ["a", "b", "c"], noise: 0.02 });
  const surrogate = fitProfile(profile, { made });
  for (const { scores } of surrogate.fits) assert.ok(scores.medianError !== null && scores.medianError < 0.05);
  const metrics = surrogate.fits.length / profile.workloads.length;
  const fitting = medianSeconds(() => fitProfile(profile, { made }), 3);
  return [
    {
      name: `fit 3 workloads × 16 configurations × ${metrics} metrics`,
      target: "≤ 3 s",
      value: fitting,
      unit: "s",
      met: fitting <= 3,
    },
    predictionRow("a law", ["amdahl"], 5),
    predictionRow("a Gaussian process of 16 rows", ["gaussian-process"]),
  ];
}

function predictionRow(what: string, models: readonly string[], limit?: number): BenchRow {
  const surrogate = fitProfile(profileOf({ noise: 0.02 }), { made, models });
  const predict = predictor(surrogate);
  const seconds = medianSeconds(() => {
    for (let i = 0; i < predictions; i++) predict(config);
  });
  const value = (1e6 * seconds) / predictions / surrogate.fits.length;
  return {
    name: `predict one metric with ${what}`,
    ...(limit !== undefined && { target: `≤ ${limit} µs` }),
    value,
    unit: "µs",
    met: limit === undefined ? null : value <= limit,
  };
}
