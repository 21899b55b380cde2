// Campaigns

export { buildProfile } from "./buildProfile.ts";
export { type CampaignEnd, type CampaignOptions, profile } from "./campaign.ts";
export {
  type NeighbourChoices,
  type NeighbourCoverage,
  type NeighbourPlan,
  neighbourGrids,
} from "./neighbourGrids.ts";
export { protocols } from "./protocols.ts";
export {
  buildSpace,
  checkSpace,
  expandSpace,
  type Grid,
  gridsOf,
  type Setting,
  type Space,
  settingKey,
} from "./space.ts";
export type { Progress } from "./trackProgress.ts";

// Recordings of whole devices

export { type PieceKind, pieceKinds } from "./recording/devicePieces.ts";
export {
  type RecordingEnd,
  type RecordingOptions,
  type RecordingProgress,
  type RecordingRequest,
  recordDevice,
  type TraceOutcome,
  untold,
} from "./recording/recordDevice.ts";
export { recordingProtocol } from "./recording/recordingProtocol.ts";
export { recordingReadme } from "./recording/recordingReadme.ts";
export { type RecordingChoices, recordingSpace, recordingStages } from "./recording/recordingSpace.ts";
export { rememberIdentities } from "./recording/rememberIdentities.ts";
export { traceWorkload } from "./recording/traceWorkload.ts";

// Tables measured by others

export {
  type ImportDemandsOptions,
  type ImportedDemands,
  type ImportWideDemandsOptions,
  importWideDemands,
  type WideTable,
} from "./importers/demands.ts";
export { importers } from "./importers/index.ts";
export type { ImportNexusOptions } from "./importers/nexus.ts";
export type { ImportTableOptions } from "./importers/table.ts";
export type { ImportZeusOptions } from "./importers/zeus.ts";

// Kernel traces recorded by others

export { type ImportKernelsOptions, importKernels, type KernelImport } from "./importers/kernels/importKernels.ts";
export { type KernelFormat, kernelImporters } from "./importers/kernels/index.ts";
export type {
  DeviceTrace,
  FileHead,
  KernelImporter,
  KernelReading,
  ReadKernelsOptions,
} from "./importers/kernels/kernelImporter.ts";
export { type RecordCudaKernelsOptions, recordCudaKernels } from "./recordCudaKernels.ts";
export { type RecordKernelsOptions, recordKernels } from "./recordKernels.ts";

// Networks that share the processor operator by operator

export { deviceClock } from "./overlap/deviceClock.ts";
export type { LowOverlapTask } from "./overlap/lowOperators.ts";
export {
  type MeasureOverlapOptions,
  measureOverlap,
  type OverlapMeasurement,
  type OverlapProgress,
  type OverlapTraces,
} from "./overlap/measureOverlap.ts";
export { type OperatorChain, type OperatorChainOptions, openOperatorChain } from "./overlap/operatorChain.ts";
export type { OverlapClock, OverlapTask } from "./overlap/overlapTask.ts";
export { planPredictions } from "./overlap/planPredictions.ts";
export type { ThinkGaps } from "./overlap/thinkGaps.ts";
export { type OverlapPolicyName, overlapPolicies } from "./overlapPolicies/index.ts";
export type { OverlapPredictions, OverlapSettings } from "./overlapPolicies/overlapPolicy.ts";

// Single runs in single power modes

export type { ModeMeasuring, ModeRun, ModeRunOutcome } from "./modeMeasuring.ts";
export { type ModeTable, modeTable } from "./modeTable.ts";
export { type ModeMeasuringOptions, type OpenModeMeasuring, openModeMeasuring } from "./openModeMeasuring.ts";

// Jetson boards

export { type BoardPower, type KnownBoard, knownBoards } from "./jetson/boards.ts";
export type { DescribedBoard } from "./jetson/describeBoard.ts";
export { type Board, type BoardPlace, openBoard } from "./jetson/openBoard.ts";
export { parseTegrastats, type TegrastatsLine } from "./jetson/parseTegrastats.ts";

// Cards of NVIDIA

export {
  type Card,
  type CardDriver,
  type CardFacts,
  CardLost,
  type CardProcess,
  type CardSample,
  type CardSettings,
  type CardViolations,
  type ClockReason,
  clockReasons,
  invalidatingReasons,
  type MigInstance,
} from "./nvidia/card.ts";
export { choosePower, type PowerReading, plainPower, seenFraction } from "./nvidia/choosePower.ts";
export { type DescribeCardOptions, type DescribedCard, describeCard } from "./nvidia/describeCard.ts";
export { type EnergyCounter, watchEnergyCounter } from "./nvidia/energyCounter.ts";
export { energyScope, type PowerScope } from "./nvidia/energyScope.ts";
export { findUpdatePeriod, type UpdatePeriod } from "./nvidia/findUpdatePeriod.ts";
export { integratePower, type PowerReadings } from "./nvidia/integratePower.ts";
export { type CardDriverOptions, openCardDriver } from "./nvidia/openCardDriver.ts";
export { type CardMeter, type CardMeterOptions, openCardMeter } from "./nvidia/openCardMeter.ts";
export { type PowerVerdict, type PowerWindow, powerDoubts } from "./nvidia/powerDoubts.ts";
export { powerWarnings } from "./nvidia/powerWarnings.ts";

