import type { Hertz, Joules, Seconds, Telemetry, Watts } from "@partitune/schema";

/** Sensors are renewed so often, as a card's energy counter is. */
export const sensorSeconds: Seconds = 0.1;
/** Temperature of the chip with nothing on it, °C, and by how much each watt more warms it in the end. */
const coolest = 34;
const warmingPerWatt = 0.11;
/** Time in which it comes within 1/e of the temperature that its power leads to. */
const thermalSeconds: Seconds = 15;
/** An idle card clocks its multiprocessors down. */
const idleHertz: Hertz = 210e6;

/** Clocks of a loaded card, and why they are not the highest. */
export interface SensedClocks {
  readonly gpuHertz: Hertz;
  readonly memoryHertz: Hertz;
  /** Empty when they are the highest. */
  readonly reason: "" | "power-cap" | "clock-setting";
}

/** The sensors of the synthetic card: what it used, in tenths of a second. */
export interface CardSensors {
  /** A batch used so much beyond the idle card's power. */
  used(from: Seconds, to: Seconds, energy: Joules): void;
  /** From now on it runs at these clocks while it is loaded. */
  clocked(now: Seconds, clocks: SensedClocks): void;
  /** Readings at the end of each tenth of a second that is over. */
  read(from: Seconds, to: Seconds, now: Seconds): Telemetry;
}

/** @param idle  power of the idle card */
export function cardSensors(idle: Watts): CardSensors {
  const energy: Joules[] = [];
  const busy: Seconds[] = [];
  const temperatures: number[] = [coolest];
  const clocks: (SensedClocks & { readonly from: Seconds })[] = [];
  const decay = Math.exp(-sensorSeconds / thermalSeconds);

  const powerIn = (bin: number): Watts => idle + (energy[bin] ?? 0) / sensorSeconds;
  const busyIn = (bin: number) => Math.min(1, (busy[bin] ?? 0) / sensorSeconds);
  /** At the end of a bin. */
  const temperatureAfter = (bin: number): number => {
    for (let i = temperatures.length - 1; i <= bin; i++) {
      const end = coolest + warmingPerWatt * (powerIn(i) - idle);
      temperatures[i + 1] = end + (temperatures[i]! - end) * decay;
    }
    return temperatures[bin + 1]!;
  };
  const clocksAt = (time: Seconds) => clocks.findLast(({ from }) => from <= time);

  return {
    used(from, to, joules) {
      if (to <= from) return;
      for (let bin = Math.floor(from / sensorSeconds); bin * sensorSeconds < to; bin++) {
        const part = Math.min(to, (bin + 1) * sensorSeconds) - Math.max(from, bin * sensorSeconds);
        energy[bin] = (energy[bin] ?? 0) + (joules * part) / (to - from);
        busy[bin] = (busy[bin] ?? 0) + part;
      }
    },
    clocked(now, next) {
      const last = clocks.at(-1);
      if (last?.gpuHertz !== next.gpuHertz || last.memoryHertz !== next.memoryHertz)
        clocks.push({ from: now, ...next });
    },
    read(from, to, now) {
      const first = Math.max(0, Math.ceil(from / sensorSeconds) - 1);
      const last = Math.floor(Math.min(to, now) / sensorSeconds) - 1;
      const bins = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
      const loaded = bins.map((bin) => (busyIn(bin) > 0 ? clocksAt((bin + 1) * sensorSeconds) : undefined));
      return {
        time_s: bins.map((bin) => (bin + 1) * sensorSeconds),
        power_w: bins.map(powerIn),
        gpu_clock_hz: loaded.map((each) => each?.gpuHertz ?? idleHertz),
        memory_clock_hz: bins.map((bin) => clocksAt((bin + 1) * sensorSeconds)?.memoryHertz ?? null),
        temperature_c: bins.map(temperatureAfter),
        busy_fraction: bins.map(busyIn),
        clock_reasons: loaded.map((each) => (each === undefined ? "idle" : each.reason)),
      };
    },
  };
}
