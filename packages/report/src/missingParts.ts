import { html, type Markup } from "./markup.ts";
import { isAboutFleets, isAboutKernels, kernelParts, type ReportInput, tracesOf } from "./reportInput.ts";

/** What the page lacks and the command that would add it. */
export function missingParts(input: ReportInput): Markup | null {
  const absent = missingOf(input).filter(([isAbsent]) => isAbsent);
  if (absent.length === 0) return null;
  const items = absent.map(([, what, command]) => html`<li>${what}: <code>${command}</code></li>`);
  return html`<section id="missing"><h2>Not on this page</h2><ul>${items}</ul></section>`;
}

/** Whether something is absent, what it is, and the command that makes it. */
type Missing = readonly (readonly [boolean, string, string])[];

function missingOf(input: ReportInput): Missing {
  if (isAboutFleets(input)) return fleetMissing(input);
  if (!isAboutKernels(input)) return deviceMissing(input);
  return kernelParts(input).length > 0 ? kernelMissing(input) : [];
}

function kernelMissing({ kernelTraces, kernelProfiles, kernelSharings, kernelFillPlans }: ReportInput): Missing {
  const absent = (list: readonly unknown[] = []) => list.length === 0;
  return [
    [absent(kernelTraces), "a timeline of kernels and gaps", "partitune import kernels, or partitune kernels record"],
    [absent(kernelProfiles), "whether there is anything to gain", "partitune kernels profile"],
    [absent(kernelSharings), "ways of sharing side by side", "partitune kernels simulate"],
    [absent(kernelFillPlans), "a plan that a scheduler can follow", "partitune kernels fill"],
  ];
}

function fleetMissing(input: ReportInput): Missing {
  const { fleetPlan, fleetReport, comparisons = [], interferences = [] } = input;
  return [
    [fleetPlan === undefined, "a fleet plan", "partitune pack"],
    [fleetReport === undefined, "verdicts on its promises", "partitune verify"],
    [comparisons.length === 0, "the same load without partitions", "partitune compare"],
    [interferences.length === 0, "how neighbours slow each other down", "partitune interference"],
  ];
}

function deviceMissing(input: ReportInput): Missing {
  return [
    [input.profile === undefined, "measurements", "partitune profile"],
    [input.surrogate === undefined, "predictions with their errors", "partitune fit"],
    [(input.fronts ?? []).length === 0, "a Pareto front", "partitune solve --front"],
    [input.plan === undefined, "a plan", "partitune solve"],
    [input.report === undefined, "verdicts on the promises", "partitune verify"],
    [!tracesOf(input).some(({ source }) => source === "simulated"), "simulated response times", "partitune simulate"],
    [
      !tracesOf(input).some(({ source }) => source === "measured"),
      "measured response times",
      "partitune verify --live",
    ],
  ];
}
