import {
  type Hertz,
  InputError,
  type Joules,
  type Seconds,
  type Telemetry,
  type Warning,
  type Watts,
} from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import { choosePower, type PowerReading, seenFraction } from "./choosePower.ts";
import { countThrottles } from "./countThrottles.ts";
import { type EnergyCounter, watchEnergyCounter } from "./energyCounter.ts";
import { energyScope, type PowerScope } from "./energyScope.ts";
import { findUpdatePeriod } from "./findUpdatePeriod.ts";
import { integratePower } from "./integratePower.ts";
import { type MeterProcess, startMeterProcess } from "./meterProcess.ts";
import type { MeterCard, MeterRow } from "./meterProtocol.ts";
import { meterRing } from "./meterRing.ts";
import { toTelemetry } from "./meterTelemetry.ts";
import type { CardDriverOptions } from "./openCardDriver.ts";
import { type PowerVerdict, powerDoubts } from "./powerDoubts.ts";
import { usualUpdateSeconds } from "./powerRules.ts";
import { powerWarnings } from "./powerWarnings.ts";

/** What a meter is opened for. */
export interface CardMeterOptions {
  readonly uuid: string;
  readonly driver?: CardDriverOptions;
  /** Readings in a second, 10 to 50; 20 by default. More than the sensor's own gain nothing, and cost. */
  readonly hertz?: Hertz;
  /** How long readings are kept; by default an hour. */
  readonly keepSeconds?: Seconds;
  /** A driver that does not answer for so long hangs; 2 s by default. */
  readonly stallSeconds?: Seconds;
}

/** Watches one card while something else is measured, in a process of its own. Times are on the machine's monotonic clock, `systemClock`. */
export interface CardMeter {
  readonly scope: PowerScope;
  /** What a reader of its figures should know. */
  readonly warnings: readonly Warning[];
  /** Readings in a second. */
  readonly hertz: Hertz;
  /**
   * What the card showed from one time to another. Times without readings hold nulls.
   *
   * @throws CardLost
   */
  between(from: Seconds, to: Seconds): Promise<Telemetry>;
  /**
   * The energy counter now, J; null where it cannot be true, or the driver does not answer.
   *
   * @throws CardLost
   */
  energyJoules(): Promise<Reading>;
  /**
   * Times that the card began to protect itself since the meter was opened.
   *
   * @throws CardLost
   */
  throttleEvents(): Promise<Reading>;
  /** Period of the energy counter, as far as the readings show it. */
  energyUpdateSeconds(): Seconds;
  /** Energy by the integral of the power readings, J. */
  integralJoules(from: Seconds, to: Seconds): Reading;
  /** Whether the counter's energy of a window can be believed. */
  verdict(from: Seconds, to: Seconds, counterJoules: Joules | null, load: boolean): PowerVerdict;
  /** Which power reading is integrated; null before the first. */
  powerReading(): PowerReading | null;
  /** Leaves the card alone, but for questions, until it is resumed: so that what sampling costs can be told. */
  pause(): void;
  resume(): void;
  /** Processor time that sampling has cost, in its own process. */
  cost(): Promise<Reading>;
  /** May be called twice. */
  close(): Promise<void>;
}

const defaults = { hertz: 20, keepSeconds: 3600, stallSeconds: 2 } as const;

/** Longer without a reading is a hole. */
const gapPeriods = 5;

/** So much of the readings is enough to find a period in. */
const periodWindow: Seconds = 30;

/**
 * Opens a meter of a card.
 *
 * It reads in a process of its own, not in a thread: a thread that waits for a driver that hangs holds up the end of the whole process, and a driver that
 * crashes takes it along.
 *
 * @throws InputError when there is no driver or no such card, or a number is out of range
 * @throws CardLost
 */
export async function openCardMeter(options: CardMeterOptions): Promise<CardMeter> {
  const { uuid, driver = {}, hertz, keepSeconds, stallSeconds } = { ...defaults, ...options };
  checkRange("hertz", hertz, 1, 50);
  checkRange("keepSeconds", keepSeconds, 1, 1e6);
  checkRange("stallSeconds", stallSeconds, 0.01, 600);
  const ring = meterRing(keepSeconds);
  const throttles = countThrottles();
  let counter: EnergyCounter | undefined;
  let energy: Reading = { value: null, reason: "the card was not read yet" };
  const process = await startMeterProcess({ uuid, driver, hertz }, (rows, card) => {
    counter ??= watchEnergyCounter(limitOf(card));
    ring.push(rows);
    for (const row of rows) {
      throttles.push(row.reasons);
      energy = counter.push(row.time, row.energyJoules, row.unread.energyJoules);
    }
  });
  return meterOf({ process, ring, throttles, stallSeconds, energy: () => energy });
}

