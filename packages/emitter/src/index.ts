// Launching
export { type CpuQuota, cpuQuota, defaultPeriodSeconds } from "./cpuQuota.ts";
export {
  engineCommand,
  type Join,
  joinCgroupsText,
  joinCommand,
  type LaunchCommand,
  type LaunchOptions,
} from "./launch.ts";
