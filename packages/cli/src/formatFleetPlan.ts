import { type FleetGpu, type FleetPiece, type FleetPlan, type FleetTenant, formatPartition } from "@partitune/schema";
import { formatEstimate, formatPercent, formatPercentile, formatQuantity, formatSeconds } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** A fleet plan as text: how good it is, what runs where, and what every service is promised. */
export function formatFleetPlan(plan: FleetPlan): string {
  const synthetic = plan.synthetic ? "synthetic\n" : "";
  return `${synthetic}${printable(headline(plan))}\n\n${formatTenants(plan)}\n${formatServices(plan)}`;
}

function headline({ gpus, optimality, rule }: FleetPlan): string {
  const kinds = [...Map.groupBy(gpus, ({ device, powerMode }) => `${device}, power mode ${powerMode}`)];
  const cards = kinds.map(([kind, own]) => `${own.length} × ${kind}`).join("; ");
  return `${gpus.length === 0 ? "no GPU" : cards}: ${proofOf(optimality)} (${optimality.method}, rule ${rule})`;
}

/** How good a fleet plan is, in words. */
function proofOf({ status, objective, value, bound, gap }: FleetPlan["optimality"]): string {
  const said = (number: number) => inUnit(number, objective);
  if (objective.name === "GPUs") {
    if (status === "optimal") return `proved: no plan uses fewer than ${said(value)}`;
    if (bound === null) return `${said(value)}, no bound known`;
    return `no plan uses fewer than ${said(bound)}, so at most ${said(value - bound)} more than needed (gap ${formatPercent(gap ?? 0)})`;
  }
  const text = `${objective.name} ${said(value)}`;
  if (status === "optimal") return `${text}, proved optimal`;
  return bound === null
    ? `${text}, no bound known`
    : `${text}, no plan is better than ${said(bound)} (gap ${formatPercent(gap ?? 0)})`;
}

function inUnit(value: number, { name, unit }: FleetPlan["optimality"]["objective"]): string {
  if (name === "GPUs") return `${value} ${value === 1 ? "GPU" : "GPUs"}`;
  return formatQuantity(value, unit);
}

interface TenantRow {
  readonly gpu: FleetGpu;
  readonly piece: FleetPiece;
  readonly tenant: FleetTenant;
}

function formatTenants({ gpus }: FleetPlan): string {
  const rows = gpus.flatMap((gpu) =>
    gpu.pieces.flatMap((piece) => piece.tenants.map((tenant): TenantRow => ({ gpu, piece, tenant }))),
  );
  const isFirst = (row: TenantRow) => row.piece.tenants[0] === row.tenant;
  return formatTable(rows, [
    { header: "GPU", text: (row) => (isFirst(row) && row.gpu.pieces[0] === row.piece ? row.gpu.id : "") },
    { header: "piece", text: (row) => (isFirst(row) ? formatPartition(row.piece.partition) : "in turn") },
    { header: "service", text: ({ tenant }) => tenant.service },
    { header: "batch", text: ({ tenant }) => String(tenant.batch), right: true },
    { header: "processes", text: ({ tenant }) => String(tenant.processes), right: true },
    { header: "rate", text: ({ tenant }) => formatQuantity(tenant.ratePerSecond, "per_s"), right: true },
    { header: "safe up to", text: ({ tenant }) => formatQuantity(tenant.capacityPerSecond, "per_s"), right: true },
    {
      header: "load",
      text: ({ tenant }) => formatPercent(tenant.ratePerSecond / tenant.capacityPerSecond),
      right: true,
    },
    { header: "memory", text: ({ tenant }) => bytes(tenant.memoryBytes), right: true },
  ]);
}

function bytes(value: number | null): string {
  return value === null ? "–" : formatQuantity(value, "bytes");
}

function formatServices({ services, gpus, promises }: FleetPlan): string {
  const tenants = gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  const own = (name: string) => tenants.filter(({ service }) => service === name);
  const capacity = (name: string) => own(name).reduce((sum, { capacityPerSecond }) => sum + capacityPerSecond, 0);
  const predicted = (name: string) =>
    promises.find(({ subject, metric }) => subject === name && metric === "response_s")?.predicted ?? null;
  return formatTable(services, [
    { header: "service", text: ({ name }) => name },
    { header: "workload", text: ({ workload }) => workload },
    { header: "rate", text: ({ ratePerSecond }) => formatQuantity(ratePerSecond, "per_s"), right: true },
    { header: "safe up to", text: ({ name }) => formatQuantity(capacity(name), "per_s"), right: true },
    { header: "pieces", text: ({ name }) => String(own(name).length), right: true },
    {
      header: "promised response",
      text: ({ deadlineSeconds, percentile }) => `${formatPercentile(percentile)} ≤ ${formatSeconds(deadlineSeconds)}`,
      right: true,
    },
    { header: "predicted", text: ({ name }) => formatEstimate(predicted(name), "s"), right: true },
  ]);
}
