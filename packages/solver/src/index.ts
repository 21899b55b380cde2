// From predictions to a problem

export { type Candidates, findCandidates } from "./candidates.ts";
export { type FormulateInput, formulate } from "./formulate.ts";
export { defaultMargin, type Margin } from "./margin.ts";
export { type Objective, type ObjectiveName, objectives } from "./objectives.ts";

// Feasibility rules, and the queueing analysis behind the default one

export { batchThroughput } from "./batchThroughput.ts";
export { type ResponseDistribution, responseDistribution, responseQuantile } from "./responseQuantile.ts";
export { type RuleName, rules } from "./rules/index.ts";
export type { Rule, RuleVerdict } from "./rules/rule.ts";
export type { Station } from "./station.ts";
export { sustainableRate } from "./sustainableRate.ts";
export { toStation } from "./toStation.ts";

// From a problem to a plan

export { exhaustive } from "./methods/exhaustive.ts";
export { type MethodName, methods } from "./methods/index.ts";
export type { Method, MethodOptions } from "./methods/method.ts";
export { milp } from "./methods/milp.ts";
export type { Selection } from "./selection.ts";
export { type Accept, type Judgement, type SolveOptions, solve } from "./solve.ts";
export { toPlan } from "./toPlan.ts";

// When there is none

export { explain } from "./explain.ts";
export { type LeastViolating, leastViolating } from "./leastViolating.ts";

// Several objectives at once

export { type ConfigFrontInput, configFront, type MetricLimit } from "./configFront.ts";
export { type ParetoSelection, paretoSelections } from "./paretoSelections.ts";
export { planFront } from "./planFront.ts";

// Power modes: which mode and minibatch, exactly

export type { Answer, BestChoice, NoChoice, NothingToRun } from "./problems/answer.ts";
export { type BackloggedChoice, type BackloggedProblem, backlogged } from "./problems/backlogged.ts";
export { type ConcurrentProblem, concurrent } from "./problems/concurrent.ts";
export type { ConcurrentChoice } from "./problems/concurrentChoice.ts";
export { concurrentSweep } from "./problems/concurrentSweep.ts";
export { type Dispatcher, dispatchers } from "./problems/dispatchers.ts";
export { type ProblemName, problems } from "./problems/index.ts";
export {
  byWatts,
  type InferenceChoice,
  type InferenceProblem,
  inference,
  inferenceSweep,
} from "./problems/inference.ts";
export { type InferencePair, type InferenceTables, joinInferences } from "./problems/joinInferences.ts";
export { type ConcurrentTables, type JoinedRow, joinRows } from "./problems/joinRows.ts";
export { minibatchesPerWindow } from "./problems/minibatchesPerWindow.ts";
export { type Policy, policies } from "./problems/policies.ts";
export type { PowerBudget } from "./problems/powerBudget.ts";
export { type RatePeriod, type RateSchedule, type RateScheduleProblem, rateSchedule } from "./problems/rateSchedule.ts";
export { nonUrgentResponse, type PeriodicJobs, urgentResponse } from "./problems/responseTimes.ts";
export type { IdleRow, InferenceRow, TrainingRow } from "./problems/rows.ts";
export { type TrainingChoice, type TrainingProblem, training, trainingSweep } from "./problems/training.ts";
export type { ConcurrentDemand } from "./problems/turns.ts";
export {
  type InferenceDemand,
  type TwoDemands,
  type TwoInferencesChoice,
  type TwoInferencesProblem,
  twoInferences,
  twoInferencesSweep,
} from "./problems/twoInferences.ts";

// Power modes of any kind of problem

export { answerProblem, type ProblemAnswer, type ProblemChoice, type ProblemTables } from "./problems/answerProblem.ts";
export {
  type CandidateCosts,
  type CandidateJudgement,
  excessSum,
  holds,
  type Judge,
  judgeOf,
  type RunCost,
} from "./problems/judgeOf.ts";
export { withMargin } from "./problems/withMargin.ts";

// Packing: which model on which piece of which GPU

