import type { Seconds } from "@partitune/schema";
import type { Clock, Session } from "./executor.ts";

/** Time in which a sensor is read at least once. */
export const firstReading: Seconds = 0.5;

/** Whether a session tells the device's power, by an energy counter or by readings. Where there is neither, that is known at once. */
export async function tellsPower(session: Session, clock: Clock): Promise<boolean> {
  if ((await session.usage()).energyJoules !== null) return true;
  if (session.telemetry === undefined) return false;
  await clock.sleep(firstReading);
  const telemetry = await session.telemetry(clock.now() - firstReading, clock.now());
  return telemetry?.power_w.some((value) => value !== null) === true;
}
