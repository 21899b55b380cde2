import type { Watts } from "@partitune/schema";

/** Finer steps between power caps differ by less than meters tell apart. */
export const usualCapStep: Watts = 25;

/** Power caps from the lowest limit up in steps; the highest limit is always among them. */
export function powerCaps(least: Watts, most: Watts, step: Watts = usualCapStep): readonly Watts[] {
  const whole = Array.from({ length: Math.floor((most - least) / step + 1e-9) + 1 }, (_, i) => least + i * step);
  return whole.at(-1)! < most ? [...whole, most] : whole;
}
