import type { Seconds } from "@partitune/schema";
import type { Clock, Session } from "./executor.ts";
import { lastTemperature } from "./lastTemperature.ts";

/** How long to wait where no temperature is known. */
const blindCoolDown: Seconds = 20;
/** How long at most where it is. */
const longestCoolDown: Seconds = 120;
/** Within so much of the temperature to come back to, °C, a device has cooled down. */
const tolerance = 2;
/** Between two looks at whether to go on. */
const pauseStep: Seconds = 0.25;

/** What cooling down depends on. */
export interface CoolDownContext {
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Temperature to come back to, °C; undefined where it is not known. */
  readonly target: number | undefined;
  /** How long to wait where no temperature is known; 20 s when absent. */
  readonly blind?: Seconds;
  /** How long to wait at most; 120 s when absent. */
  readonly longest?: Seconds;
}

/** Waits until a device is back within 2 °C of a temperature, but not for ever; where it tells none, a fixed time. */
export async function coolDown(session: Session, context: CoolDownContext): Promise<void> {
  const { clock, signal, target, blind = blindCoolDown, longest = longestCoolDown } = context;
  const began = clock.now();
  while (!signal.aborted) {
    const waited = clock.now() - began;
    const temperature = target === undefined ? undefined : await lastTemperature(session, clock);
    if (target === undefined || temperature === undefined) {
      if (waited >= blind) return;
    } else if (temperature <= target + tolerance || waited >= longest) return;
    await clock.sleep(pauseStep);
  }
}
