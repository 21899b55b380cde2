import type { FleetTrace } from "@partitune/schema";
import {
  formatChosenPercent,
  formatEstimate,
  formatPercent,
  formatQuantity,
  formatSeconds,
  significant,
} from "./formatNumbers.ts";
import { formatTable } from "./printTable.ts";

/** What happened when a fleet met load: one line per service, then one per tenant of every piece. */
export function formatFleetTrace(trace: FleetTrace): string {
  const title = `simulated${trace.synthetic ? ", synthetic" : ""}, ${formatSeconds(trace.durationSeconds)} after ${formatSeconds(trace.warmupSeconds)} of warm-up, intervals at ${formatChosenPercent(trace.confidence)}`;
  return `${title}\n\n${services(trace)}\n${pieces(trace)}`;
}

function services({ services }: FleetTrace): string {
  return formatTable(services, [
    { header: "service", text: (row) => row.service },
    { header: "workload", text: (row) => row.workload },
    { header: "requests", text: (row) => String(row.requests), right: true },
    { header: "failed", text: (row) => String(row.failed), right: true },
    { header: "offered", text: (row) => formatQuantity(row.offeredPerSecond, "per_s"), right: true },
    { header: "completed", text: (row) => formatQuantity(row.completedPerSecond, "per_s"), right: true },
    { header: "p50", text: (row) => formatEstimate(row.response.p50, "s"), right: true },
    { header: "p99", text: (row) => formatEstimate(row.response.p99, "s"), right: true },
    { header: "in time", text: (row) => formatAttainment(row.attainment), right: true },
    { header: "", text: (row) => (row.saturated ? "saturated" : "") },
  ]);
}

function pieces({ pieces }: FleetTrace): string {
  const rows = pieces.flatMap(({ gpu, piece, busyFraction, tenants }) =>
    tenants.map((tenant) => ({ ...tenant, gpu, piece, pieceBusy: busyFraction })),
  );
  return formatTable(rows, [
    { header: "card", text: (row) => row.gpu },
    { header: "piece", text: (row) => row.piece },
    { header: "piece busy", text: (row) => formatPercent(row.pieceBusy), right: true },
    { header: "tenant", text: (row) => row.tenant },
    { header: "requests", text: (row) => String(row.requests), right: true },
    { header: "busy", text: (row) => formatPercent(row.busyFraction), right: true },
    { header: "mean batch", text: (row) => significant(row.batchMean), right: true },
  ]);
}

/** Part of the requests in time, with the digits that tell 99.9 % from all: never rounded up to 100 %. */
export function formatAttainment(attainment: number): string {
  const percent = Math.floor(attainment * 1e5) / 1e3;
  return `${attainment === 1 ? 100 : Math.min(percent, 99.999)} %`;
}
