import { canonicalJson, type ModePlan, type ModeSchedule, type PowerMode, type Seconds } from "@partitune/schema";

/** The distinct power modes of a plan, and which of them is set for how long; without periods where it is set for good. */
export interface PlannedModes {
  readonly modes: readonly PowerMode[];
  readonly periods: readonly { readonly mode: number; readonly seconds: Seconds }[];
  readonly repeat: boolean;
}

export function modesOf(plan: ModePlan | ModeSchedule): PlannedModes {
  if (plan.kind === "mode-plan") return { modes: [plan.powerMode], periods: [], repeat: false };
  const distinct = new Map<string, { readonly index: number; readonly mode: PowerMode }>();
  const periods = plan.periods.map(({ powerMode, seconds }) => {
    const key = canonicalJson(powerMode);
    const known = distinct.get(key) ?? { index: distinct.size, mode: powerMode };
    distinct.set(key, known);
    return { mode: known.index, seconds };
  });
  return { modes: Array.from(distinct.values(), ({ mode }) => mode), periods, repeat: plan.repeat };
}