export type { Card, PieceType, PlacedPiece } from "./packing/card.ts";
export { type Choices, findUnservable, type ServiceChoices, type SizedChoice, toChoices } from "./packing/choices.ts";
export { type BoundedPacking, columnGeneration, type ExactOptions } from "./packing/columnGeneration.ts";
export { computeBound } from "./packing/gpuBounds.ts";
export { type GpuletOptions, gpulet } from "./packing/gpulet.ts";
export { highestLoadFactor, type LoadFactor } from "./packing/highestLoadFactor.ts";
export { igniter } from "./packing/igniter.ts";
export { type IgniterCoefficients, type IgniterShare, igniterShare } from "./packing/igniterShare.ts";
export { type PackingName, packings } from "./packing/index.ts";
export { type KaistOptions, kaist } from "./packing/kaist.ts";
export { type KneeName, knees, type SizedRate } from "./packing/knees.ts";
export type { Layout, LayoutGpu, LayoutPiece, Packing, Tenant, Unservable } from "./packing/layout.ts";
export { type LayoutValue, layoutValue } from "./packing/layoutValue.ts";
export {
  type CardKind,
  type KindLayout,
  type LeastPowerOptions,
  leastPower,
  type PowerPacking,
  type PowerPackingProblem,
} from "./packing/leastPower.ts";
export { type MigSlots, migCard } from "./packing/migCard.ts";
export { type MpsCard, mpsCard, shareName } from "./packing/mpsCard.ts";
export { nexus } from "./packing/nexus.ts";
export { type MilpOptions, packExactly } from "./packing/packExactly.ts";
export type { PackingProblem, PieceRow, Service } from "./packing/packingProblem.ts";
export { type PackingRule, type PackingRuleName, packingRules } from "./packing/packingRules.ts";
export { type ParvagpuOptions, parvagpu } from "./packing/parvagpu.ts";
export { sevenSliceCard } from "./packing/sevenSliceCard.ts";
export { timeSlicing } from "./packing/timeSlicing.ts";
export { wholeGpu } from "./packing/wholeGpu.ts";

// Packing: from what was measured to a fleet plan

export { checkFleetDemands } from "./checkFleetDemands.ts";
export { fastestMode, modesOf } from "./fastestMode.ts";
export { type FewestGpusOptions, fewestGpus, gpuOptimality } from "./fewestGpus.ts";
export { type FleetFrontOptions, type FrontAxis, fleetFront, frontAxes } from "./fleetFront.ts";
export type { FleetPacking } from "./fleetPacking.ts";
export { leastPowerFleet, type PowerFleetOptions, powerObjective, wattsOf } from "./leastPowerFleet.ts";
export { methodPower } from "./methodPower.ts";
export { leastGpus } from "./packing/leastGpus.ts";
export { type HeadroomOptions, type HeadroomPacking, mostHeadroom } from "./packing/mostHeadroom.ts";
export { rowKey } from "./packing/rowKey.ts";
export { besideOthers, type PackingConfigs, packingConfigs } from "./packingConfigs.ts";
export {
  type AcceptFleet,
  type FleetJudgement,
  packVerified,
  type RaisedCapacity,
  type VerifiedPacking,
  type VerifyOptions,
} from "./packVerified.ts";
export type { PlannedRow } from "./plannedCurve.ts";
export { type RoomObjective, roomiestFleet, roomObjectives } from "./roomiestFleet.ts";
export { serviceName } from "./serviceName.ts";
export { type PieceKind, partitionOfPiece, pieceKinds, pieceName, toCard } from "./toCard.ts";
export { type FleetLayout, type FleetPlanInput, toFleetPlan } from "./toFleetPlan.ts";
export { type FleetProblem, type PackingInput, toPackingProblem } from "./toPackingProblem.ts";

// Re-planning a running fleet

export { type ChangeCosts, type ChangeCount, countChanges, defaultChangeCosts } from "./changeCost.ts";
export { planTransition, type TransitionEnd, type TransitionOptions } from "./planTransition.ts";
export { type FleetReplan, replanFleet } from "./replanFleet.ts";
export { type LayoutReplan, type ReplanOptions, replanLayout } from "./replanLayout.ts";
export type { RunningGpu, RunningPiece } from "./runningLayout.ts";
export {
  type FleetPeriod,
  type FleetScheduleInput,
  type FleetScheduling,
  toFleetSchedule,
} from "./toFleetSchedule.ts";
export { assumedStepSeconds, type StepSeconds } from "./transitionSteps.ts";

// Searching with few measurements

export { type MeasureRun, type Probe, type SearchOptions, type SearchResult, search } from "./search.ts";
export { type StrategyName, strategies } from "./strategies/index.ts";
export type {
  FailedRun,
  IdleCost,
  Learn,
  LearnedRow,
  ModeCost,
  ModeDimension,
  ModeGrid,
  ModeQuantity,
  ModeRun,
  Observation,
  Proposal,
  RunOutcome,
  StartStrategy,
  Strategy,
  StrategyInput,
} from "./strategies/strategy.ts";
export { tablesOf } from "./strategies/tablesOf.ts";

// Optimising anything that can be evaluated, with several objectives and constraints

