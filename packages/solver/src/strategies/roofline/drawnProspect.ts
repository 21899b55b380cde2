import { normalCumulative, normalQuantile, type Random, sobol } from "@partitune/numerics";
import { type CandidateCosts, excessSum, type RunCost } from "../../problems/judgeOf.ts";
import type { Ledger } from "../ledger.ts";
import type { Forecast } from "./forecaster.ts";
import type { Gaussian } from "./mixture.ts";
import type { Outlook } from "./outlook.ts";
import type { Prospect } from "./prospect.ts";

/** A power of two, for Sobol points to be even. */
const drawCount = 16;
/** Time and power of training and of two served workloads, and idle power. */
const dimensions = 7;
/** A limit missed or kept by less is half missed, half kept: smooths the steps that few draws make. */
const blur = 0.005;
/** A candidate that breaks its limits, or gains nothing, even with all costs so many deviations lower, is not drawn. */
const optimism = 1.5;

export interface DrawnProspect extends Prospect {
  readonly excess: number;
}

/** Even draws of standard normal numbers: draws × dimensions. */
export function normalDraws(random: Random): Float64Array {
  return sobol(drawCount, dimensions, { shift: random }).map((u) => {
    const cell = Math.floor(u * drawCount);
    return normalQuantile((cell + 0.5) / drawCount);
  });
}

/**
 * What is hoped of each candidate of any problem, by judging joint draws of its costs. `excess` is by how much its limits are broken, in
 * all, if all costs are as low as may be.
 *
 * @param widening  factor of all deviations, 1 to trust the forecasts
 * @returns a function from a candidate of the ledger
 */
export function drawnProspect(
  ledger: Ledger,
  outlook: Outlook,
  draws: Float64Array,
  widening: number,
): (candidate: number) => DrawnProspect {
  const { jobs, table, combinations, judge } = ledger;
  const count = combinations.length;
  const positions = combinations.map((batches) => batches.map((batch, s) => jobs.served[s]!.batches.indexOf(batch)));
  const best = ledger.best()?.judgement.value ?? null;
  const unit = best === null ? 1 : Math.abs(best) || 1;
  const drawn = ({ mean, variance }: Gaussian, z: number) => Math.exp(mean + widening * Math.sqrt(variance) * z);
  const costOf = ({ logTime, logPower }: Forecast, timeZ: number, powerZ: number): RunCost => ({
    timeSeconds: drawn(logTime, timeZ),
    powerWatts: drawn(logPower, powerZ),
  });
  return (candidate) => {
    const combination = candidate % count;
    const mode = (candidate - combination) / count;
    const batches = combinations[combination]!;
    const training = table.trainingSlot === null ? null : outlook.training(mode);
    const served = positions[combination]!.map((batch, s) => outlook.served(s, mode, batch));
    const idle = table.idleSlot === null ? null : outlook.idle(mode);
    const judgeAt = (z: (dimension: number) => number) => {
      const costs: CandidateCosts = {
        ...(training !== null && { training: costOf(training, z(0), z(1)) }),
        served: served.map((forecast, s) => costOf(forecast, z(2 + 2 * s), z(3 + 2 * s))),
        ...(idle !== null && { idleWatts: drawn(idle, z(6)) }),
      };
      return judge(batches, costs);
    };
    const brightest = judgeAt(() => -optimism);
    const excess = excessSum(brightest);
    if (excess > 2 * blur || (best !== null && brightest.value >= best)) return { gain: 0, probability: 0, excess };
    let [gain, probability] = [0, 0];
    for (let draw = 0; draw < drawCount; draw++) {
      const { value, excess } = judgeAt((dimension) => draws[draw * dimensions + dimension]!);
      const keeps = kept(excess.power) * kept(excess.latency) * kept(excess.load);
      probability += keeps / drawCount;
      if (best !== null && value < best) gain += (keeps * (best - value)) / unit / drawCount;
    }
    return { gain: best === null ? probability : gain, probability, excess };
  };
}

function kept(excess: number): number {
  if (excess < -5 * blur) return 1;
  return excess > 5 * blur ? 0 : normalCumulative(-excess / blur);
}
