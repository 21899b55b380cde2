import type {
  Check,
  Evaluation,
  FleetTrace,
  ModePlan,
  ModeReport,
  Optimality,
  ParetoFront,
  Plan,
  Report,
  Verdict,
} from "@partitune/schema";
import { comparisonHeadline } from "./comparisonSection.ts";
import { counted } from "./counted.ts";
import { fleetFacts } from "./fleetFacts.ts";
import { formatPromise } from "./formatPromise.ts";
import {
  formatEstimate,
  formatPercent,
  formatPercentile,
  formatQuantity,
  inWords,
  significant,
  unitOf,
} from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { interferenceHeadline } from "./interferenceSection.ts";
import { kernelHeadline } from "./kernelHeadline.ts";
import { html, type Markup } from "./markup.ts";
import { optimalityWords } from "./optimalityWords.ts";
import { planNeeds } from "./planNeeds.ts";
import { isSynthetic, type ReportInput } from "./reportInput.ts";
import { scheduleHeadline } from "./scheduleSection.ts";
import { searchHeadline } from "./searchSection.ts";
import { transitionHeadline } from "./transitionSection.ts";
import { verdictWords } from "./verdictWords.ts";

/** The first screen: what to run where, what is gained, how sure that is, and promise by promise what was seen. */
export function answerSection(input: ReportInput): Markup {
  const { plan, report } = input;
  return html`<section id="answer"><h2>Answer</h2>
${isSynthetic(input) ? html`<p class="notice"><strong>Synthetic data.</strong> Numbers on this page rest on a formula, not on hardware.</p>` : null}
<p class="headline">${headline(input)}</p>
<ul class="facts">${facts(input).map((fact) => html`<li>${fact}</li>`)}</ul>
${plan === undefined ? null : placementTable(plan)}
${plan === undefined && report === undefined ? null : promiseTable(plan, report)}
</section>`;
}

function headline({
  plan,
  report,
  profile,
  searches = [],
  evaluations = [],
  modePlan,
  modeReport,
  fronts = [],
  ...others
}: ReportInput): string {
  const checks = report?.checks ?? [];
  if (plan !== undefined) {
    const verdict = checks.length === 0 ? "its promises are not judged yet" : countVerdicts(checks);
    const share = plan.placements.length === 1 ? "1 placement" : `${plan.placements.length} placements`;
    return `${share} on ${plan.device.name} serve ${plan.demands.length === 1 ? "1 demand" : `${plan.demands.length} demands`}: ${verdict}.`;
  }
  if (checks.length > 0) return `${countVerdicts(checks)}.`;
  if (modePlan !== undefined) return modeHeadline(modePlan, modeReport);
  if (searches.length > 0) return searches.map(searchHeadline).join(" ");
  const fleet = fleetHeadline(others);
  if (fleet !== null) return fleet;
  const kernels = kernelHeadline(others);
  if (kernels !== null) return kernels;
  if (evaluations.length > 0) return evaluations.map(evaluationHeadline).join(" ");
  if (profile === undefined && fronts.length > 0) return `${fronts.map(frontHeadline).join(" ")} There is no plan yet.`;
  return profile === undefined
    ? "There is no plan yet."
    : `${profile.measurements.length} measurements of ${profile.workloads.length} workloads on ${profile.device.name}; there is no plan yet.`;
}

function frontHeadline({ objectives, points }: ParetoFront): string {
  const names = objectives.map(({ name }) => inWords(name)).join(" against ");
  return `${points.filter(({ onFront }) => onFront).length} best alternatives of ${points.length}: ${names}.`;
}

/** Of what there is about fleets, the first that answers a question; null when there is nothing. */
function fleetHeadline(input: Omit<ReportInput, "title">): string | null {
  const { fleetPlan, fleetReport, transitions = [], schedules = [], comparisons = [], interferences = [] } = input;
  const { fleetTraces = [] } = input;
  if (fleetPlan !== undefined) {
    const verdict = fleetReport === undefined ? "its promises are not judged yet" : countVerdicts(fleetReport.checks);
    const services = counted(fleetPlan.services.length, "service");
    return `${optimalityWords(fleetPlan.optimality)}. For ${services}: ${verdict}.`;
  }
  if (fleetReport !== undefined) return `${countVerdicts(fleetReport.checks)}.`;
  if (schedules.length > 0) return schedules.map(scheduleHeadline).join(" ");
  if (transitions.length > 0) return transitions.map(transitionHeadline).join(" ");
  if (comparisons.length > 0) return comparisons.map(comparisonHeadline).join(" ");
  if (interferences.length > 0) return interferences.map(interferenceHeadline).join(" ");
  return fleetTraces.length > 0 ? tracesHeadline(fleetTraces) : null;
}

function tracesHeadline(traces: readonly FleetTrace[]): string {
  const streams = traces.flatMap(({ services }) => services);
  const requests = streams.reduce((sum, stream) => sum + stream.requests, 0);
  const services = Map.groupBy(streams, ({ service }) => service);
  const runs = Math.max(0, ...[...services.values()].map((own) => own.length));
  return `${requests} requests for ${counted(services.size, "service")} of a fleet in ${counted(runs, "simulated run")}.`;
}

function modeHeadline({ powerMode, device }: ModePlan, report: ModeReport | undefined): string {
  const verdict = report === undefined ? "its promises are not judged yet" : countVerdicts(report.checks);
  return `${device.name} in power mode ${powerMode.name}: ${verdict}.`;
}

function evaluationHeadline({ summaries, device }: Evaluation): string {
  const strategies = new Set(summaries.map(({ strategy }) => strategy));
  const searches = summaries.reduce((sum, { problems }) => sum + problems, 0);
  return `${strategies.size} search strategies on ${device.name}, ${searches} searches compared with the exact optimum.`;
}

