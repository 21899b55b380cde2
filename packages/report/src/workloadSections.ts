import {
  formatPartition,
  isValid,
  type Measurement,
  measurementFlags,
  type Profile,
  type Surrogate,
  type Trace,
} from "@partitune/schema";
import { deviceTable } from "./deviceTable.ts";
import type { Display } from "./display.ts";
import { figure } from "./figure.ts";
import { formatPercent } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { plots } from "./plots/index.ts";
import { type ReportInput, tracesOf } from "./reportInput.ts";

/** One section per workload: what was measured, how well it is predicted, how it answered, and what may be wrong with it. */
export function workloadSections(input: ReportInput): Markup[] {
  const names = new Set([
    ...(input.profile?.workloads ?? []).map(({ name }) => name),
    ...(input.surrogate?.workloads ?? []).map(({ name }) => name),
    ...tracesOf(input).flatMap(({ streams }) => streams.map(({ workload }) => workload)),
  ]);
  return [...names].map((name, i) => workloadSection(name, i, input));
}

function workloadSection(name: string, i: number, input: ReportInput): Markup {
  const profile = input.profile && onlyProfile(input.profile, name);
  return html`<section id="workload-${i + 1}" class="workload"><h2>Workload ${name}</h2>
<div class="figures">${picturesOf(name, input, profile).map(figure)}</div>
${profile === undefined ? null : deviceTable(profile)}
${profile === undefined || profile.measurements.length === 0 ? null : validityTable(profile)}
</section>`;
}

function picturesOf(name: string, input: ReportInput, profile: Profile | undefined): Display[] {
  const surrogate = input.surrogate && onlySurrogate(input.surrogate, name);
  const traces = tracesOf(input)
    .map((trace) => onlyTrace(trace, name))
    .filter(({ streams }) => streams.length > 0);
  const demands = input.plan?.demands ?? [];
  return [
    ...(traces.length === 0 ? [] : [plots.responseDistribution(traces, demands), plots.responseBreakdown(traces)]),
    ...(profile === undefined || !profile.measurements.some(isValid)
      ? []
      : [plots.latencyByShare(profile), plots.shareBatchMap(profile), plots.throughputLatency(profile, demands)]),
    ...(surrogate === undefined || !hasResiduals(surrogate)
      ? []
      : [plots.predictedMeasured(surrogate), plots.residuals(surrogate)]),
  ];
}

function hasResiduals({ fits }: Surrogate): boolean {
  return fits.some(({ metric, residuals }) => metric === "latency_p50_s" && residuals.length > 0);
}

function validityTable({ measurements }: Profile): Markup {
  const measured = measurements.filter(({ outcome }) => outcome.kind === "measured");
  const flags = Object.entries(measurementFlags).map(([flag, meaning]) => ({
    flag,
    meaning,
    rows: measurements.filter((row) => row.flags.some((own) => own === flag)),
  }));
  const others = measurements.filter(({ outcome }) => outcome.kind !== "measured");
  const precise = measured.filter(
    ({ outcome }) => outcome.kind === "measured" && outcome.results.stoppedBy === "precision",
  );
  return htmlTable(
    "Validity of the measurements",
    ["what", "rows", "which"],
    [
      [
        "measured",
        `${measured.length} of ${measurements.length}`,
        `${measurements.filter(isValid).length} valid, ${precise.length} stopped because the interval was narrow enough`,
      ],
      ...flags
        .filter(({ rows }) => rows.length > 0)
        .map(({ flag, meaning, rows }) => [`flag ${flag}`, String(rows.length), `${meaning}: ${examples(rows)}`]),
      ...withoutNumbers(others),
      outliers(measured),
    ],
  );
}

const reasonsShown = 8;

/** Measurements that ended without numbers, one line per configuration and reason. */
function withoutNumbers(rows: readonly Measurement[]): string[][] {
  const groups = [
    ...Map.groupBy(rows, ({ point, outcome }) => {
      const { partition, batch } = point.config;
      const reason = outcome.kind === "measured" ? "" : outcome.reason;
      return `${formatPartition(partition)} batch ${batch}: ${reason}`;
    }),
  ];
  const lines = groups.slice(0, reasonsShown).map(([text, own]) => [own[0]!.outcome.kind, String(own.length), text]);
  const more = groups.slice(reasonsShown).reduce((sum, [, own]) => sum + own.length, 0);
  return more === 0 ? lines : [...lines, ["without numbers", String(more), "partitune show lists them all"]];
}

function outliers(measured: readonly Measurement[]): string[] {
  const totals = measured.reduce(
    (sum, { outcome }) =>
      outcome.kind === "measured"
        ? {
            samples: sum.samples + outcome.results.samples,
            mild: sum.mild + outcome.results.outliersMild,
            severe: sum.severe + outcome.results.outliersSevere,
          }
        : sum,
    { samples: 0, mild: 0, severe: 0 },
  );
  const share =
    totals.samples === 0
      ? "no samples"
      : `${formatPercent((totals.mild + totals.severe) / totals.samples)} of ${totals.samples} batches`;
  return [
    "outliers",
    `${totals.mild + totals.severe}`,
    `${totals.mild} mild, ${totals.severe} severe, ${share}; labelled and kept`,
  ];
}

function examples(rows: readonly Measurement[]): string {
  const names = rows.slice(0, 3).map(nameOf);
  return `${names.join(", ")}${rows.length > names.length ? ` and ${rows.length - names.length} more` : ""}`;
}

function nameOf({ point }: Measurement): string {
  return `${formatPartition(point.config.partition)} batch ${point.config.batch} round ${point.round}`;
}

function onlyProfile(profile: Profile, name: string): Profile {
  return {
    ...profile,
    workloads: profile.workloads.filter((workload) => workload.name === name),
    measurements: profile.measurements.filter(({ point }) => point.config.workload === name),
  };
}

function onlySurrogate(surrogate: Surrogate, name: string): Surrogate {
  return { ...surrogate, fits: surrogate.fits.filter(({ workload }) => workload === name) };
}

function onlyTrace(trace: Trace, name: string): Trace {
  return { ...trace, streams: trace.streams.filter(({ workload }) => workload === name) };
}
