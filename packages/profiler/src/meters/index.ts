export { type ClockCalibration, calibrateClock } from "./calibrateClock.ts";
export { monotonicSeconds } from "./monotonicSeconds.ts";
export { type EnergyMeter, openEnergyMeter } from "./openEnergyMeter.ts";
export { readAllowedCores } from "./readAllowedCores.ts";
export { readBusyCpu } from "./readBusyCpu.ts";
export { readCgroupCpu } from "./readCgroupCpu.ts";
export type { Reading } from "./reading.ts";
export { type ProcessGroupUsage, readProcessGroup } from "./readProcessGroup.ts";
export { readThrottleEvents } from "./readThrottleEvents.ts";
