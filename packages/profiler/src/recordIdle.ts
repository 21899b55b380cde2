import type { Device, IdleBaseline, IdleState, Protocol } from "@partitune/schema";
import type { IdentifiedWorkload } from "./identity.ts";
import { measureIdle } from "./measureIdle.ts";
import { baselineConfig } from "./planRound.ts";
import type { Recorder } from "./recordStep.ts";
import { timestamp } from "./timestamp.ts";

/** What the idle device is measured for. */
export interface IdleRecorder extends Recorder {
  readonly device: Device;
  readonly protocol: Protocol;
  readonly workloads: ReadonlyMap<string, IdentifiedWorkload>;
  readonly signal: AbortSignal;
  readonly onIdle: (state: IdleState) => void;
}

/** Measures the idle device before or after a campaign, where it tells its power, and writes down what it draws. */
export async function recordIdle(recorder: IdleRecorder, moment: IdleBaseline["moment"]): Promise<void> {
  const { executor, environment, sink, device, workloads } = recorder;
  const target = moment === "before" ? undefined : temperatureBefore(recorder);
  const computing = [...workloads.values()].filter(({ workload }) => workload.task !== "idle");
  const loaded = computing.map((workload) => ({ workload, config: baselineConfig(workload, device) }));
  for (const baseline of await measureIdle({ ...recorder, environment, moment, target, loaded }))
    await sink.append({ type: "idle", at: timestamp(executor), baseline });
}

function temperatureBefore({ sink, environment }: IdleRecorder): number | undefined {
  const before = sink.journal.idle.findLast((each) => each.environment === environment && each.state === "empty");
  return before?.temperatureCelsius ?? undefined;
}