/** The limit of what the energy counter counts; none is known of a module's. */
function limitOf(card: MeterCard): Watts | null {
  return energyScope(card.name) === "gpu" ? card.limitWatts : null;
}

interface Parts {
  readonly process: MeterProcess;
  readonly ring: ReturnType<typeof meterRing>;
  readonly throttles: ReturnType<typeof countThrottles>;
  readonly stallSeconds: Seconds;
  /** The counter, as it was read last. */
  readonly energy: () => Reading;
}

function meterOf({ process, ring, throttles, stallSeconds, energy }: Parts): CardMeter {
  const { card } = process;
  const scope = energyScope(card.name);
  /** Has the card read now; what was read before is here afterwards. */
  const renew = async (): Promise<Reading> => {
    const answer = await process.ask(stallSeconds);
    if (answer.value === null) return answer;
    throttles.violated(answer.value.thermalSeconds);
    return { value: answer.value.cpuSeconds };
  };
  const afterwards = async (read: () => Reading): Promise<Reading> => {
    const renewed = await renew();
    return renewed.value === null ? renewed : read();
  };
  const updateSeconds = () => {
    const now = ring.latest()?.time ?? 0;
    return periodOf(ring.between(now - periodWindow, now), ({ energyJoules }) => energyJoules);
  };
  const integralJoules = (from: Seconds, to: Seconds) => integralOf(ring.between(from, to), from, to);
  const chosen = () => readingOf(card, ring.latest());
  const gap = gapPeriods / card.hertz;
  return {
    scope,
    hertz: card.hertz,
    get warnings() {
      const reading = chosen() ?? choosePower(card.computeCapability)[0]!;
      const seen = seenFraction(card.computeCapability, reading);
      return powerWarnings(card.name, { seen, scope, migEnabled: card.migEnabled === true });
    },
    async between(from, to) {
      await renew();
      return toTelemetry(ring.between(from, to), from, to, gap);
    },
    energyJoules: () => afterwards(energy),
    throttleEvents: () => afterwards(() => throttles.count()),
    cost: renew,
    energyUpdateSeconds: updateSeconds,
    integralJoules,
    verdict: (from, to, counterJoules, load) =>
      powerDoubts({
        seconds: to - from,
        counterJoules,
        integralJoules: integralJoules(from, to).value,
        updateSeconds: updateSeconds(),
        limitWatts: limitOf(card),
        load,
      }),
    powerReading: chosen,
    pause: () => process.tell({ kind: "pause" }),
    resume: () => process.tell({ kind: "resume" }),
    close: () => process.close(),
  };
}

/** How often a value of the readings is renewed; the usual period where they do not show it. */
function periodOf(rows: readonly MeterRow[], pick: (row: MeterRow) => number | null): Seconds {
  const found = findUpdatePeriod(
    rows.map(({ time }) => time),
    rows.map(pick),
  );
  return found?.seconds ?? usualUpdateSeconds;
}

function integralOf(rows: readonly MeterRow[], from: Seconds, to: Seconds): Reading {
  const times = rows.map(({ time }) => time);
  const watts = rows.map(({ powerWatts }) => powerWatts);
  return integratePower(
    { times, watts },
    from,
    to,
    periodOf(rows, ({ powerWatts }) => powerWatts),
  );
}

/** Which reading a row's power is, by the order in which they are preferred. */
function readingOf(card: MeterCard, row: MeterRow | undefined): PowerReading | null {
  if (row === undefined || row.powerWatts === null) return null;
  const has = { average: row.averageWatts !== null, instant: row.instantWatts !== null, plain: true };
  return choosePower(card.computeCapability).find((each) => has[each]) ?? null;
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new InputError({
    what: `the card meter's "${name}"`,
    problem: `is ${value}, expected ${least} to ${most}`,
    advice: "correct it",
  });
}
