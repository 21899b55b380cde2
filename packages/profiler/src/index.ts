// Worker processes
export {
  type BatchRun,
  startWorker,
  type WorkerLaunch,
  type WorkerPatience,
  type WorkerProcess,
  type WorkerStats,
} from "./executors/workerProcess.ts";
// Partitions of the processor
export type { Availability, Governor, GovernorChoice, Machine, PreparedPartition } from "./governors/index.ts";
export { chooseGovernor, governors, localGovernors, thisMachine } from "./governors/index.ts";
// Plans in service
export { DeploymentFailure } from "./live/deploymentFailure.ts";
export { type Deployment, type DeployOptions, deployPlan } from "./live/deployPlan.ts";
export { type LiveMeasurement, type LiveOptions, type LiveProgress, measureLive } from "./live/measureLive.ts";
export { saveFiles } from "./live/saveFiles.ts";
// Meters
export {
  type ClockCalibration,
  calibrateClock,
  type EnergyMeter,
  monotonicSeconds,
  openEnergyMeter,
  type ProcessGroupUsage,
  type Reading,
  readCgroupCpu,
  readProcessGroup,
} from "./meters/index.ts";
// Networks
export {
  buildZooModel,
  defaultZooDirectory,
  formatZooSpec,
  isZooSpec,
  parseZooSpec,
  zooNetworks,
} from "./zoo/index.ts";
