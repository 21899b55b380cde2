import { type Config, type Device, InputError, nearest, type Workload } from "@partitune/schema";
import type { ModeRun } from "./modeMeasuring.ts";
import { checkPowerMode } from "./space.ts";

/**
 * The configuration that a run asks for: the whole device in one of its modes.
 *
 * @throws InputError when the device has no such mode, there is no such workload, or the batch must be told
 */
export function modeRunConfig(run: ModeRun, device: Device, workloads: readonly Workload[]): Config {
  checkPowerMode(run.powerMode, device);
  const workload = workloadOf(run, workloads);
  return {
    workload: workload.name,
    powerMode: run.powerMode,
    partition: device.defaultPartition,
    batch: batchOf(run, workload),
  };
}

function workloadOf({ workload: name }: ModeRun, workloads: readonly Workload[]): Workload {
  const found = workloads.find((workload) => (name === null ? workload.task === "idle" : workload.name === name));
  if (found !== undefined) return found;
  const names = workloads.map((workload) => workload.name);
  const near = name === null ? undefined : nearest(name, names);
  throw new InputError({
    what: name === null ? "the idle device" : `workload "${name}"`,
    problem: "is not among the workloads",
    advice:
      near === undefined ? `choose one of ${names.map((each) => `"${each}"`).join(", ")}` : `did you mean "${near}"?`,
  });
}

function batchOf({ batch }: ModeRun, { name, batches }: Workload): number {
  if (batch !== null) return batch;
  if (batches.length === 1) return batches[0]!;
  throw new InputError({
    what: `workload "${name}"`,
    problem: `has several batches (${batches.join(", ")})`,
    advice: "say which one to measure",
  });
}
