import { z } from "zod";
import { name, positive, positiveCount } from "./units.ts";

/**
 * A device-wide setting of power: a cap, clocks, active cores. Settings that are absent are left as the device has them.
 */
export const powerMode = z.strictObject({
  name: name.describe("name used in tables and plans"),
  powerCapWatts: positive.optional().describe("power limit the device enforces"),
  cores: positiveCount.optional().describe("number of processor cores online"),
  cpuHertz: positive.optional().describe("highest processor clock"),
  gpuHertz: positive.optional().describe("highest or locked accelerator clock"),
  memoryHertz: positive.optional().describe("highest or locked memory clock"),
});
export type PowerMode = Readonly<z.infer<typeof powerMode>>;
