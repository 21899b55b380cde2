import {
  type Device,
  type FleetPlan,
  type Made,
  metricDefinitions,
  type Profile,
  type Protocol,
  type Warning,
} from "@partitune/schema";
import { idleTable } from "./deviceTable.ts";
import { formatPercent, formatPercentile, formatQuantity, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { optimalityWords } from "./optimalityWords.ts";
import { deadlineParts, fleetParts, isAboutFleets, kernelParts, type ReportInput, tracesOf } from "./reportInput.ts";

/** How it was done: method, environment, definitions, warnings and the origin of every number. */
export function methodSection(input: ReportInput): Markup {
  const { profile, surrogate, plan } = input;
  const one = profile?.device ?? plan?.device ?? surrogate?.device;
  const devices = one === undefined ? fleetDevices(input) : [one];
  const warned = [profile, surrogate, input.report, input.fleetReport, ...(input.interferences ?? [])];
  const kernels = [...(input.kernelTraces ?? []), ...(input.kernelProfiles ?? []), ...(input.kernelOverlaps ?? [])];
  const warnings = [...warned, ...kernels].flatMap((part) => part?.warnings ?? []);
  return html`<section id="warnings"><h2>Warnings</h2>${warningList(warnings)}</section>
<section id="method"><h2>Method</h2>
${profile === undefined ? null : protocolTable(profile.protocol)}
${surrogate === undefined ? null : fitTable(surrogate)}
${input.fleetPlan === undefined ? null : packingTable(input.fleetPlan)}</section>
<section id="environment"><h2>Environment</h2>
<div class="tables">${devices.length === 0 ? html`<p>No file of this page names a device.</p>` : devices.map(deviceTable)}
${profile === undefined ? null : environmentTables(profile)}</div>
${profile === undefined ? null : idleTable(profile)}
${profile === undefined ? null : mechanisms(profile)}</section>
<section id="definitions"><h2>Definitions</h2>${definitionTable()}
${isAboutFleets(input) ? fleetTermTable() : null}</section>
<section id="origin"><h2>Origin</h2>${originTable(input)}</section>`;
}

/** Kinds of cards, each once. */
function fleetDevices({ fleetPlan, schedules = [], transitions = [] }: ReportInput): Device[] {
  const all = [fleetPlan, ...schedules, ...transitions].flatMap((part) => part?.devices ?? []);
  return [...new Map(all.map((device) => [device.name, device])).values()];
}

function warningList(warnings: readonly Warning[]): Markup {
  if (warnings.length === 0) return html`<p>None.</p>`;
  const items = warnings.map(
    ({ code, where, cause, advice }) =>
      html`<li><strong>${code}</strong> (${where}): ${cause}. <em>What to do:</em> ${advice}.</li>`,
  );
  return html`<ul>${items}</ul>`;
}

function protocolTable(protocol: Protocol): Markup {
  return htmlTable(
    "How it was measured",
    ["rule", "value"],
    [
      ["rounds, each in a fresh random order", String(protocol.rounds)],
      [
        "warm-up",
        `at least ${protocol.warmupIterations} batches and ${significant(protocol.warmupSeconds)} s, at most ${significant(protocol.warmupBudgetSeconds)} s until steady`,
      ],
      ["measured", `at least ${protocol.minimumSamples} batches, at most ${significant(protocol.budgetSeconds)} s`],
      [
        "stopped when",
        `the interval of ${formatPercentile(protocol.targetQuantile)} was within ± ${formatPercent(protocol.targetPrecision)}`,
      ],
      [
        "intervals",
        `${formatPercent(protocol.confidence)}, from order statistics: no distribution is assumed; a percentile without enough samples is absent`,
      ],
    ],
  );
}

function fitTable({ fits, confidence }: NonNullable<ReportInput["surrogate"]>): Markup {
  return htmlTable(
    `How it is predicted (${formatPercent(confidence)} conformal intervals)`,
    ["workload", "metric", "model", "held out", "median error", "R²", "coverage", "interval"],
    fits.map(({ workload, metric, model, scores, intervalRatio }) => [
      workload,
      metric,
      model,
      String(scores.heldOut),
      scores.medianError === null ? "–" : formatPercent(scores.medianError),
      scores.r2 === null ? "–" : scores.r2.toFixed(4),
      scores.coverage === null ? "–" : formatPercent(scores.coverage.value),
      intervalRatio === null ? "too few rows" : `× or ÷ ${(1 + intervalRatio).toFixed(3)}`,
    ]),
  );
}

function packingTable({ optimality, rule, interference, devices, synthetic }: FleetPlan): Markup {
  return htmlTable(
    "How the fleet was planned",
    ["what", "value"],
    [
      ["method", optimality.method],
      ["objective", optimality.objective.name],
      ["answer", optimalityWords(optimality)],
      ["what counts as safe", `rule "${rule}"`],
      ["interference", interference.model],
      ["cards", devices.map(({ name }) => name).join(", ")],
      ["measurements", synthetic ? "synthetic: from a formula, not from hardware" : "of hardware"],
    ],
  );
}

function fleetTermTable(): Markup {
  return htmlTable(
    "Words about fleets",
    ["word", "meaning"],
    [
      ["piece", "a part of a card: a MIG instance, a share of its multiprocessors, or all of it"],
      ["tenant", "a service on a piece, with the largest batch it forms and how many processes run at once"],
      ["turns", "tenants of one piece work one after the other, a batch of each process per turn"],
      [
        "safe capacity",
        "requests per second that a tenant answers in time by the plan's rule, the turns of others counted",
      ],
      ["load", "requests per second that are sent to a tenant, over its safe capacity"],
      ["slowdown assumed", "factor on a tenant's times because other pieces of its card work; MIG instances have none"],
      [
        "bound, gap",
        "no plan has fewer cards (or a better objective) than the bound; the gap is what lies between it and the plan",
      ],
      ["in time", "part of the requests whose response, arrival to completion, kept the deadline"],
      ["dip", "time during a transition in which a service's running tenants can safely answer less than is required"],
    ],
  );
}

function deviceTable(device: Device): Markup {
  return htmlTable(
    "The device",
    ["what", "value"],
    [
      ["name", device.name],
      ["processor", device.processor],
      ["cores", String(device.cores)],
      ["memory", formatQuantity(device.memoryBytes, "bytes")],
      ["partition schemes", device.partitionSchemes.map(({ kind }) => kind).join(", ")],
      ["power modes", device.powerModes.map(({ name }) => name).join(", ")],
      ["hardware", device.synthetic ? "none: synthetic" : "yes"],
    ],
  );
}

function environmentTables({ environments }: Profile): Markup[] {
  return Object.entries(environments).map(([hash, facts]) =>
    htmlTable(`Environment ${hash}`, ["fact", "value"], Object.entries(facts)),
  );
}

function mechanisms({ measurements }: Profile): Markup {
  const used = [...new Set(measurements.map(({ mechanism }) => mechanism))];
  return html`<p>Partitions were set by: ${used.join("; ") || "nothing"}.</p>`;
}

function definitionTable(): Markup {
  return htmlTable(
    "Every metric in words",
    ["metric", "unit", "better", "definition"],
    Object.entries(metricDefinitions).map(([name, { unit, better, definition }]) => [name, unit, better, definition]),
  );
}

function originTable(input: ReportInput): Markup {
  const { profile, surrogate, fronts = [], plan, report } = input;
  const parts: readonly (readonly [string, { readonly made: Made } | undefined])[] = [
    ["profile", profile],
    ["surrogate", surrogate],
    ...fronts.map((front) => ["Pareto front", front] as const),
    ["plan", plan],
    ["report", report],
    ...tracesOf(input).map((trace) => [`${trace.source} trace`, trace] as const),
    ...[...fleetParts(input), ...kernelParts(input), ...deadlineParts(input)].map(
      ({ name, part }) => [name, part] as const,
    ),
  ];
  const rows = parts.flatMap(([name, part]) => (part === undefined ? [] : [originRow(name, part.made)]));
  return htmlTable(
    "Which files this page was made from",
    ["file", "made by", "at", "seed", "made from (SHA-256)"],
    rows,
  );
}

function originRow(name: string, { tool, at, seed, inputs }: Made): (string | Markup)[] {
  const sources = inputs.map((source) => html`${source.name} <code>${source.sha256}</code><br>`);
  return [name, tool, at, seed === null ? "nothing random" : String(seed), html`${sources}`];
}
