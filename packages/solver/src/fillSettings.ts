import { InputError, type KernelFillPlan } from "@partitune/schema";

/** What a scheduler that fills gaps is told; times in whole ns. */
export type FillSettings = Pick<
  KernelFillPlan,
  | "key"
  | "estimator"
  | "executionQuantile"
  | "idleQuantile"
  | "minGap"
  | "dispatch"
  | "feedback"
  | "maxOverrun"
  | "disableBelowGain"
>;

const defaults: FillSettings = {
  key: "occurrence",
  estimator: "quantile",
  executionQuantile: 0.9,
  idleQuantile: 0.1,
  minGap: 20_000,
  dispatch: 5_000,
  feedback: false,
  maxOverrun: null,
  disableBelowGain: 0.02,
};

/** @throws InputError when a quantile is no part of a whole, or a time is no whole number of ns */
export function toFillSettings(options: Partial<FillSettings>): FillSettings {
  const settings = { ...defaults, ...options };
  for (const name of ["executionQuantile", "idleQuantile", "disableBelowGain"] as const)
    if (!(settings[name] >= 0 && settings[name] <= 1)) fail(name, settings[name], "give a part from 0 to 1");
  for (const name of ["minGap", "dispatch", "maxOverrun"] as const) {
    const time = settings[name];
    if (time !== null && !(Number.isSafeInteger(time) && time >= 0))
      fail(name, time, "give a whole number of ns, at least 0");
  }
  return settings;
}

function fail(name: string, value: number, advice: string): never {
  throw new InputError({ what: `"${name}"`, problem: `is ${value}`, advice });
}