export { type BayesianOptions, bayesianWith } from "./optimisers/bayesian.ts";
export { bestOf } from "./optimisers/bestOf.ts";
export { type OptimiserName, optimisers } from "./optimisers/index.ts";
export { type Nsga2Options, nsga2With } from "./optimisers/nsga2.ts";
export type { Evaluation, Optimiser, OptimiserInput, StartOptimiser, Variable } from "./optimisers/optimiser.ts";
export { sortByDomination } from "./optimisers/sortByDomination.ts";

// From profiles to the tables and grids that power modes are chosen over

export { assumedNoise, type MeasurementNoise, measurementNoise } from "./measurementNoise.ts";
export type { MeasuredRow, ModeTable, ModeTables, OmittedRows } from "./modeTables.ts";
export { toModeGrid } from "./toModeGrid.ts";
export { toModeTables } from "./toModeTables.ts";
export { toProblemTables } from "./toProblemTables.ts";
export { type ProblemWorkloads, type ServedWorkload, workloadsOf } from "./workloadsOf.ts";

// From answers to choices, fronts, searches and plans

export { baselineChoice } from "./baselineChoice.ts";
export { type BudgetUse, budgetUse, type SingleChoice, type SingleProblem } from "./budgetUse.ts";
export { gainOver } from "./gainOver.ts";
export { type ModeObjective, modeObjective } from "./modeObjective.ts";
export { modeTurnsOf, type TurnsContext } from "./modeTurns.ts";
export { observedChoices } from "./observedChoices.ts";
export { observedFront, toParetoFront } from "./observedFront.ts";
export { toModeChoice } from "./toModeChoice.ts";
export { type PlanOrigin, toModePlan } from "./toModePlan.ts";
export { toModeSchedule } from "./toModeSchedule.ts";
export { type ModeSearchInput, toModeSearch } from "./toModeSearch.ts";

// How likely a choice is to hold when it is measured again

export { type Belief, believedCost, type MeasuredCost } from "./believedCost.ts";
export { chooseHolding, defaultHolding, defaultModeMargin, type HoldingChoice } from "./chooseHolding.ts";
export { type HoldingInput, type HoldingJudge, holdingJudge, holdingProbability } from "./holdingProbability.ts";

// Searching a device, a table or a formula, from the problem to the plan

export type { MeasureNamed, NamedRun } from "./measureOn.ts";
export { atHighestRate, type ScheduleRequest, scheduleModes } from "./scheduleModes.ts";
export { type FoundMode, type ModeSearchRequest, type ModeSource, searchModes } from "./searchModes.ts";

// Judging searches against the exact optimum

export { type GridRow, nameGridRow, readGridRow } from "./gridRow.ts";
export { type ProblemGroup, problemGroups } from "./problemGroups.ts";
export { type LookUp, type SearchScore, scoreSearch } from "./scoreSearch.ts";
export { summariseScores } from "./summariseScores.ts";
export { tableLookUp } from "./tableLookUp.ts";

// Tasks with deadlines: worst-case response times

export { analyseTaskSet } from "./analyseTaskSet.ts";
export { delayComposition, type PipelineBound, type PipelineJob } from "./delayComposition.ts";
export { estimateSwitch } from "./estimateSwitch.ts";
export { type KernelBound, type KernelDemand, type KernelPromises, kernelPromises } from "./kernelPromises.ts";
export { randomTaskSet } from "./randomTaskSet.ts";
export type { Analysis, AnalysisResult, TaskResponse } from "./schedulability/analysis.ts";
export { type AnalysisName, analyses } from "./schedulability/index.ts";
export { curveAnalyses, type SchedulabilityRequest, schedulabilityCurves } from "./schedulabilityCurves.ts";
export {
  type ExperimentName,
  type SchedulabilityExperiment,
  schedulabilityExperiments,
} from "./schedulabilityExperiments.ts";
export { publishedTaskSets, type Range, type TaskSetSettings } from "./taskSetSettings.ts";
export { toRealTimeSet } from "./toRealTimeSet.ts";

// Kernels: plans by which a scheduler fills the gaps of an urgent task

export { chooseFilling, type FillingChoice, type FillingWish } from "./chooseFilling.ts";
export type { FillSettings } from "./fillSettings.ts";
export {
  defaultQuantilePairs,
  type QuantileFrontInput,
  type QuantilePair,
  type QuantilePoint,
  quantileFront,
} from "./quantileFront.ts";
export { type FilledStep, summariseFilling } from "./summariseFilling.ts";
export { type FillingTask, type FillPlanInput, toFillPlan } from "./toFillPlan.ts";
