import { z } from "zod";
import { count } from "./units.ts";

const column = z.array(z.number()).readonly();

const readings = z.array(z.number().nullable()).readonly();

/** What a device reported of itself while a measurement ran, in columns; null where it could not be read. */
export const telemetry = z.strictObject({
  time_s: column.describe("when it was read, s, counted from the first batch of the warm-up, rising; may begin before"),
  power_w: readings.describe("power of the whole device as its sensor gives it, W"),
  gpu_clock_hz: readings.describe("clock of the multiprocessors, Hz"),
  memory_clock_hz: readings.describe("clock of the memory, Hz"),
  temperature_c: readings.describe("temperature of the chip, °C"),
  busy_fraction: readings.describe("share of the last sampling period of the driver with any kernel running"),
  clock_reasons: z
    .array(z.string().nullable())
    .readonly()
    .describe(
      'why clocks were lowered, names joined by "+", such as "power-cap+thermal-software"; empty for no reason',
    ),
});
export type Telemetry = Readonly<z.infer<typeof telemetry>>;

/** Raw samples of one measurement, in columns, one entry per batch in the order they were run. */
export const samples = z.strictObject({
  warmup: count.describe("the first so many batches are warm-up, the others were measured"),
  start_s: column.describe("when the batch was asked for, s, counted from the first batch of the warm-up"),
  end_s: column.describe("when its answer was there, s, counted likewise"),
  service_s: column.describe("service time as the worker measured it, s"),
  intended_s: column
    .optional()
    .describe("when the load wanted it asked for, s, counted likewise; absent in a closed load, where the two are one"),
  device_s: column
    .optional()
    .describe("time on the device by its own events, s; absent where the worker does not tell"),
  outcome: z
    .array(z.enum(["answered", "failed", "timed-out"]))
    .readonly()
    .optional()
    .describe("what became of the batch; absent when all were answered"),
  problems: z
    .array(z.string())
    .readonly()
    .optional()
    .describe("why batches have no answer, each reason once and the first few of them; absent when all were answered"),
  telemetry: telemetry.optional().describe("what the device reported meanwhile; absent where it tells nothing"),
});
export type Samples = Readonly<z.infer<typeof samples>>;
