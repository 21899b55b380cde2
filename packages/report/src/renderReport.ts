import { toolName } from "@partitune/schema";
import { answerSection } from "./answerSection.ts";
import { comparisonSection } from "./comparisonSection.ts";
import { configurationsSection } from "./configurationsSection.ts";
import { evaluationSection } from "./evaluationSection.ts";
import { figure } from "./figure.ts";
import { fleetSection, fleetTraceSection } from "./fleetSection.ts";
import { interferenceSection } from "./interferenceSection.ts";
import { kernelFillPlanSection, kernelProfileSection, kernelTraceSection } from "./kernelSection.ts";
import { kernelSharingSection } from "./kernelSharingSection.ts";
import { html, type Markup, trusted } from "./markup.ts";
import { methodSection } from "./methodSection.ts";
import { missingParts } from "./missingParts.ts";
import { modePlanSection } from "./modePlanSection.ts";
import { overlapSection } from "./overlapSection.ts";
import { pageCss } from "./pageCss.ts";
import { pickedPoint } from "./pickedPoint.ts";
import { plots } from "./plots/index.ts";
import { fleetTracesOf, type ReportInput, tracesOf } from "./reportInput.ts";
import { responseTimesSections, schedulabilitySection } from "./schedulabilitySection.ts";
import { scheduleSection } from "./scheduleSection.ts";
import { searchSection } from "./searchSection.ts";
import { transitionSection } from "./transitionSection.ts";
import { workloadSections } from "./workloadSections.ts";

/**
 * One HTML page that stands alone: no network, no script, light and dark, for screen and paper.
 *
 * It begins with the answer, goes on to the evidence and ends with method and definitions. Everything from a file is
 * escaped. Parts that were not handed in are left out, and the page says which command would add them.
 */
