import type { Fraction } from "@partitune/schema";

/** Which of a card's power readings is integrated. */
export type PowerReading = "average" | "instant" | "plain";

/** What part of the run time the instant reading sees, by compute capability: GA100 and GH100 measure 25 ms of every 100 ms (arXiv 2312.02741). */
const seenBySensor: Readonly<Record<string, Fraction>> = { "8.0": 0.25, "9.0": 0.25 };

/** Chips whose instant reading sees all of the time, by the same tests: GA10x and Ada. */
const seesEverything: readonly string[] = ["8.6", "8.9"];

/**
 * Which readings to integrate, best first: the instant one where it leaves nothing out, since it follows the load; elsewhere the average over a second, which
 * leaves nothing out either but comes late; the plain one where a driver knows no others. What the plain one is depends on the chip, see {@link plainPower}.
 */
export function choosePower(computeCapability: string | null): readonly PowerReading[] {
  const whole = computeCapability !== null && seesEverything.includes(computeCapability);
  return whole ? ["instant", "average", "plain"] : ["average", "instant", "plain"];
}

/**
 * What the plain power reading of a driver is: on GA100 and on what is older than Ampere the power of the moment, on all others the average over a second
 * (NVML reference, `nvmlDeviceGetPowerUsage`). Null where the chip is not known.
 */
export function plainPower(computeCapability: string | null): "average" | "instant" | null {
  if (computeCapability === null) return null;
  return Number(computeCapability) > 8 ? "average" : "instant";
}

/** Part of the run time that the reading in use sees; 1 where nothing is left out, null where that is not known. */
export function seenFraction(computeCapability: string | null, reading: PowerReading): Fraction | null {
  if (computeCapability === null) return null;
  const kind = reading === "plain" ? plainPower(computeCapability) : reading;
  if (kind === "average" || seesEverything.includes(computeCapability)) return 1;
  return seenBySensor[computeCapability] ?? null;
}
