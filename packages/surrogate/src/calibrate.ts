import { type DeviceSize, type Fit, formatPartition, type Residual } from "@partitune/schema";
import { z } from "zod";
import { conformalRatio } from "./conformalRatio.ts";
import { domainOf } from "./domain.ts";
import type { Draft, HeldOutPoint } from "./fitMetric.ts";
import { scoresOf } from "./scores.ts";
import { widen } from "./widen.ts";

/** What an interval rests on. */
export type Basis = "own" | "pooled" | "open";

/** A fit, and what its interval rests on: errors of its own, of all workloads for the same metric, or none. */
export interface CalibratedFit {
  readonly fit: Fit;
  readonly basis: Basis;
}

/**
 * Gives every draft its intervals and scores.
 *
 * The interval comes from the fit's own held-out errors where these suffice for the confidence, else from those of all workloads for the same
 * metric, else there is none. A value that judges the coverage has no part in the interval that it is judged by.
 *
 * @param device  that was measured
 */
export function calibrate(drafts: readonly Draft[], device: DeviceSize, confidence: number): CalibratedFit[] {
  const byMetric = Map.groupBy(drafts, ({ metric }) => metric);
  return drafts.map((draft) => {
    const others = byMetric.get(draft.metric)?.filter((other) => other !== draft) ?? [];
    return calibrateDraft(draft, others, device, confidence);
  });
}

function calibrateDraft(draft: Draft, others: readonly Draft[], device: DeviceSize, confidence: number): CalibratedFit {
  const own = draft.points.map(({ error }) => error);
  const foreign = others.flatMap(({ points }) => points.map(({ error }) => error));
  const { ratio, basis } = intervalFrom(own, foreign, confidence);
  const judging = own.map((_, i) => intervalFrom(own.toSpliced(i, 1), foreign, confidence).ratio);
  const between = (knob: Knob) => ({
    measured: draft.levels[knob].measured,
    intervalRatio: ratioBetween(draft, others, knob, ratio, confidence),
  });
  const fit: Fit = {
    workload: draft.workload,
    metric: draft.metric,
    model: draft.model.name,
    parameters: z.json().parse(draft.parameters),
    intervalRatio: ratio,
    between: { fraction: between("fraction"), batch: between("batch") },
    domain: domainOf(
      draft.points.map(({ config }) => config),
      draft.strata,
      device,
    ),
    scores: scoresOf(draft.points.map((point, i) => ({ ...point, ratio: judging[i] }))),
    rivals: draft.rivals,
    residuals: draft.points.map((point, i) => residualOf(point, judging[i])),
  };
  return { fit, basis };
}

function intervalFrom(own: readonly number[], foreign: readonly number[], confidence: number) {
  const alone = conformalRatio(own, confidence);
  if (alone !== null) return { ratio: alone, basis: "own" } as const;
  const pooled = conformalRatio([...own, ...foreign], confidence);
  return pooled === null ? ({ ratio: null, basis: "open" } as const) : ({ ratio: pooled, basis: "pooled" } as const);
}

type Knob = keyof Draft["levels"];

/**
 * Half width between measured values of a knob, never narrower than at these themselves. From the knob's own inner levels; where these are too few
 * from those of both knobs, then from all workloads. A knob without inner levels says nothing.
 */
function ratioBetween(
  draft: Draft,
  others: readonly Draft[],
  knob: Knob,
  ratio: number | null,
  confidence: number,
): number | null {
  const { errors } = draft.levels[knob];
  if (errors.length === 0 || ratio === null) return null;
  const foreign = others.flatMap(({ levels }) => levels[knob].errors);
  const held =
    conformalRatio(errors, confidence) ??
    conformalRatio([...draft.levels.fraction.errors, ...draft.levels.batch.errors], confidence) ??
    conformalRatio([...errors, ...foreign], confidence);
  return held === null ? null : Math.max(held, ratio);
}

function residualOf({ config, measured, predicted }: HeldOutPoint, ratio: number | null): Residual {
  return {
    partition: formatPartition(config.partition),
    powerMode: config.powerMode,
    batch: config.batch,
    measured,
    predicted: widen(predicted, ratio),
  };
}
