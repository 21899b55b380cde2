import type { Reading } from "../meters/reading.ts";
import type { CardSample, ClockReason } from "./card.ts";
import { choosePower, plainPower } from "./choosePower.ts";
import { clockReasonsOf } from "./clockReasonsOf.ts";
import { noted, numberIn, type SmiNotes } from "./smiCells.ts";
import type { SmiRow } from "./smiQuery.ts";

export const sampleFields = [
  ...["power.draw", "power.draw.average", "power.draw.instant", "clocks.sm", "clocks.mem", "temperature.gpu"],
  ...["utilization.gpu", "clocks_event_reasons.active", "clocks_throttle_reasons.active", "compute_cap"],
] as const;

/** What a card shows, from a row of {@link sampleFields}. */
export function smiSample(row: SmiRow): CardSample {
  const unread: SmiNotes = {};
  const capability = row.get("compute_cap") ?? null;
  const plain = numberIn(row, "power.draw");
  const byName = (name: "average" | "instant"): Reading => {
    const own = numberIn(row, `power.draw.${name}`);
    return own.value === null && plainPower(capability) === name ? plain : own;
  };
  const powers = { average: byName("average"), instant: byName("instant"), plain };
  const best = choosePower(capability).find((each) => powers[each].value !== null) ?? "plain";
  return {
    powerWatts: noted(unread, "powerWatts", powers[best]),
    averageWatts: noted(unread, "averageWatts", powers.average),
    instantWatts: noted(unread, "instantWatts", powers.instant),
    gpuHertz: noted(unread, "gpuHertz", numberIn(row, "clocks.sm", 1e6)),
    memoryHertz: noted(unread, "memoryHertz", numberIn(row, "clocks.mem", 1e6)),
    temperatureCelsius: noted(unread, "temperatureCelsius", numberIn(row, "temperature.gpu")),
    busyFraction: noted(unread, "busyFraction", numberIn(row, "utilization.gpu", 0.01)),
    reasons: reasonsIn(unread, row),
    unread,
  };
}

function reasonsIn(unread: SmiNotes, row: SmiRow): readonly ClockReason[] | null {
  const text = row.get("clocks_event_reasons.active") ?? row.get("clocks_throttle_reasons.active");
  if (text !== undefined && /^0x[0-9a-f]{1,16}$/i.test(text)) return clockReasonsOf(BigInt(text));
  unread.reasons = text === undefined ? "this nvidia-smi does not tell clock reasons" : `nvidia-smi says ${text}`;
  return null;
}
