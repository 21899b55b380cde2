import { InputError, type InterferenceModel, type Warning } from "@partitune/schema";
import type { InterferenceFolds } from "./interferenceFolds.ts";
import type { InterferenceSample } from "./interferenceSample.ts";
import { mean } from "./mean.ts";
import { type PairedGain, pairedGain } from "./pairedGain.ts";

/** What a model predicted of samples that it was not fitted to. */
export interface Trial {
  readonly name: InterferenceModel["model"];
  readonly predicted: readonly number[];
  /** The same raised to the quantile, each fold by what the others ask for; the predictions themselves without a quantile. */
  readonly raised: readonly number[];
  /** By how much the model is to be raised for the quantile. */
  readonly factor: number;
  /** Whether there are enough samples for the quantile. */
  readonly reached: boolean;
}

/** The choice among models, and its reason. */
export interface InterferenceChoice {
  readonly model: InterferenceModel["model"];
  readonly factor: number;
  readonly why: string;
  readonly warnings: readonly Warning[];
}

/** Probability of leaving the constant for a model that is no better, over all models together. */
const level = 0.05;
/** Errors below a tenth of a percent are alike: no plan depends on them. */
const negligible = 1e-3;

/**
 * Chooses the model that predicts best, provided it beats the constant by more than chance: a one-sided paired test over the pairs of workloads
 * held out, at 5 % divided by the number of rivals. Ignoring neighbours is chosen only where the constant is no better at that.
 *
 * A rule of one standard error would leave the constant too easily: it accepts a model that is worse by luck in one case of six, for each
 * rival, and a model that fits two workloads may not be trusted with a third.
 *
 * @param asked  takes this model instead
 */
export function chooseInterference(
  trials: readonly Trial[],
  split: InterferenceFolds,
  samples: readonly InterferenceSample[],
  quantile: number | null,
  asked?: InterferenceModel["model"],
): InterferenceChoice {
  const losses = new Map(trials.map((trial) => [trial.name, lossesOf(trial, samples, quantile)]));
  const guard = losses.get("constant")!;
  const rivals = trials.filter(({ name }) => name !== "constant" && name !== "none");
  const gains = rivals.map(({ name }) => ({
    name,
    gain: gainOver(guard, losses.get(name)!, split, quantile === null ? negligible : 0),
  }));
  const proved = gains.filter(({ gain }) => gain.mean > 0 && gain.p <= level / rivals.length);
  const best = proved.toSorted((a, b) => mean(losses.get(a.name)!) - mean(losses.get(b.name)!))[0];
  const ignoring = mean(losses.get("none")!) <= mean(guard);
  const chosen = best?.name ?? (ignoring ? "none" : "constant");
  const reason = reasonFor(chosen, losses, gains, split, quantile);
  const why = asked === undefined ? reason : `asked for; by the scores ${chosen}: ${reason}`;
  const trial = trials.find(({ name }) => name === (asked ?? chosen));
  if (trial === undefined) throw notFitted(asked!);
  const { name, factor, reached } = trial;
  return { model: name, factor, why, warnings: reached ? [] : [tooFew(samples.length, quantile!)] };
}

/**
 * Relative error of each sample; at a quantile q the pinball loss, which is least where a part q of the samples is covered:
 * q·(y − ŷ)⁺ + (1 − q)·(ŷ − y)⁺, over y.
 */
function lossesOf({ raised }: Trial, samples: readonly InterferenceSample[], quantile: number | null): number[] {
  return samples.map(({ slowdown }, i) => {
    const error = (raised[i] - slowdown) / slowdown;
    if (quantile === null) return Math.abs(error);
    return error > 0 ? (1 - quantile) * error : -quantile * error;
  });
}

function gainOver(
  guard: readonly number[],
  rival: readonly number[],
  { folds, unseenPairs }: InterferenceFolds,
  least: number,
): PairedGain {
  const groups = folds.map(({ test, workloads }) => ({
    gain: mean(test.map((i) => Math.max(least, guard[i]) - Math.max(least, rival[i]))),
    workloads,
  }));
  return pairedGain(groups, { dyadic: unseenPairs });
}

type Gains = readonly { readonly name: string; readonly gain: PairedGain }[];

function reasonFor(
  chosen: string,
  losses: ReadonlyMap<string, readonly number[]>,
  gains: Gains,
  { unseenPairs, folds }: InterferenceFolds,
  quantile: number | null,
): string {
  const loss = (name: string) => percent(mean(losses.get(name)!));
  const what = quantile === null ? "mean error" : `mean loss at the ${percent(quantile)} quantile`;
  const where = unseenPairs ? "on pairs of workloads that it had not seen" : "on samples that it had not seen";
  if (chosen === "none") return `${what} ${loss("none")}, no more than ${loss("constant")} with the best constant`;
  const own = gains.find(({ name }) => name === chosen);
  if (own !== undefined) {
    const { mean: gain, standardError, p } = own.gain;
    return `${what} ${loss(chosen)} against ${loss("constant")} of the constant ${where}, a gain of ${percent(gain)} ± ${percent(standardError)} over ${folds.length} ${unseenPairs ? "sets of workloads" : "samples"} held out (p = ${p.toPrecision(1)})`;
  }
  if (gains.length === 0) return `${what} ${loss("constant")} ${where}; nothing more could be fitted`;
  const rivals = gains.map(({ name, gain }) => `${name} ${loss(name)} (p = ${gain.p.toPrecision(1)})`).join(", ");
  return `${what} ${loss("constant")} ${where}, and no model beat it by more than chance: ${rivals}`;
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(3))} %`;
}

function notFitted(asked: string): InputError {
  return new InputError({
    what: `interference model "${asked}"`,
    problem: "cannot be fitted to these samples",
    advice:
      asked === "linear"
        ? "give the utilisations of the workloads, or measure more samples"
        : "measure more pairs of workloads, or take the constant",
  });
}

function tooFew(samples: number, quantile: number): Warning {
  return {
    code: "quantile-not-reached",
    where: "interference",
    cause: `${samples} samples are too few for the ${percent(quantile)} quantile; the greatest slowdown in ratio stands in`,
    advice: `measure at least ${Math.ceil(quantile / (1 - quantile) - 1e-9)} samples, or ask for a lower quantile`,
  };
}
