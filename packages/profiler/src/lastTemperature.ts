import type { Telemetry } from "@partitune/schema";
import type { Clock, Session } from "./executor.ts";
import { widestGap } from "./readingInWindow.ts";

/** The chip's temperature now, °C, by a session's latest readings; undefined where none tells. */
export async function lastTemperature(session: Session, { now }: Pick<Clock, "now">): Promise<number | undefined> {
  const telemetry: Telemetry | undefined = await session.telemetry?.(now() - widestGap, now());
  return telemetry?.temperature_c.findLast((value) => value !== null) ?? undefined;
}
