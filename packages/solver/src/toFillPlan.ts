import { type FilledTask, InputError, type KernelFillPlan, type KernelProfile, type Made } from "@partitune/schema";
import { type FillSettings, toFillSettings } from "./fillSettings.ts";
import { toFillTable } from "./toFillTable.ts";

/** A task whose operations fill gaps. */
export interface FillingTask {
  readonly profile: KernelProfile;
  /** 1 to 9, the lower the more urgent; 0 is the urgent task's. */
  readonly priority: number;
}

export interface FillPlanInput {
  /** Of the task whose gaps are filled. */
  readonly high: KernelProfile;
  readonly lows: readonly FillingTask[];
  /** By default 90 % and 10 % quantiles by occurrence, gaps of 20 µs, 5 µs to hand over, no feedback, no limit of overrun, off below 2 %. */
  readonly settings?: Partial<FillSettings>;
  /** What came of it in steps that no table rests on; see summariseFilling. */
  readonly expected: KernelFillPlan["expected"];
  /** Response-time bounds, where an analysis gives them. */
  readonly promises?: KernelFillPlan["promises"];
  readonly made: Made;
}

/**
 * What a run-time scheduler needs to let less urgent operations run in the gaps of an urgent task.
 *
 * Stream priorities are one for each level in use, the last 0: a device with fewer levels clamps them.
 *
 * @throws InputError when gaps of the urgent task are not known, there is nothing to fill them, names or hashes are not unique, a priority or
 * a setting is out of range
 */
export function toFillPlan(input: FillPlanInput): KernelFillPlan {
  const { high, lows, expected, promises = [], made } = input;
  const settings = toFillSettings(input.settings ?? {});
  checkTasks(high, lows);
  const levels = [...new Set([0, ...lows.map(({ priority }) => priority)])].sort((a, b) => a - b);
  const toTask = (profile: KernelProfile, priority: number): FilledTask => ({
    name: profile.task,
    priority,
    role: profile === high ? "high" : "low",
    streamPriority: levels.indexOf(priority) - (levels.length - 1),
    maxInFlight: 1,
    ...toFillTable(profile, settings),
  });
  return {
    kind: "kernel-fill-plan",
    version: 1,
    made,
    deviceName: high.deviceName,
    tasks: [toTask(high, 0), ...lows.map(({ profile, priority }) => toTask(profile, priority))],
    fit: "best-prio-fit",
    ...settings,
    expected,
    promises,
    voidWhen: voidWhen([high, ...lows.map(({ profile }) => profile)]),
    synthetic: high.synthetic || lows.some(({ profile }) => profile.synthetic),
  };
}

function checkTasks(high: KernelProfile, lows: readonly FillingTask[]): void {
  if (high.keys.every(({ idles }) => idles.length === 0))
    fail(high.task, "has execution times only, so its gaps are not known", "trace it with starts and ends");
  if (lows.length === 0) fail(high.task, "has nothing to fill its gaps with", "give at least one less urgent task");
  const names = [high.task, ...lows.map(({ profile }) => profile.task)];
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin !== undefined) fail(twin, "occurs twice", "name tasks apart when importing their traces");
  for (const { profile, priority } of lows)
    if (!(Number.isSafeInteger(priority) && priority >= 1 && priority <= 9))
      fail(profile.task, `has priority ${priority}`, "give 1 to 9: 0 is the urgent task's");
}

function fail(task: string, problem: string, advice: string): never {
  throw new InputError({ what: `"${task}"`, problem, advice });
}

/** What tables do not survive. */
function voidWhen(profiles: readonly KernelProfile[]): readonly string[] {
  const devices = profiles.map(({ task, deviceName }) =>
    deviceName === null ? `that of "${task}" is not known` : `"${task}" was traced on "${deviceName}"`,
  );
  return [
    `the device (${devices.join(", ")})`,
    "clocks, the power limit or the power mode",
    "MIG or MPS settings, or other processes on the device",
    "the version of the driver, of CUDA or of a library that launches kernels",
    "a batch size, an input shape or a precision",
    "CUDA graphs turned on or off (nothing can be started between the kernels of a graph)",
    ...profiles
      .slice(0, 1)
      .filter(tracedSlowly)
      .map(({ task }) => `tracing (idle times of "${task}" were recorded under a profiler, which lengthens them)`),
  ];
}

function tracedSlowly({ warnings }: KernelProfile): boolean {
  return warnings.some(({ code }) => code === "traced-idle-times");
}
