import { type Demand, type Device, formatPartition, InputError, type Workload } from "@partitune/schema";
import { allowsPartition } from "./allowsPartition.ts";
import type { Candidates } from "./candidates.ts";

/** What is checked before a problem is stated. */
export interface DemandsInput {
  readonly device: Device;
  readonly workloads: readonly Workload[];
  readonly demands: readonly Demand[];
  readonly candidates: Readonly<Record<string, Candidates>>;
}

/**
 * Checks that every demand names one inference workload with candidates that the device allows, and sends it requests.
 *
 * @throws InputError naming the first demand that does not
 */
export function checkDemands({ device, workloads, demands, candidates }: DemandsInput): void {
  if (demands.length === 0) {
    throw new InputError({
      what: "the demands",
      problem: "are empty",
      advice: "give a rate and deadline for a workload",
    });
  }
  for (const [i, demand] of demands.entries()) {
    const what = `demand for "${demand.workload}"`;
    const workload = workloads.find(({ name }) => name === demand.workload);
    if (workload === undefined) {
      const known = workloads.map(({ name }) => `"${name}"`).join(", ");
      throw new InputError({ what, problem: "names no known workload", advice: `known are ${known}` });
    }
    if (workload.task !== "inference") {
      throw new InputError({
        what,
        problem: "asks for answers of a training job",
        advice: "demand inference workloads",
      });
    }
    if (demand.ratePerSecond === 0) {
      throw new InputError({
        what,
        problem: "asks for 0 requests per second",
        advice: "leave it out, or give it a rate",
      });
    }
    if (demands.findIndex((other) => other.workload === demand.workload) < i) {
      throw new InputError({ what, problem: "stands twice", advice: "keep one demand per workload" });
    }
    checkCandidates(what, device, candidates[demand.workload]);
  }
}

function checkCandidates(what: string, device: Device, candidates: Candidates | undefined): void {
  if (candidates === undefined || candidates.partitions.length === 0 || candidates.batches.length === 0) {
    throw new InputError({
      what,
      problem: "has no candidate partition and batch size",
      advice: "profile the workload first",
    });
  }
  const refused = candidates.partitions.find((partition) => !allowsPartition(device, partition));
  if (refused !== undefined) {
    throw new InputError({
      what: `candidate partition "${formatPartition(refused)}"`,
      problem: `is not allowed on "${device.name}"`,
      advice: "use shares on its grid, existing cores, or a partition kind that the device offers",
    });
  }
  const fraction = candidates.batches.find((batch) => !Number.isInteger(batch) || batch < 1);
  if (fraction !== undefined) {
    throw new InputError({ what, problem: `has batch size ${fraction}`, advice: "give whole numbers from 1" });
  }
}