export function renderReport(input: ReportInput): string {
  const sections = [
    answerSection(input),
    planAndFronts(input),
    fleet(input),
    ...(input.comparisons ?? []).map(comparisonSection),
    ...(input.transitions ?? []).map(transitionSection),
    ...(input.schedules ?? []).map(scheduleSection),
    ...(input.interferences ?? []).map(interferenceSection),
    ...kernels(input),
    ...(input.searches ?? []).map(searchSection),
    modeSection(input),
    ...(input.evaluations ?? []).map(evaluationSection),
    ...(input.profile === undefined ? [] : [configurationsSection(input.profile)]),
    ...workloadSections(input),
    runSection(input),
    methodSection(input),
    missingParts(input),
  ].filter((section) => section !== null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${input.title}</title>
<style>${trusted(pageCss)}</style>
</head>
<body>
<header><h1>${input.title}</h1>
${contents(input)}</header>
<main>
${sections}
</main>
<footer>Made with ${toolName}.</footer>
</body>
</html>
`.markup;
}

function contents(input: ReportInput): Markup {
  const links: readonly (readonly [boolean, string, string])[] = [
    [true, "answer", "Answer"],
    [input.plan !== undefined, "plan", "Plan"],
    [(input.fronts ?? []).length > 0, "front", "Front"],
    [input.fleetPlan !== undefined, "fleet", "Fleet"],
    [input.fleetPlan !== undefined, "fleet-promises", "Promises"],
    [input.fleetPlan === undefined && fleetTracesOf(input).length > 0, "fleet-traces", "Simulated fleet"],
    [(input.comparisons ?? []).length > 0, "comparison-1", "Ways of sharing"],
    [(input.transitions ?? []).length > 0, "transition-1", "Transition"],
    [(input.schedules ?? []).length > 0, "schedule-1", "Schedule"],
    [(input.interferences ?? []).length > 0, "interference-1", "Interference"],
    [(input.kernelProfiles ?? []).length > 0, "kernel-profile-1", "Kernel profile"],
    [(input.kernelTraces ?? []).length > 0, "kernels-1", "Kernels"],
    [(input.kernelSharings ?? []).length > 0, "kernel-sharing", "Sharing kernel by kernel"],
    [(input.kernelOverlaps ?? []).length > 0, "overlap-1", "Sharing, measured"],
    [(input.kernelFillPlans ?? []).length > 0, "fill-plan-1", "Fill plan"],
    [(input.responseTimes ?? []).length > 0, "response-times-1", "Response times"],
    [(input.schedulabilities ?? []).length > 0, "schedulability-1", "Schedulability"],
    [(input.searches ?? []).length > 0, "search-1", "Power modes"],
    [input.modePlan !== undefined, "turns", "Taking turns"],
    [(input.evaluations ?? []).length > 0, "evaluation-1", "Strategies"],
    [input.profile !== undefined, "configurations", "Configurations"],
    [hasWorkloads(input), "workload-1", "Workloads"],
    [true, "warnings", "Warnings"],
    [true, "method", "Method"],
    [true, "definitions", "Definitions"],
    [true, "origin", "Origin"],
  ];
  const items = links.filter(([shown]) => shown).map(([, id, name]) => html`<li><a href="#${id}">${name}</a></li>`);
  return html`<nav aria-label="Contents"><ul>${items}</ul></nav>`;
}

function hasWorkloads(input: ReportInput): boolean {
  return input.profile !== undefined || input.surrogate !== undefined || tracesOf(input).length > 0;
}

/** Side by side where there is room. */
function planAndFronts(input: ReportInput): Markup | null {
  const sections = [planSection(input), frontSection(input)].filter((section) => section !== null);
  return sections.length === 0 ? null : html`<div class="pair">${sections}</div>`;
}

function planSection({ plan, report }: ReportInput): Markup | null {
  return plan === undefined
    ? null
    : html`<section id="plan"><h2>Plan</h2>${figure(plots.planPicture(plan, report ?? null))}</section>`;
}

function frontSection({ fronts = [], plan }: ReportInput): Markup | null {
  if (fronts.length === 0) return null;
  const pictures = fronts.map((front) =>
    figure(plots.paretoFront(front, plan === undefined ? null : pickedPoint(front, plan))),
  );
  return html`<section id="front"><h2>Pareto front</h2>${pictures}</section>`;
}

function fleet(input: ReportInput): Markup | null {
  const { fleetPlan, fleetReport, fleetTraces = [] } = input;
  if (fleetPlan !== undefined) return fleetSection(fleetPlan, fleetReport, fleetTraces);
  const traces = fleetTracesOf(input);
  return traces.length === 0 ? null : fleetTraceSection(traces, fleetReport);
}

/** From what ran to what sharing it gives, then deadlines. */
function kernels(input: ReportInput): Markup[] {
  const { kernelTraces = [], kernelProfiles = [], kernelFillPlans = [], kernelSharings = [] } = input;
  const { kernelOverlaps = [], responseTimes = [], schedulabilities = [] } = input;
  return [
    ...kernelProfiles.map(kernelProfileSection),
    ...kernelTraces.map((trace, i) => kernelTraceSection(trace, i, kernelTraces, kernelProfiles)),
    ...(kernelSharings.length === 0 ? [] : [kernelSharingSection(kernelSharings)]),
    ...kernelOverlaps.map(overlapSection),
    ...kernelFillPlans.map(kernelFillPlanSection),
    ...responseTimesSections(responseTimes),
    ...schedulabilities.map(schedulabilitySection),
  ];
}

function modeSection({ modePlan, modeReport, modeTraces = [] }: ReportInput): Markup | null {
  return modePlan === undefined ? null : modePlanSection(modePlan, modeReport, modeTraces);
}

function runSection({ runs = [] }: ReportInput): Markup | null {
  return runs.length === 0 ? null : html`<section id="runs"><h2>Runs</h2>${figure(plots.runSequence(runs))}</section>`;
}
