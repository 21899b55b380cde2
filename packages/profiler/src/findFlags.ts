import { quantile } from "@partitune/numerics";
import type {
  Calibration,
  Device,
  DeviceReadings,
  MeasurementFlag,
  MeasurementResults,
  PowerMode,
  Protocol,
  Samples,
  Seconds,
} from "@partitune/schema";
import { clockJumped } from "./clockJumped.ts";
import { isOverCap } from "./isOverCap.ts";
import { isSaturated } from "./isSaturated.ts";
import { loadLateness } from "./loadLateness.ts";
import type { Observation } from "./measure.ts";
import { invalidatingReasons } from "./nvidia/card.ts";
import { powerDoubts } from "./nvidia/powerDoubts.ts";
import { runLatencies } from "./runLatency.ts";
import type { UsageInWindow } from "./usageInWindow.ts";

/** What the flags of a measurement are told from. */
export interface FlagContext {
  readonly observation: Observation;
  readonly samples: Samples;
  readonly results: MeasurementResults;
  readonly usage: UsageInWindow;
  readonly calibration: Pick<Calibration, "stepSeconds" | "overheadSeconds">;
  readonly protocol: Protocol;
  readonly device: Device;
  readonly powerMode: PowerMode;
  readonly meterStopped: boolean;
  /** Whether nothing runs that could load the device. */
  readonly idle: boolean;
}

/** The limits stand in the definition of each flag, in the schema. */
const coarseTimerLimit = 0.01;
const harnessCostLimit = 0.05;
const latenessLimit = 0.05;
/** Part of the device's processor time that others may use before it is said. */
const otherProcessLimit = 0.05;

/** What is doubtful about a measurement, as far as it can be told from itself alone; drift is told from the whole profile. */
export function findFlags(context: FlagContext): readonly MeasurementFlag[] {
  const { observation, samples, results, usage, calibration, protocol, device, powerMode } = context;
  const measured = observation.runs.slice(observation.warmup).filter(({ outcome }) => outcome === undefined);
  const service = median(measured.map((run) => run.service));
  const capacity = results.windowSeconds * device.cores;
  const power = powerFlags(context);
  const doubts: Partial<Record<MeasurementFlag, boolean>> = {
    unsteady: !observation.steady,
    imprecise: results.precision === null || results.precision > protocol.targetPrecision,
    throttled: (usage.throttleEvents ?? 0) > 0 || isThrottled(results.device),
    "clock-jump": clockJumped(observation.runs, observation.elapsed),
    "coarse-timer": (calibration.stepSeconds ?? 0) > coarseTimerLimit * service,
    "harness-cost": calibration.overheadSeconds.value > harnessCostLimit * service,
    "load-late": (loadLateness(samples) ?? 0) > latenessLimit * median(runLatencies(measured)),
    saturated: isSaturated(samples),
    unanswered: results.errorFraction > 0,
    "other-process": (usage.otherCpuSeconds ?? 0) > otherProcessLimit * capacity || (usage.otherProcesses ?? 0) > 0,
    "over-cap": isOverCap(results.powerMeanWatts, powerMode),
    "power-disagrees": power.includes("power-disagrees") && !power.includes("short-power-window"),
    "short-power-window": power.includes("short-power-window"),
    "meter-stopped": context.meterStopped,
  };
  return (Object.keys(doubts) as MeasurementFlag[]).filter((flag) => doubts[flag]);
}

/** What a meter loses at the ends of a short window is reason enough for counter and integral to disagree. */
function powerFlags({ results, usage, idle }: FlagContext) {
  const { windowSeconds, device } = results;
  const integral = device?.powerWatts ?? null;
  const integralJoules = integral === null ? null : integral.mean * windowSeconds;
  return powerDoubts({
    seconds: windowSeconds,
    counterJoules: usage.energyJoules ?? (device?.powerSource === "integral" ? integralJoules : null),
    integralJoules,
    updateSeconds: usage.energyUpdateSeconds ?? 0,
    limitWatts: null,
    load: !idle,
  }).flags;
}

function isThrottled(device: DeviceReadings | undefined): boolean {
  return invalidatingReasons.some((reason) => (device?.clockReasons?.[reason] ?? 0) > 0);
}

function median(values: readonly Seconds[]): Seconds {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
