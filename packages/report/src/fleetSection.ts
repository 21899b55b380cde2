import type { Check, FleetPlan, FleetReport, FleetTrace } from "@partitune/schema";
import { type CardGroup, cardGroups } from "./cardGroups.ts";
import { partitionLabel } from "./drawCard.ts";
import { figure } from "./figure.ts";
import { foldedTable } from "./foldedTable.ts";
import { formatAttainment } from "./formatAttainment.ts";
import { formatPromise } from "./formatPromise.ts";
import { formatEstimate, formatPercent, formatQuantity, significant, unitOf } from "./formatQuantity.ts";
import { html, type Markup } from "./markup.ts";
import { plots } from "./plots/index.ts";
import { verdictWords } from "./verdictWords.ts";

/** A fleet: its picture, every piece, and promise by promise what is expected and was seen. */
export function fleetSection(plan: FleetPlan, report: FleetReport | undefined, traces: readonly FleetTrace[]): Markup {
  const all = [...(report?.traces ?? []), ...traces];
  return html`<section id="fleet"><h2>Fleet</h2>
${figure(plots.clusterPicture(plan, report ?? null, all))}
${pieceTable(plan)}
</section>
<section id="fleet-promises"><h2>Promises of the fleet</h2>
${all.length === 0 ? null : figure(plots.deadlineAttainment(all, report?.checks ?? []))}
${promiseTable(plan.promises, plan.services, report, all)}
</section>`;
}

/** What a fleet went through, where its plan is not at hand. */
export function fleetTraceSection(traces: readonly FleetTrace[], report: FleetReport | undefined): Markup {
  return html`<section id="fleet-traces"><h2>The fleet under load</h2>
${figure(plots.deadlineAttainment(traces, report?.checks ?? []))}
${report === undefined ? null : promiseTable([], [], report, traces)}
</section>`;
}

function pieceTable({ gpus }: FleetPlan): Markup {
  const groups = cardGroups(gpus);
  const rows = groups.flatMap(rowsOf);
  const hasStarts = rows.some(([, , start]) => start !== "–");
  const columns = [
    ...["card", "piece", "from slice", "service", "batch × processes", "waits for a batch"],
    ...["safe capacity", "load", "memory", "power", "slowdown assumed"],
  ];
  const shown = <T>(cells: readonly T[]) => cells.filter((_, column) => hasStarts || column !== 2);
  const alike = groups.length === gpus.length ? "" : "; equal cards stand together, with their loads";
  return foldedTable(`Every piece and what runs on it${alike}`, shown(columns), rows.map(shown), 12);
}

function rowsOf({ card, ids, loads }: CardGroup): string[][] {
  return card.pieces.flatMap(({ partition, tenants }, p) =>
    tenants.map((tenant, t) => [
      ids.length === 1 ? ids[0]! : `${ids[0]} and ${ids.length - 1} more`,
      partitionLabel(partition),
      partition.kind === "mig" && partition.start !== undefined ? String(partition.start) : "–",
      tenants.length === 1 ? tenant.service : `${tenant.service} (turn ${t + 1} of ${tenants.length})`,
      `${tenant.batch} × ${tenant.processes}`,
      tenant.maxDelaySeconds === 0 ? "none" : formatQuantity(tenant.maxDelaySeconds, "s"),
      formatQuantity(tenant.capacityPerSecond, "per_s"),
      formatPercent(loads[p]![t]!),
      tenant.memoryBytes === null ? "not measured" : formatQuantity(tenant.memoryBytes, "bytes"),
      tenant.powerWatts === null ? "not measured" : formatQuantity(tenant.powerWatts, "w"),
      tenant.slowdown === 1 ? "none" : `× ${significant(tenant.slowdown)}`,
    ]),
  );
}

/** Broken promises first, then undecided ones. */
function promiseTable(
  promises: FleetPlan["promises"],
  demanded: FleetPlan["services"],
  report: FleetReport | undefined,
  traces: readonly FleetTrace[],
): Markup {
  const order = ["broken", "undecided", "kept"];
  const checks: readonly (Check | Pick<Check, "promise">)[] =
    report === undefined
      ? promises.map((promise) => ({ promise }))
      : report.checks.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const services = new Map(demanded.map((service) => [service.name, service]));
  const attained = attainments(traces);
  const isSeen = report !== undefined || traces.length > 0;
  return foldedTable(
    "Promise by promise",
    [
      ...["service", "rate", "promise", "predicted"],
      ...(isSeen ? ["simulated", "measured", "in time"] : []),
      "verdict",
    ],
    checks.map((check) => {
      const { promise } = check;
      const unit = unitOf(promise.metric);
      const judged = "verdict" in check ? check : null;
      const rate = services.get(promise.subject)?.ratePerSecond;
      const attainment = attained.get(promise.subject);
      return [
        promise.subject,
        rate === undefined ? "–" : formatQuantity(rate, "per_s"),
        formatPromise(promise),
        formatEstimate(promise.predicted, unit),
        ...(isSeen
          ? [
              formatEstimate(judged?.simulated?.estimate ?? null, unit),
              formatEstimate(judged?.measured ?? null, unit),
              attainment === undefined ? "–" : formatAttainment(attainment),
            ]
          : []),
        judged === null ? "not judged" : verdictCell(judged),
      ];
    }),
  );
}

function verdictCell({ verdict, why }: Check): Markup {
  return html`<strong class="${verdict}">${verdictWords[verdict]}</strong><br><small>${why}</small>`;
}

/** Per service the part of all requests, over all traces, that kept the deadline. */
function attainments(traces: readonly FleetTrace[]): ReadonlyMap<string, number> {
  const streams = Map.groupBy(
    traces.flatMap(({ services }) => services),
    ({ service }) => service,
  );
  return new Map(
    [...streams].flatMap(([service, runs]) => {
      const requests = runs.reduce((sum, run) => sum + run.requests, 0);
      const kept = runs.reduce((sum, run) => sum + run.requests * run.attainment, 0);
      return requests === 0 ? [] : [[service, Math.min(1, kept / requests)] as const];
    }),
  );
}
