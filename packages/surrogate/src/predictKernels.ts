import { InputError, type KernelIdentity, type KernelProfile, kernelText } from "@partitune/schema";
import { countOccurrences } from "./countOccurrences.ts";
import { estimateTime, type KernelEstimator, toKernelEstimator } from "./kernelEstimator.ts";

/** What is expected of operations, one entry for each; whole ns. */
export interface KernelPrediction {
  /** Infinity: nothing is known, so it must not fill a gap. */
  readonly executions: readonly number[];
  /** Idle time of the device after it; 0: none, or nothing is known. */
  readonly idles: readonly number[];
  /** Operations with the same number have their idle time from the same samples. */
  readonly keys: readonly number[];
  /** Operations predicted by their identity alone, though their occurrence was asked for. */
  readonly fallbacks: number;
  /** Operations of identities that the profile does not have. */
  readonly unknown: number;
}

/** Operations in the order in which they run, as indices into a list of identities. */
export interface KernelSequence {
  readonly identities: readonly number[];
}

export interface PredictKernelsOptions extends Partial<KernelEstimator> {
  /** What the sequence's indices name; by default the profile's own identities. */
  readonly identities?: readonly KernelIdentity[];
}

/**
 * Execution and idle times of each operation of a step, from a profile.
 *
 * @param sequence  a step of a trace, or its identities alone
 * @throws InputError when a quantile is out of range or an index names no identity
 * @example predictKernels(profile, trace.steps[5], { identities: trace.identities }).idles
 */
export function predictKernels(
  profile: Pick<KernelProfile, "identities" | "keys">,
  sequence: KernelSequence,
  options: PredictKernelsOptions = {},
): KernelPrediction {
  const { identities = profile.identities, ...estimator } = options;
  return kernelPredictor(profile, estimator)(sequence, identities);
}

/**
 * The same for many steps: times of all keys are estimated once.
 *
 * @returns a function of a sequence and of what its indices name
 */
export function kernelPredictor(
  profile: Pick<KernelProfile, "identities" | "keys">,
  options: Partial<KernelEstimator> = {},
): (sequence: KernelSequence, identities?: readonly KernelIdentity[]) => KernelPrediction {
  const estimator = toKernelEstimator(options);
  const table = estimateKeys(profile, estimator);
  const unknown: Estimates = { execution: null, idle: null, key: profile.keys.length };
  return (sequence, identities = profile.identities) => {
    const own = translate(profile.identities, identities, sequence);
    const occurrences = countOccurrences(sequence.identities);
    const rows = own.map((identity, row) => {
      const alone = table.get(keyName(identity, null));
      const exact = estimator.key === "identity" ? alone : table.get(keyName(identity, occurrences[row]!));
      return { exact, used: merge(exact, alone) ?? unknown };
    });
    return {
      executions: rows.map(({ used }) => used.execution ?? Number.POSITIVE_INFINITY),
      idles: rows.map(({ used }) => used.idle ?? 0),
      keys: rows.map(({ used }) => used.key),
      fallbacks: rows.filter(({ exact, used }) => exact === undefined && used !== unknown).length,
      unknown: rows.filter(({ used }) => used === unknown).length,
    };
  };
}

/** What is expected under one key; null: nothing is known. */
interface Estimates {
  readonly execution: number | null;
  readonly idle: number | null;
  /** Index of the key that the idle time is from. */
  readonly key: number;
}

function estimateKeys({ keys }: Pick<KernelProfile, "keys">, estimator: KernelEstimator): Map<string, Estimates> {
  const { executionQuantile, idleQuantile } = estimator;
  const estimate = (samples: readonly number[], quantile: number) =>
    samples.length === 0 ? null : estimateTime(samples, estimator, quantile);
  return new Map(
    keys.map(({ identity, occurrence, executions, idles }, key) => [
      keyName(identity, occurrence),
      { execution: estimate(executions, executionQuantile), idle: estimate(idles, idleQuantile), key },
    ]),
  );
}

/** A key that only ever ended a step knows no idle time; its identity may. */
function merge(exact: Estimates | undefined, alone: Estimates | undefined): Estimates | undefined {
  if (exact === undefined || exact === alone) return alone;
  if (exact.idle !== null || alone === undefined) return exact;
  return { ...alone, execution: exact.execution };
}

function keyName(identity: number, occurrence: number | null): string {
  return `${identity}/${occurrence ?? ""}`;
}

/** The profile's number of each operation's identity; −1 when it has none. */
function translate(
  known: readonly KernelIdentity[],
  identities: readonly KernelIdentity[],
  sequence: KernelSequence,
): readonly number[] {
  const stranger = sequence.identities.find((identity) => identities[identity] === undefined);
  if (stranger !== undefined)
    throw new InputError({
      what: `identity ${stranger}`,
      problem: "is none of those given",
      advice: `there are ${identities.length}, counted from 0; give the identities of the trace that the step is from`,
    });
  if (identities === known) return sequence.identities;
  const numbers = new Map(known.map((identity, number) => [kernelText(identity), number]));
  const own = identities.map((identity) => numbers.get(kernelText(identity)) ?? -1);
  return sequence.identities.map((identity) => own[identity]!);
}
