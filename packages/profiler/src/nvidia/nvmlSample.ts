import type { Reading } from "../meters/reading.ts";
import type { CardSample } from "./card.ts";
import { choosePower, type PowerReading } from "./choosePower.ts";
import { clockReasonsOf } from "./clockReasonsOf.ts";
import type { PowerScope } from "./energyScope.ts";
import { bytesOf, get, type NvmlDevice } from "./nvmlCalls.ts";
import type { NvmlFunction } from "./nvmlLibrary.ts";
import { nvmlPower } from "./nvmlPower.ts";

/** `nvmlClockType_t`. */
const clocks = { multiprocessors: 1, memory: 2 } as const;

/** `nvmlTemperature_v1_t`: version, sensor, degrees; sensor 0 is that of the chip. */
const temperature2Version = 12 | (1 << 24);

/** Reads a card again and again, into memory that is kept. */
export interface NvmlSampler {
  /**
   * What the card shows now.
   *
   * @throws CardLost
   */
  sample(): CardSample;
  /** Energy since the driver was loaded, J. */
  energy(): Reading;
}

/**
 * @param computeCapability  decides which power reading is the best, and what the plain one is
 * @param scope  what power is to stand for; the same as that of the energy counter
 */
export function nvmlSampler(device: NvmlDevice, computeCapability: string | null, scope: PowerScope): NvmlSampler {
  const [number, pair, wide] = [new Uint32Array(1), new Uint32Array(2), new BigUint64Array(1)];
  const temperature = new Int32Array(3);
  const out = { number: bytesOf(number), pair: bytesOf(pair), wide: bytesOf(wide), temperature: bytesOf(temperature) };
  const power = nvmlPower(device, computeCapability, scope);
  const order = choosePower(computeCapability);

  const readNumber = (name: NvmlFunction, factor: number, ...values: readonly number[]): Reading =>
    get(device, name, [...values, out.number], () => number[0]! * factor);

  const readTemperature = (): Reading => {
    const plain = readNumber("temperature", 1, 0);
    if (plain.value !== null) return plain;
    temperature.set([temperature2Version, 0, 0]);
    const newer: Reading = get(device, "temperature2", [out.temperature], () => temperature[2]!);
    return newer.value === null ? plain : newer;
  };

  return {
    energy: () => power.energy(),
    sample() {
      const unread: Record<string, string> = {};
      const value = (name: string, reading: Reading): number | null => {
        if (reading.value === null) unread[name] = reading.reason;
        return reading.value;
      };
      const powers = power.read();
      const best: PowerReading = order.find((each) => powers[each].value !== null) ?? "plain";
      const reasons = get(device, "reasons", [out.wide], () => clockReasonsOf(wide[0]!));
      if (reasons.value === null) unread.reasons = reasons.reason;
      return {
        powerWatts: value("powerWatts", powers[best]),
        averageWatts: value("averageWatts", powers.average),
        instantWatts: value("instantWatts", powers.instant),
        gpuHertz: value("gpuHertz", readNumber("clock", 1e6, clocks.multiprocessors)),
        memoryHertz: value("memoryHertz", readNumber("clock", 1e6, clocks.memory)),
        temperatureCelsius: value("temperatureCelsius", readTemperature()),
        busyFraction: value(
          "busyFraction",
          get(device, "utilization", [out.pair], () => pair[0]! / 100),
        ),
        reasons: reasons.value,
        unread,
      };
    },
  };
}
