// Nouns

export { type Arrivals, arrivals } from "./arrivals.ts";
export { type Calibration, calibration } from "./calibration.ts";
export { type Config, config, formatConfig } from "./config.ts";
export { type Demand, type Demands, demand, demands } from "./demand.ts";
export { type Device, device, type PartitionScheme, partitionScheme } from "./device.ts";
export { type Estimate, estimate, exactly } from "./estimate.ts";
export {
  type Evaluation,
  type EvaluationSummary,
  evaluation,
  evaluationSummary,
  type ModeProblemGrid,
  modeProblemGrid,
} from "./evaluation.ts";
export {
  type FleetChange,
  type FleetGpu,
  type FleetPiece,
  type FleetPlan,
  type FleetSchedule,
  type FleetService,
  type FleetState,
  type FleetTenant,
  fleetChange,
  fleetGpu,
  fleetPiece,
  fleetPlan,
  fleetSchedule,
  fleetService,
  fleetState,
  fleetTenant,
} from "./fleetPlan.ts";
export {
  type FleetPieceTrace,
  type FleetReport,
  type FleetStream,
  type FleetTrace,
  fleetPieceTrace,
  fleetReport,
  fleetStream,
  fleetTrace,
  type SharingComparison,
  type SharingLane,
  sharingComparison,
} from "./fleetTrace.ts";
export { type FleetStep, type FleetTransition, fleetStep, fleetTransition } from "./fleetTransition.ts";
export { type IdleBaseline, type IdleState, idleBaseline, idleStates } from "./idleBaseline.ts";
export { type Interference, type InterferenceModel, interference, interferenceModel } from "./interference.ts";
export { type JournalEntry, type JournalHeader, journalEntry, journalHeader } from "./journal.ts";
export { type FilledTask, filledTask, type KernelFillPlan, kernelFillPlan } from "./kernelFillPlan.ts";
export { kernelHash } from "./kernelHash.ts";
export { type KernelOverlap, kernelOverlap, type OverlapOutcome, overlapOutcome } from "./kernelOverlap.ts";
export { type KernelKey, type KernelProfile, kernelKey, kernelProfile } from "./kernelProfile.ts";
export { type KernelOutcome, type KernelSharing, kernelOutcome, kernelSharing } from "./kernelSharing.ts";
export { kernelText } from "./kernelText.ts";
export {
  idleKinds,
  type KernelIdentity,
  type KernelStep,
  type KernelTrace,
  kernelIdentity,
  kernelStep,
  kernelTrace,
} from "./kernelTrace.ts";
export { formatLoad, isOneInFlight, type Load, load, oneInFlight, parseLoad } from "./load.ts";
export { type Made, made, toolName } from "./made.ts";
export {
  type DeviceReadings,
  deviceReadings,
  invalidatingFlags,
  isValid,
  type LatencySummary,
  latencySummary,
  type Measurement,
  type MeasurementFlag,
  type MeasurementPoint,
  type MeasurementResults,
  measurement,
  measurementFlags,
  measurementPoint,
  type ServingReadings,
  servingReadings,
} from "./measurement.ts";
export { type Metric, type MetricDefinition, metric, metricDefinitions, metricNames } from "./metrics.ts";
export {
  type MigInstance,
  type MigProfile,
  type MigTable,
  migProfile,
  migProfileName,
  migTable,
} from "./mig.ts";
export {
  type BackgroundJob,
  backgroundJob,
  type Holding,
  holding,
  type MinibatchCost,
  type ModePlan,
  type ModePromise,
  type ModeSchedule,
  type ModeTurns,
  minibatchCost,
  modePlan,
  modePromise,
  modeSchedule,
  modeTurns,
  type ServedInference,
  servedInference,
} from "./modePlan.ts";
export { type ModeProblem, type ModeProblemKind, modeProblem } from "./modeProblem.ts";
export { type ModeCheck, type ModeReport, modeCheck, modeReport } from "./modeReport.ts";
export {
  type ModeChoice,
  type ModeProbe,
  type ModeSearch,
  modeChoice,
  modeProbe,
  modeSearch,
} from "./modeSearch.ts";
export {
  type ModePeriodTrace,
  type ModeStream,
  type ModeTrace,
  modePeriodTrace,
  modeStream,
  modeTrace,
} from "./modeTrace.ts";
export { type FrontPoint, frontPoint, type ParetoFront, paretoFront } from "./paretoFront.ts";
export {
  formatPartition,
  type Partition,
  parsePartition,
  partition,
} from "./partition.ts";
export {
  type DeviceSize,
  partitionCores,
  partitionFraction,
  partitionMemory,
  partitionThreads,
  unplaced,
} from "./partitionSize.ts";
export {
  type Optimality,
  optimality,
  type Placement,
  type Plan,
  type PlanPromise,
  placement,
  plan,
  planPromise,
} from "./plan.ts";
export { type PowerBudget, powerBudget } from "./powerBudget.ts";
export {
  type PowerLevels,
  type PowerMode,
  type PowerSetting,
  powerLevels,
  powerMode,
  powerSettings,
} from "./powerMode.ts";
export { namePowerMode, powerModesOf } from "./powerModesOf.ts";
export type { Predict, Prediction } from "./predict.ts";
export {
  type Choice,
  choice,
  type Problem,
  problem,
  type Setting,
  setting,
  type Violation,
  violation,
} from "./problem.ts";
export { type Profile, type Protocol, profile, protocol } from "./profile.ts";
export { type Check, check, type Report, report, type Verdict, verdicts } from "./report.ts";
export {
  type ProcessIdentity,
  processIdentity,
  type RestoreEntry,
  type RestoreHeader,
  type RestoreStep,
  restoreEntry,
  restoreHeader,
  restoreStep,
} from "./restoreFile.ts";
export { type Samples, samples, type Telemetry, telemetry } from "./samples.ts";
export { type ServiceTable, serviceTable } from "./serviceTable.ts";
export type { Reason, Solution } from "./solution.ts";
export {
  type Between,
  between,
  type Fit,
  type FitScores,
  fit,
  fitScores,
  type Residual,
  residual,
  type Surrogate,
  surrogate,
} from "./surrogate.ts";
export {
  gpuSegment,
  type RealTimeTask,
  type ResponseTimes,
  realTimeTask,
  responseTimes,
  type Schedulability,
  schedulability,
  type TaskSet,
  taskSet,
} from "./taskSet.ts";
export { type StreamTrace, streamTrace, type Trace, trace } from "./trace.ts";
export type { Bytes, Fraction, Hertz, Joules, PerSecond, Seconds, Watts } from "./units.ts";
export { type Warning, warning } from "./warning.ts";
export { type Engine, engine, type Workload, type Workloads, workload, workloads } from "./workload.ts";