function countVerdicts(checks: readonly Pick<Check, "verdict">[]): string {
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  const parts = (["kept", "broken", "undecided"] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`);
  return `of ${checks.length} promises ${parts.join(", ")}`;
}

function facts({ plan, profile, report, surrogate, fleetPlan, fleetReport }: ReportInput): string[] {
  const needs = plan === undefined || profile === undefined ? null : planNeeds(plan, profile);
  return [
    ...(fleetPlan === undefined ? [] : fleetFacts(fleetPlan, fleetReport)),
    ...(needs === null ? [] : [gain(needs)]),
    ...(plan === undefined ? [] : [sureness(plan.optimality)]),
    ...(report === undefined ? [] : [judgement(report)]),
    ...(surrogate === undefined
      ? []
      : [
          `Predictions carry ${formatPercent(surrogate.confidence)} intervals, checked on configurations that were held out.`,
        ]),
  ];
}

function gain({ planned, byDefault, byDefaultRange, rounds }: NonNullable<ReturnType<typeof planNeeds>>): string {
  const [low, high] = byDefaultRange;
  const range = ([from, to]: readonly [number, number]) => `[${significant(from)}, ${significant(to)}]`;
  const ratio = `${significant(planned / byDefault)} ${range([planned / high, planned / low])} times`;
  return `The plan reserves ${formatPercent(planned)} of the device. In the default configuration (whole device, batch 1, one workload after the other) the same requests keep ${significant(byDefault)} ${range([low, high])} devices busy, deadlines aside: the plan takes ${ratio} that (range over ${rounds} ${rounds === 1 ? "round" : "rounds"}).`;
}

function sureness({ status, method, objective, value, bound, gap }: Optimality): string {
  const found = `Objective ${objective.name} ${formatQuantity(value, objective.unit)}, found by ${method}`;
  if (status === "optimal") return `${found} and proved the best there is among the choices considered.`;
  if (bound === null || gap === null) return `${found}; nothing proves that no better plan exists.`;
  return `${found}; no plan can be better than ${formatQuantity(bound, objective.unit)}, a gap of ${formatPercent(gap)}.`;
}

function judgement({ checks, traces }: Report): string {
  const seeds = Math.max(0, ...checks.map(({ simulated }) => simulated?.perSeed.length ?? 0));
  const live = checks.some(({ measured }) => measured !== null);
  const simulated = seeds === 0 ? "not simulated" : `simulated on ${seeds} fresh seeds that no search has seen`;
  const requests = traces.filter(({ source }) => source === "measured").flatMap(({ streams }) => streams);
  const count = requests.reduce((sum, stream) => sum + stream.requests, 0);
  const measured = live
    ? `deployed and measured for real${count > 0 ? ` (${count} requests)` : ""}`
    : "not measured on the device (partitune verify --live would)";
  return `Promises were ${simulated}, and ${measured}.`;
}

function placementTable({ placements, demands }: Plan): Markup {
  return htmlTable(
    "What runs where",
    ["placement", "workload", "partition", "threads", "largest batch", "longest wait for a batch", "demand"],
    placements.map(({ id, config, threads, maxDelaySeconds }) => {
      const demand = demands.find(({ workload }) => workload === config.workload);
      return [
        id,
        config.workload === id ? "the same" : config.workload,
        partitionWords(config.partition),
        String(threads),
        String(config.batch),
        maxDelaySeconds === 0 ? "none, takes what is there" : formatQuantity(maxDelaySeconds, "s"),
        demand === undefined ? "none" : demandWords(demand),
      ];
    }),
  );
}

function demandWords({ ratePerSecond, percentile, deadlineSeconds }: Plan["demands"][number]): string {
  return `${significant(ratePerSecond)} /s, ${formatPercentile(percentile)} ≤ ${formatQuantity(deadlineSeconds, "s")}`;
}

function partitionWords(partition: Plan["placements"][number]["config"]["partition"]): string {
  switch (partition.kind) {
    case "whole":
      return "whole device";
    case "cpu-share":
      return `${formatPercent(partition.share)} of all cores`;
    case "core-set":
      return `cores ${partition.cores.join(", ")}`;
    case "mps-share":
      return `${formatPercent(partition.share)} of all multiprocessors, by MPS`;
    case "mig":
      return `MIG ${partition.profile}${partition.start === undefined ? "" : ` from slice ${partition.start}`}`;
    case "sm-partition":
      return `${partition.multiprocessors} multiprocessors of its own`;
    case "green-context":
      return `${partition.multiprocessors} multiprocessors, in a green context`;
  }
}

function promiseTable(plan: Plan | undefined, report: Report | undefined): Markup {
  const checks: readonly (Check | Pick<Check, "promise">)[] =
    report?.checks ?? (plan?.promises ?? []).map((promise) => ({ promise }));
  return htmlTable(
    "Promise by promise",
    ["subject", "promise", "predicted", "simulated", "measured", "verdict"],
    checks.map((check) => {
      const { promise } = check;
      const unit = unitOf(promise.metric);
      const judged = "verdict" in check ? check : null;
      return [
        promise.subject,
        formatPromise(promise),
        formatEstimate(promise.predicted, unit),
        formatEstimate(judged?.simulated?.estimate ?? null, unit),
        formatEstimate(judged?.measured ?? null, unit),
        judged === null ? "not judged" : verdictCell(judged),
      ];
    }),
  );
}

function verdictCell({ verdict, why }: Check): Markup {
  return html`<strong class="${verdict}">${verdictWords[verdict]}</strong><br><small>${why}</small>`;
}
