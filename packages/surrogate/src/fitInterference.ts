import { interpolatedQuantile } from "@partitune/numerics";
import {
  InputError,
  type Interference,
  type InterferenceModel,
  type Made,
  type Profile,
  slowdownOf,
  type Utilisations,
  type Warning,
} from "@partitune/schema";
import { chooseInterference, type Trial } from "./chooseInterference.ts";
import { interferenceModels } from "./interference/index.ts";
import { type InterferenceFolds, interferenceFolds } from "./interferenceFolds.ts";
import type { InterferenceFit, InterferenceSample } from "./interferenceSample.ts";
import { interferenceSamples } from "./interferenceSamples.ts";
import { mean } from "./mean.ts";
import { profileUtilisations } from "./profileUtilisations.ts";
import { raiseInterference } from "./raiseInterference.ts";
import { slowdownWarnings } from "./slowdownWarnings.ts";
import { upperQuantile } from "./upperQuantile.ts";

/** How to fit interference. */
export interface InterferenceOptions {
  readonly made: Made;
  /** Utilisations of the workloads; by default what the profile tells, or none. */
  readonly utilisations?: Utilisations;
  /** Part of new slowdowns that the model is to cover; without it, it predicts the middle. */
  readonly quantile?: number;
  /** Takes this model, whatever the scores say. */
  readonly model?: InterferenceModel["model"];
}

/**
 * Fits how workloads on pieces of one card slow each other down, from a profile's rows with neighbours.
 *
 * @throws InputError when the profile has no usable row with neighbours, or an option is out of range
 * @see fitInterferenceSamples, interferenceSamples, profileUtilisations
 */
export function fitInterference(profile: Profile, options: InterferenceOptions): Interference {
  const { samples, warnings } = interferenceSamples(profile);
  const utilisations = options.utilisations ?? profileUtilisations(profile);
  const fitted = fitInterferenceSamples(samples, { ...options, utilisations, synthetic: profile.device.synthetic });
  return { ...fitted, warnings: [...warnings, ...fitted.warnings] };
}

/**
 * Fits every model of the shelf to measured slowdowns and chooses one by what each predicts of pairs of workloads that it has not seen.
 *
 * The constant is the guard: another model is taken only when it predicts better than the constant by more than chance makes likely. With
 * a quantile, models are judged as planning uses them, raised so far that they cover that part of what was held out, and a model wins by
 * covering it with less excess.
 *
 * @param samples  on pieces that share the card; samples of MIG instances are left out
 * @throws InputError when there are no samples, or an option is out of range
 */
export function fitInterferenceSamples(
  samples: readonly InterferenceSample[],
  options: InterferenceOptions & { readonly synthetic: boolean },
): Interference {
  const { made, utilisations = {}, quantile = null, model, synthetic } = options;
  checkQuantile(quantile);
  const felt = samples.filter(isFelt);
  if (felt.length === 0) throw nothingFelt(samples.length);
  const split = interferenceFolds(felt);
  const trials = Object.values(interferenceModels).flatMap((each) => tryOut(each, felt, utilisations, split, quantile));
  const choice = chooseInterference(trials, split, felt, quantile, model);
  const chosen = interferenceModels[choice.model].fit(felt, utilisations)!;
  return {
    kind: "interference",
    version: 1,
    made,
    chosen: quantile === null ? chosen : raiseInterference(chosen, choice.factor),
    samples: felt.length,
    pairs: split.pairs,
    quantile,
    validation: split.words,
    candidates: trials.map((trial) => scoresOf(trial, felt, quantile)),
    why: choice.why,
    warnings: [...slowdownWarnings(samples, felt), ...splitWarnings(split), ...choice.warnings],
    synthetic,
  };
}

function isFelt({ subject, neighbours }: InterferenceSample): boolean {
  return !subject.isolated && neighbours.some(({ isolated }) => !isolated);
}

/** Held-out predictions of a model; nothing when it cannot be fitted to some fold. */
function tryOut(
  { name, fit }: InterferenceFit,
  samples: readonly InterferenceSample[],
  utilisations: Utilisations,
  { folds }: InterferenceFolds,
  quantile: number | null,
): Trial[] {
  const parts = folds.map(({ train }) =>
    fit(
      train.map((i) => samples[i]),
      utilisations,
    ),
  );
  if (parts.includes(null) || fit(samples, utilisations) === null) return [];
  const predictions = (raise: (fold: number) => number) => {
    const values = new Array<number>(samples.length);
    for (const [f, { test }] of folds.entries()) {
      const raised = raise(f) === 1 ? parts[f]! : raiseInterference(parts[f]!, raise(f));
      for (const i of test) values[i] = slowdownOf(raised, samples[i].subject, samples[i].neighbours);
    }
    return values;
  };
  const predicted = predictions(() => 1);
  const ratios = samples.map(({ slowdown }, i) => slowdown / predicted[i]);
  if (quantile === null) return [{ name, predicted, raised: predicted, factor: 1, reached: true }];
  const factors = folds.map(({ test }) =>
    factorOf(
      ratios.filter((_, i) => !test.includes(i)),
      quantile,
    ),
  );
  const own = upperQuantile(ratios, quantile);
  const factor = factorOf(ratios, quantile);
  return [{ name, predicted, raised: predictions((f) => factors[f]), factor, reached: own !== null }];
}

/** The greatest ratio stands in where too few are there for the quantile. */
function factorOf(ratios: readonly number[], quantile: number): number {
  return upperQuantile(ratios, quantile) ?? Math.max(...ratios);
}

function scoresOf({ name, predicted, raised }: Trial, samples: readonly InterferenceSample[], quantile: number | null) {
  const errors = samples.map(({ slowdown }, i) => Math.abs(predicted[i] - slowdown) / slowdown);
  const covered = samples.filter(({ slowdown }, i) => slowdown <= raised[i] + 1e-12).length / samples.length;
  return {
    model: name,
    meanError: mean(errors),
    p95Error: interpolatedQuantile(
      errors.toSorted((a, b) => a - b),
      0.95,
    ),
    coverage: quantile === null ? null : covered,
  };
}

function checkQuantile(quantile: number | null): void {
  if (quantile === null || (quantile > 0 && quantile < 1)) return;
  throw new InputError({
    what: `quantile ${quantile}`,
    problem: "is out of range: it is the part of new slowdowns to be covered",
    advice: "give a number between 0 and 1, such as 0.9",
  });
}

function nothingFelt(given: number): InputError {
  return new InputError({
    what: "the measured slowdowns",
    problem: given === 0 ? "are none" : "are all of MIG instances, which do not feel their neighbours",
    advice: "measure workloads beside others on pieces that share the card, such as MPS shares",
  });
}

function splitWarnings({ unseenPairs, pairs }: InterferenceFolds): Warning[] {
  if (unseenPairs) return [];
  return [
    {
      code: "few-pairs",
      where: "interference",
      cause: `with ${pairs} ${pairs === 1 ? "pair" : "pairs"} of workloads, how well models predict pairs that were not measured is not known`,
      advice: "measure at least four pairs, better ten",
    },
  ];
}
