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