// Layouts: how a device can be cut

export { arrangeMig } from "./layouts/arrangeMig.ts";
export { checkLayout, type LayoutCheck, type LayoutDevice } from "./layouts/checkLayout.ts";
export { enumerateLayouts, maximalLayouts } from "./layouts/enumerateLayouts.ts";
export { findMigProfile, migTableOf } from "./layouts/findMigProfile.ts";
export { freeStarts } from "./layouts/freeStarts.ts";
export { type Gpu, gpuSchemes } from "./layouts/gpuSchemes.ts";
export { instancesFromListing } from "./layouts/instancesFromListing.ts";
export type { LayoutConflict, LayoutConflictCode } from "./layouts/layoutConflict.ts";
export { listPartitions } from "./layouts/listPartitions.ts";
export {
  type ListedInstance,
  type ListedProfile,
  type MigListing,
  parseMigListing,
} from "./layouts/parseMigListing.ts";
export { takesMediaEngines } from "./layouts/slices.ts";
export { type ListingOptions, tableFromListing } from "./layouts/tableFromListing.ts";
export { type MigTableName, migTables } from "./migTables/index.ts";

// Errors

export { describeFound } from "./describeFound.ts";
export { InputError, type InputProblem } from "./inputError.ts";
export { nearest } from "./nearest.ts";

// Reading a prediction

export { type Occupant, occupantOf, pairWeight, slowdownOf } from "./slowdownOf.ts";
export { type Utilisations, utilisationOf } from "./utilisationOf.ts";

// Reading a measurement

export { type NetPower, netPower } from "./netPower.ts";

// Reading a comparison

export { phasesOf } from "./phasesOf.ts";

// One contract as another

export { type PlacementRefusal, type Placements, toPlacements } from "./toPlacements.ts";

// Files

export { canonicalJson } from "./canonicalJson.ts";
export { checkFile } from "./checkFile.ts";
export { checkWritable } from "./checkWritable.ts";
export { describeInput } from "./describeInput.ts";
export { digest } from "./digest.ts";
export { digestFile } from "./digestFile.ts";
export { ensureFolder } from "./ensureFolder.ts";
export { fileChunks } from "./fileChunks.ts";
export { type FileContent, type FileKind, fileKindNames, fileKinds } from "./fileKinds.ts";
export { fileProblem } from "./fileProblem.ts";
export { formatMeasurements } from "./formatMeasurements.ts";
export { impliedDevice } from "./impliedDevice.ts";
export { type AnyContent, loadAny } from "./loadAny.ts";
export { loadJson } from "./loadJson.ts";
export { loadProfile } from "./loadProfile.ts";
export { type MeasurementCells, measurementCells } from "./measurementCells.ts";
export {
  type MeasurementColumn,
  measurementColumnNames,
  measurementColumns,
  writtenColumns,
} from "./measurementColumns.ts";
export { type ProfileFile, profileFile } from "./profileFile.ts";
export { profileFiles } from "./profileFiles.ts";
export { type MeasurementTable, readMeasurements } from "./readMeasurements.ts";
export { saveJson } from "./saveJson.ts";
export { saveProfile } from "./saveProfile.ts";
export { toTable } from "./toTable.ts";
export { type CsvVisitor, visitCsv } from "./visitCsv.ts";
export { writeFileAtomically } from "./writeFileAtomically.ts";
