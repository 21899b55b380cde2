import { cumulativeMaximum, interpolate } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import type { Sharer } from "./sharing/sharingLaw.ts";
import type { Station } from "./station.ts";

/** Speed on a part of the processor, relative to having all of it. */
export interface ScalingPoint {
  /** Part of the processor, 0 < share ≤ 1. */
  readonly share: number;
  /** Speed there, above 0; 1 at share 1. */
  readonly speed: number;
}

/** A station has reached its knee where it runs at this part of its full speed. */
const kneeSpeed = 0.95;

/**
 * How one station uses a part of the processor.
 *
 * Without a scaling curve it speeds up in proportion until it has the cores its threads can use. With one, its speed is interpolated
 * linearly between the points, proportional below the first, constant beyond the last, and never falls.
 *
 * @param scaling  ascending by share, at least one point
 * @throws InputError when the points do not ascend or leave their range
 */
export function toSharer(station: Station, scaling: readonly ScalingPoint[] | undefined): Sharer {
  if (scaling === undefined) {
    const { demand } = station;
    return { knee: demand, speedAt: (share) => Math.min(1, share / demand) };
  }
  checkScaling(station.workload, scaling);
  return sharerOf(scaling);
}

/** The curve through checked points, ascending by share, at least one: see {@link toSharer}. */
export function sharerOf(scaling: readonly ScalingPoint[]): Sharer {
  const shares = [0, ...scaling.map((point) => point.share)];
  const speeds = cumulativeMaximum([0, ...scaling.map((point) => point.speed)]);
  const speedAt = (share: number): number => interpolate(shares, speeds, share);
  return { knee: kneeOf(shares, speeds), speedAt };
}

/** Where the interpolated curve first reaches 95 % of its highest speed. */
function kneeOf(shares: ArrayLike<number>, speeds: ArrayLike<number>): number {
  const wanted = kneeSpeed * speeds[speeds.length - 1]!;
  let i = 1;
  while (speeds[i]! < wanted) i++;
  const part = (wanted - speeds[i - 1]!) / (speeds[i]! - speeds[i - 1]!);
  return shares[i - 1]! + part * (shares[i]! - shares[i - 1]!);
}

function checkScaling(workload: string, scaling: readonly ScalingPoint[]): void {
  const wrong = scaling.findIndex(
    ({ share, speed }, i) => !(share > (scaling[i - 1]?.share ?? 0) && share <= 1 && speed > 0 && speed <= 1),
  );
  if (wrong === -1 && scaling.length > 0) return;
  throw new InputError({
    what: `scaling of "${workload}"`,
    problem:
      scaling.length === 0
        ? "has no point"
        : `is wrong at point ${wrong + 1}: shares must ascend, share and speed lie in (0, 1]`,
    advice: "give the speed relative to the whole processor at one or more shares",
  });
}
