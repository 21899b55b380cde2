// Playing a plan against load

export { type SharingName, sharingLaws } from "./sharing/index.ts";
export type { Sharer, SharingLaw } from "./sharing/sharingLaw.ts";
export { type SimulateOptions, simulate } from "./simulate.ts";
export type { ScalingPoint } from "./toSharer.ts";
export type { Sharing } from "./toSpeeds.ts";
export type { Length } from "./windowOf.ts";

// Judging a plan

export { type AcceptOptions, accept, type Rejection } from "./accept.ts";
export { freshSeeds, searchSeeds } from "./seeds.ts";
export { type VerifyOptions, verify } from "./verify.ts";

// Playing and judging a fleet plan

export { type AcceptFleetOptions, acceptFleet } from "./fleet/acceptFleet.ts";
export type { DelayedArrivals } from "./fleet/delayedTimes.ts";
export { type SimulateFleetOptions, simulateFleet } from "./fleet/simulateFleet.ts";
export type { FleetLoad } from "./fleet/toFleet.ts";
export { type UsualArrivals, usualArrivals } from "./fleet/usualArrivals.ts";
export { type VerifyFleetOptions, verifyFleet } from "./fleet/verifyFleet.ts";
export { verifyFleetSchedule } from "./fleet/verifyFleetSchedule.ts";

// The same requests with partitions and without

export { type CardLaw, type CardLawName, cardLaws } from "./fleet/cardLaws.ts";
export { type CardTimes, type CardTimesInput, cardTimes, type SizeTimes } from "./fleet/cardTimes.ts";
export { type CompareSharingOptions, compareSharing } from "./fleet/compareSharing.ts";

// Workloads that take turns in a power mode

export { type CompareOptions, compareManaged, type SharedOutcome, type SharedStream } from "./compareManaged.ts";
export type { Phasing } from "./firstReady.ts";
export type { ModeArrivals } from "./modeLoad.ts";
export { type SimulateModeOptions, simulateModePlan } from "./simulateModePlan.ts";
export { type TimeSharingName, timeSharings } from "./timeSharing/index.ts";
export type { TimeSharing } from "./timeSharing/timeSharing.ts";
export { type VerifyModeOptions, verifyModePlan } from "./verifyModePlan.ts";
export type { Placing } from "./worstCaseSource.ts";

// Kernels of several tasks on one device

export {
  type CompareKernelSharingInput,
  compareKernelSharing,
  type KernelContender,
  type LowTrace,
  type PredictKernels,
} from "./compareKernelSharing.ts";
export type {
  KernelGame,
  KernelPredictions,
  KernelRun,
  KernelTask,
  LowTask,
  WatchKernel,
} from "./kernelGame.ts";
export type { KernelOptions, KernelSettings, OrionSettings } from "./kernelSettings.ts";
export { type KernelPolicyName, kernelPolicies } from "./kernels/index.ts";
export type { KernelPolicy } from "./kernels/kernelPolicy.ts";
export { type PlayKernelsOptions, playKernels } from "./playKernels.ts";
export { toKernelTask } from "./toKernelTask.ts";

// Attacking worst-case response times

export { type AttackedBound, type AttackOptions, attackBounds } from "./attackBounds.ts";
export type { AttackName } from "./drawGameJobs.ts";
export { type PipelineGameJob, playPipeline } from "./playPipeline.ts";
