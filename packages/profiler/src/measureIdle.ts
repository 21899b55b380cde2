import type { Config, IdleBaseline, IdleState, Protocol, Seconds, Watts } from "@partitune/schema";
import { coolDown } from "./coolDown.ts";
import { type Clock, DeviceLost, type Executor, type Session, type Usage } from "./executor.ts";
import type { IdentifiedWorkload } from "./identity.ts";
import { lastTemperature } from "./lastTemperature.ts";
import { readingInWindow } from "./readingInWindow.ts";
import { tellsPower } from "./tellsPower.ts";
import { timestamp } from "./timestamp.ts";

/** What measuring the idle device depends on. */
export interface IdleContext {
  readonly executor: Executor;
  readonly environment: string;
  readonly protocol: Pick<Protocol, "budgetSeconds">;
  /** Ends it early: what is then measured is not told. */
  readonly signal: AbortSignal;
  readonly moment: IdleBaseline["moment"];
  /** Temperature to cool down to, °C; undefined where it is not known, or nothing has run yet. */
  readonly target: number | undefined;
  /** Called before each state is measured. */
  readonly onIdle: (state: IdleState) => void;
  /** What is loaded for the loaded device. */
  readonly loaded: readonly { readonly config: Config; readonly workload: IdentifiedWorkload }[];
}

/** As long as idle power is measured in each state, unless a configuration is measured for less. */
const usualSeconds: Seconds = 30;
/** In a shorter time it is not worth while to load the workloads: that takes longer. */
const leastForLoaded: Seconds = 10;
/** The device may take so many windows to cool down. */
const coolDownWindows = 4;
/** Parts of the window whose means are compared. */
const parts = 6;
/** Between two looks at whether to go on. */
const pauseStep: Seconds = 0.25;

/**
 * Power of the device while nothing is computed: empty, with the workloads loaded, and with nobody sampling it where that can differ. Each for 30 s, or as
 * long as one configuration is measured at most; with the workloads loaded only where that is 10 s or more.
 *
 * @returns nothing where the executor cannot wait on its device, or the device tells no power: that takes no time
 */
export async function measureIdle(context: IdleContext): Promise<readonly IdleBaseline[]> {
  const { executor } = context;
  const session = await executor.openIdle?.();
  if (session === undefined) return [];
  try {
    if (!(await tellsPower(session, executor.clock))) return [];
    const { signal, target } = context;
    const longest = coolDownWindows * windowOf(context);
    await coolDown(session, { clock: executor.clock, signal, target, blind: 0, longest });
    const empty = await observe(session, "empty", context);
    const loaded = await measureLoaded(session, context);
    return [empty, loaded, await measureUnmonitored(session, context)].filter((each) => each !== undefined);
  } finally {
    await session.close();
  }
}

/** Where the workloads do not all start beside each other, there is no loaded device to measure. */
async function measureLoaded(session: Session, context: IdleContext): Promise<IdleBaseline | undefined> {
  if (context.loaded.length === 0 || windowOf(context) < leastForLoaded) return undefined;
  const workers: Session[] = [];
  try {
    for (const { config, workload } of context.loaded) {
      const worker = await context.executor.open(workload.workload, config);
      workers.push(worker);
      await worker.run(config.batch);
    }
    return await observe(session, "loaded", context);
  } catch (error) {
    if (error instanceof DeviceLost) throw error;
    return undefined;
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** Only a device that is sampled differs, and only one with a counter can be read without sampling. */
async function measureUnmonitored(monitored: Session, context: IdleContext): Promise<IdleBaseline | undefined> {
  if (monitored.telemetry === undefined || (await monitored.usage()).energyJoules === null) return undefined;
  await monitored.close();
  const session = await context.executor.openIdle!({ monitored: false });
  try {
    return await observe(session, "unmonitored", context);
  } finally {
    await session.close();
  }
}

function windowOf({ protocol }: IdleContext): Seconds {
  return Math.min(usualSeconds, protocol.budgetSeconds);
}

async function observe(session: Session, state: IdleState, context: IdleContext): Promise<IdleBaseline | undefined> {
  const { executor, signal, environment, moment } = context;
  const { clock } = executor;
  context.onIdle(state);
  const at = timestamp(executor);
  const part = windowOf(context) / parts;
  const readings = [await readEnergy(session, clock)];
  while (readings.length <= parts) {
    await pause(part, clock, signal);
    if (signal.aborted) return undefined;
    readings.push(await readEnergy(session, clock));
  }
  const power = powerByCounter(readings) ?? (await powerByReadings(session, readings));
  if (power === undefined) return undefined;
  const windowSeconds = readings.at(-1)!.time - readings[0]!.time;
  const temperatureCelsius = state === "unmonitored" ? undefined : await lastTemperature(session, clock);
  return { environment, at, moment, state, windowSeconds, ...power, temperatureCelsius: temperatureCelsius ?? null };
}

interface EnergyReading extends Pick<Usage, "energyJoules"> {
  readonly time: Seconds;
}

async function readEnergy(session: Session, clock: Clock): Promise<EnergyReading> {
  const { energyJoules } = await session.usage();
  return { time: clock.now(), energyJoules };
}

type Power = Pick<IdleBaseline, "powerSource" | "powerWatts">;

function powerByCounter(readings: readonly EnergyReading[]): Power | undefined {
  if (readings.some(({ energyJoules }) => energyJoules === null)) return undefined;
  const between = (from: EnergyReading, to: EnergyReading) =>
    Math.max(0, to.energyJoules! - from.energyJoules!) / (to.time - from.time);
  const mean = between(readings[0]!, readings.at(-1)!);
  const means = readings.slice(1).map((reading, i) => between(readings[i]!, reading));
  return { powerSource: "counter", powerWatts: { mean, sd: deviation(means) } };
}

async function powerByReadings(session: Session, readings: readonly EnergyReading[]): Promise<Power | undefined> {
  const [from, to] = [readings[0]!.time, readings.at(-1)!.time];
  const telemetry = await session.telemetry?.(from, to);
  if (telemetry === undefined) return undefined;
  const meanIn = (begin: Seconds, end: Seconds) =>
    readingInWindow(telemetry.time_s, telemetry.power_w, { from: begin, to: end }).value?.mean;
  const mean = meanIn(from, to);
  const means = readings.slice(1).map(({ time }, i) => meanIn(readings[i]!.time, time));
  if (mean === undefined || !means.every((each) => each !== undefined)) return undefined;
  return { powerSource: "integral", powerWatts: { mean, sd: deviation(means) } };
}

function deviation(values: readonly Watts[]): Watts {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

async function pause(duration: Seconds, clock: Clock, signal: AbortSignal): Promise<void> {
  const end = clock.now() + duration;
  for (let left = duration; left > 0 && !signal.aborted; left = end - clock.now())
    await clock.sleep(Math.min(pauseStep, left));
}