// Devices

export { type BoardTake, boardMeasurement } from "./boardMeasurement.ts";
export {
  type CardCost,
  type CardPiece,
  type CardRun,
  type CardUse,
  type CardWork,
  cardCost,
  cardIdle,
  cardSlowdown,
} from "./cardFormula.ts";
export { cardSpace } from "./cardSpace.ts";
export { cardWork, cardWorkloads } from "./cardWorkloads.ts";
export { type DeviceName, devices } from "./devices/index.ts";
export {
  type Clock,
  DeviceLost,
  type Executor,
  type FailureCode,
  type PowerSettings,
  type Run,
  type ServerUsage,
  type Session,
  type Usage,
  WorkerFailure,
} from "./executor.ts";
export { type CpuOptions, cpuExecutor } from "./executors/cpu.ts";
export { type ExecutorChoice, executors } from "./executors/index.ts";
export { type JetsonOptions, jetsonExecutor } from "./executors/jetson.ts";
export { type KServeOptions, kserveExecutor } from "./executors/kserve.ts";
export { type NvidiaOptions, nvidiaExecutor } from "./executors/nvidia.ts";
export { loadRecording, type Recording, replayExecutor } from "./executors/replay.ts";
export { type SyntheticOptions, syntheticDevice, syntheticExecutor } from "./executors/synthetic.ts";
export {
  type BoardFaults,
  type BoardOptions,
  syntheticBoard,
  syntheticBoardExecutor,
  syntheticOrinAgx,
} from "./executors/syntheticBoard.ts";
export {
  type CardFaults,
  type CardOptions,
  syntheticA100,
  syntheticCardExecutor,
} from "./executors/syntheticCard.ts";
export { type BoardCost, type BoardMode, type BoardWork, boardCost, boardIdle } from "./orinFormula.ts";
export { idleWorkload, orinWork, orinWorkloads } from "./orinWorkloads.ts";
export { type JetsonFiles, type JetsonModes, readJetsonModes } from "./readJetsonModes.ts";
export { type NvidiaModes, readNvidiaModes } from "./readNvidiaModes.ts";
export { systemClock } from "./systemClock.ts";
export { virtualClock } from "./virtualClock.ts";

// The journal and what it holds

export { emptyJournal, type Journal, type JournalRow } from "./journal.ts";
export { loadRuns } from "./loadRuns.ts";
export { loadSamples } from "./loadSamples.ts";
export { type JournalFile, openJournal } from "./openJournal.ts";
export { journalFile, readJournal } from "./readJournal.ts";
export { memorySink, type Sink } from "./sink.ts";

// One measurement

export { isSteady } from "./isSteady.ts";
export { type MeasureContext, measure, type Observation } from "./measure.ts";
export { type SummaryContext, summarise } from "./summarise.ts";

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

export { type CompareLiveOptions, compareLive, type LiveComparison, type ServedFrom } from "./live/compareLive.ts";
export { DeploymentFailure } from "./live/deploymentFailure.ts";
export { type Deployment, type DeployOptions, deployPlan } from "./live/deployPlan.ts";
export type { LiveProgress } from "./live/deployUnderLoad.ts";
export { type LiveMeasurement, type LiveOptions, measureLive } from "./live/measureLive.ts";
export { saveFiles } from "./live/saveFiles.ts";

// Workloads that take turns

export type { Lateness } from "./interleave/lateness.ts";
export { type MeasureTurnsOptions, measureTurns, type TurnsMeasurement } from "./interleave/measureTurns.ts";

// Putting a device back

export type { GuardPatience } from "./restore/guardProtocol.ts";
export { type GuardedRestoration, openRestoration, type RestorationOptions } from "./restore/openRestoration.ts";
export { type PendingRestoration, pendingRestorations } from "./restore/pendingRestorations.ts";
export type { RecordedStep, RestoreRecord } from "./restore/readRestoreFile.ts";
export { refuseLeftover } from "./restore/refuseLeftover.ts";
export { restoreLeft } from "./restore/restoreLeft.ts";
export { type RestorePaths, restoreFolder } from "./restore/restorePaths.ts";
export type { Restoration, RestoreReport, RestoreStep } from "./restore/restoreStep.ts";

// Meters

export {
  type ClockCalibration,
  calibrateClock,
  type EnergyMeter,
  monotonicSeconds,
  openEnergyMeter,
  type ProcessGroupUsage,
  type Reading,
  readAllowedCores,
  readBusyCpu,
  readCgroupCpu,
  readProcessGroup,
  readThrottleEvents,
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
