import { z } from "zod";
import { name, positive, positiveCount } from "./units.ts";

const settings = {
  powerCapWatts: positive.describe("power limit the device enforces"),
  cores: positiveCount.describe("number of processor cores online"),
  cpuHertz: positive.describe("highest processor clock"),
  gpuHertz: positive.describe("highest or locked accelerator clock"),
  memoryHertz: positive.describe("highest or locked memory clock"),
} as const;

/** What a power mode can set. */
export type PowerSetting = keyof typeof settings;

/** Settings in the order in which names and grids have them. */
export const powerSettings = Object.keys(settings) as readonly PowerSetting[];

/**
 * A device-wide setting of power: a cap, clocks, active cores. Settings that are absent are left as the device has them.
 */
export const powerMode = z.strictObject({
  name: name.describe("name used in tables and plans"),
  ...z.object(settings).partial().shape,
});
export type PowerMode = Readonly<z.infer<typeof powerMode>>;

const levels = (setting: z.ZodNumber) =>
  z
    .array(setting)
    .min(1)
    .refine((values) => values.every((value, i) => i === 0 || value > values[i - 1]!), "values in rising order")
    .readonly()
    .optional();

/** The values each setting can take, rising; a mode for every combination. */
export const powerLevels = z.strictObject({
  powerCapWatts: levels(settings.powerCapWatts),
  cores: levels(settings.cores),
  cpuHertz: levels(settings.cpuHertz),
  gpuHertz: levels(settings.gpuHertz),
  memoryHertz: levels(settings.memoryHertz),
});
export type PowerLevels = Readonly<z.infer<typeof powerLevels>>;
