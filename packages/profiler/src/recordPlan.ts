import { type Device, type Protocol, toolName, type Warning } from "@partitune/schema";
import { calibrate } from "./calibrate.ts";
import type { IdentifiedWorkload } from "./identity.ts";
import type { Recorder } from "./recordStep.ts";
import { timestamp } from "./timestamp.ts";

/** What is going to be measured, and where. */
export interface RecordedPlan extends Recorder {
  readonly device: Device;
  readonly facts: Readonly<Record<string, string>>;
  /** What a reader of its numbers should know of the device; nothing when absent. */
  readonly warnings?: readonly Warning[];
  readonly workloads: ReadonlyMap<string, IdentifiedWorkload>;
  readonly protocol: Protocol;
  /** Environments whose measurements count as done. */
  readonly accepted: readonly string[];
  /** Measurements in all rounds. */
  readonly measurements: number;
}

/** Writes down what is going to be measured, and where; the journal's header and the environment where they are new. */
export async function recordPlan(plan: RecordedPlan): Promise<void> {
  const { sink, environment, device, facts, seed, protocol, workloads, accepted, measurements, warnings = [] } = plan;
  const at = timestamp(plan.executor);
  const { rounds, ...rules } = protocol;
  if (sink.journal.header === null) {
    await sink.append({ type: "header", kind: "journal", version: 1, tool: toolName, at, protocol: rules });
  }
  if (!sink.journal.environments.has(environment)) {
    const known = warnings.length === 0 ? {} : { warnings };
    await sink.append({ type: "environment", id: environment, device, facts, ...known });
  }
  const listed = [...workloads.values()];
  await sink.append({ type: "planned", at, seed, environment, accepted, workloads: listed, rounds, measurements });
}

/** Finds out what measuring costs, and writes it down. */
export async function recordCalibration(recorder: Recorder & Pick<RecordedPlan, "protocol">, round: number) {
  const { executor, environment, sink, protocol } = recorder;
  const found = await calibrate(executor, protocol.confidence);
  const calibration = { environment, round, at: timestamp(executor), ...found };
  await sink.append({ type: "calibrated", calibration });
  return calibration;
}
