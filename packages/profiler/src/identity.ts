import { digest, type MeasurementPoint, type Workload } from "@partitune/schema";

/** A workload and what its definition only points at; see {@link Executor.identify}. */
export interface IdentifiedWorkload {
  readonly workload: Workload;
  readonly identity: string;
}

/** Why a configuration is measured: for itself, or as the baseline at one end of a round. `pass` counts how often a finished round was opened again. */
export type Role = { readonly kind: "point" } | { readonly kind: "opening" | "closing"; readonly pass: number };

/** Raised when the way of measuring changes so that old numbers are not comparable. */
const protocolVersion = 1;
const idLength = 16;

/**
 * Identity of a measurement: a hash of what is measured and how. It does not depend on the campaign's space, order or
 * number of rounds, so that a wider campaign finds again what is there.
 *
 * @param workloads  definitions of the point's workload and of its neighbours', by name
 */
export function measurementId(
  point: MeasurementPoint,
  role: Role,
  workloads: ReadonlyMap<string, IdentifiedWorkload>,
): string {
  return digest({ point, role, definitions: definitionsOf(point, workloads), protocolVersion }).slice(0, idLength);
}

/** How the workloads that a point involves are defined, its own first. The batches that they list are no part of it. */
export function definitionsOf(point: MeasurementPoint, workloads: ReadonlyMap<string, IdentifiedWorkload>) {
  return [point.config, ...point.neighbours].map(({ workload: name }) => {
    const found = workloads.get(name);
    return found === undefined
      ? { name }
      : { name, task: found.workload.task, engine: found.workload.engine, identity: found.identity };
  });
}

/** Identity of the circumstances: measurements with another one are never mixed with these unasked. */
export function environmentId(facts: Readonly<Record<string, string>>, device: unknown): string {
  return digest({ facts, device }).slice(0, idLength);
}
