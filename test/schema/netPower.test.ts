import { type DeviceReadings, netPower } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const device: DeviceReadings = {
  powerSource: "counter",
  powerWatts: null,
  idleWatts: 50,
  gpuHertz: null,
  memoryHertz: null,
  temperatureCelsius: null,
  busyFraction: null,
  clockReasons: null,
  batchSeconds: null,
};
const measured = { powerMeanWatts: 200, energyPerRequestJoules: 2, throughputPerSecond: 100, device };

describe("netPower", () => {
  test("takes the idle device's power off, and off each request the part of it that fell on its time", () => {
    // 200 W for 100 requests/s are 2 J each, of which 50 W / 100 per second = 0.5 J are the idle device's.
    expect(netPower(measured)).toEqual({ watts: 150, perRequestJoules: 1.5 });
  });

  test("is not known where the idle device, or power, was not measured", () => {
    expect(netPower({ ...measured, device: { ...device, idleWatts: null } })).toBeNull();
    expect(netPower({ ...measured, powerMeanWatts: null })).toBeNull();
    expect(netPower({ powerMeanWatts: 200, energyPerRequestJoules: 2, throughputPerSecond: 100 })).toBeNull();
  });

  test("has no energy per request where none was completed", () => {
    expect(netPower({ ...measured, throughputPerSecond: 0, energyPerRequestJoules: null })).toEqual({
      watts: 150,
      perRequestJoules: null,
    });
  });
});
