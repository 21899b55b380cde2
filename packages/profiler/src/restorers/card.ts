import type { Card, CardSettings } from "../nvidia/card.ts";
import type { ReadBack, Restorer, RestoreWorld, StepOf } from "./restorer.ts";

/** Settings of a card through its driver. */
export const card: Restorer<StepOf<"card">> = {
  async doubt(step, world) {
    await findCard(step, world);
    return undefined;
  },
  async readBack(step, world) {
    const found = await findCard(step, world);
    const settings = await found.settings();
    return step.setting === "power-limit-w"
      ? compare(settings.powerLimitWatts, step.value ?? (await usualLimit(found)), "W", tolerableWatts)
      : compareLock(settings, step);
  },
  async restore(step, world) {
    const found = await findCard(step, world);
    if (step.setting === "power-limit-w") await found.setPowerLimit(step.value);
    else if (step.setting === "gpu-clock-hz") await found.lockGpuClock(step.value);
    else await found.lockMemoryClock(step.value);
  },
};

/** Drivers take whole milliwatts, some whole watts. */
const tolerableWatts = 1;
/** Clocks come in whole megahertz. */
const tolerableHertz = 1e6;

async function findCard({ uuid }: StepOf<"card">, { openCards }: RestoreWorld): Promise<Card> {
  const found = (await (await openCards()).cards()).find((each) => each.uuid === uuid);
  if (found === undefined) throw new Error(`the driver lists no card ${uuid}`);
  return found;
}

async function usualLimit(found: Card): Promise<number | null> {
  return (await found.facts()).powerLimits?.usual ?? null;
}

/** A lock that is not told may still be there: drivers of most cards have no way to ask. Then it is set, and the driver's answer believed. */
function compareLock(
  { lockedGpuHertz, lockedMemoryHertz }: CardSettings,
  { setting, value }: StepOf<"card">,
): ReadBack {
  const found = setting === "gpu-clock-hz" ? lockedGpuHertz : lockedMemoryHertz;
  if (found !== null && value === null) return { differs: `it is locked to ${found} Hz` };
  return compare(found, value, "Hz", tolerableHertz);
}

function compare(found: number | null, wanted: number | null, unit: string, tolerable: number): ReadBack {
  if (found === null || wanted === null) return "unknown";
  return Math.abs(found - wanted) < tolerable ? "back" : { differs: `it is ${found} ${unit}, not ${wanted} ${unit}` };
}
