import {
  type Config,
  digest,
  formatConfig,
  formatPartition,
  InputError,
  isOneInFlight,
  loadProfile,
  type Measurement,
  type Partition,
  type Profile,
  type Samples,
  type Seconds,
  type Telemetry,
  type Workload,
} from "@partitune/schema";
import { type Clock, type Executor, type Run, type Session, type Usage, WorkerFailure } from "../executor.ts";
import { loadRuns } from "../loadRuns.ts";
import { settingKey } from "../space.ts";
import { virtualClock } from "../virtualClock.ts";
import { nullSession } from "./nullSession.ts";
import { type PlayedBatch, replayTelemetry } from "./replayTelemetry.ts";

/** A campaign that was measured before: its table and its raw samples. */
export interface Recording {
  readonly profile: Profile;
  readonly runs: ReadonlyMap<string, Samples>;
}

/**
 * The recorded campaign in a folder.
 *
 * @throws InputError when the folder holds no profile, or no journal with the raw samples
 */
export function loadRecording(folder: string): Recording {
  const profile = loadProfile(folder);
  const runs = loadRuns(folder);
  if (runs.size > 0) return { profile, runs };
  throw new InputError({
    what: `recording "${folder}"`,
    problem: "has no raw samples",
    advice: "give the folder of a profile with its journal",
  });
}

/**
 * A device that answers from a recording, and only what was recorded with one batch in flight: each configuration gives its batches in the order in which they ran,
 * warm-up first, the measured ones over and over; each time it is started, those of its next round. Time is virtual.
 *
 * @param load  gives the recording when it is first needed
 */
export function replayExecutor(load: () => Recording): Executor {
  const clock = virtualClock();
  let loaded: RecordedWorld | undefined;
  const world = () => {
    loaded ??= new RecordedWorld(load(), clock);
    return loaded;
  };
  return {
    name: "replay",
    clock,
    mostProcesses: Number.POSITIVE_INFINITY,
    engines: ["onnx", "command", "synthetic", "synthetic-board", "synthetic-card", "idle", "recorded"],
    async describe() {
      const { device, made } = world().recording.profile;
      return { device, environment: { executor: "replay", recorded: made.at, recording: world().digest } };
    },
    async identify(workload) {
      return world().identify(workload);
    },
    async admit(partition) {
      world().admit(partition);
    },
    async openNull() {
      return nullSession(clock);
    },
    async open(_workload, config) {
      return world().open(config);
    },
  };
}

/** Rows and runs of one setting, in the order of their rounds. */
type Takes = readonly { readonly row: Measurement; readonly samples: Samples | undefined }[];

class RecordedWorld {
  readonly recording: Recording;
  readonly clock: Clock;
  readonly digest: string;
  readonly #takes: ReadonlyMap<string, Takes>;
  readonly #started = new Map<string, number>();
  readonly #open = new Set<ReplaySession>();

  constructor(recording: Recording, clock: Clock) {
    this.recording = recording;
    this.clock = clock;
    this.digest = digest(recording.profile.measurements.map((row) => row.id));
    this.#takes = takesOf(recording);
  }

  identify(workload: Workload): string {
    const names = this.recording.profile.workloads.map((each) => each.name);
    if (names.includes(workload.name)) return this.digest;
    throw new InputError({
      what: `workload "${workload.name}"`,
      problem: "was not recorded",
      advice: `choose one of ${names.map((name) => `"${name}"`).join(", ")}`,
    });
  }

  admit(partition: Partition): void {
    const known = new Set(
      this.recording.profile.measurements.map(({ point }) => formatPartition(point.config.partition)),
    );
    if (known.has(formatPartition(partition))) return;
    throw new InputError({
      what: `partition "${formatPartition(partition)}"`,
      problem: "was not recorded",
      advice: `choose one of ${[...known].join(", ")}`,
    });
  }

  open(config: Config): Session {
    const session = new ReplaySession(this, config);
    this.#open.add(session);
    return session;
  }

  close(session: ReplaySession): void {
    this.#open.delete(session);
  }

  /**
   * The next take of a configuration beside what else is open.
   *
   * @throws WorkerFailure when it was not recorded, or what was recorded is that it does not run
   */
  take(session: ReplaySession, config: Config): Takes[number] & { readonly samples: Samples } {
    const neighbours = [...this.#open].filter((other) => other !== session).map((other) => other.config);
    const key = keyOf(config, neighbours);
    const takes = this.#takes.get(key);
    if (takes === undefined) {
      throw new WorkerFailure("failed", `no recorded measurement of "${key}"; profile it on the device`);
    }
    const started = this.#started.get(key) ?? 0;
    this.#started.set(key, started + 1);
    const { row, samples } = takes[started % takes.length]!;
    if (row.outcome.kind !== "measured") {
      throw new WorkerFailure(row.outcome.kind === "infeasible" ? "out-of-memory" : "failed", row.outcome.reason);
    }
    if (samples !== undefined && samples.service_s.length > 0) return { row, samples };
    throw new WorkerFailure("failed", `no raw samples of "${key}" were recorded; profile it on the device`);
  }
}

function takesOf({ profile, runs }: Recording): ReadonlyMap<string, Takes> {
  const takes = new Map<string, Takes>();
  const rows = profile.measurements.filter(({ point }) => isOneInFlight(point.load));
  for (const row of rows) {
    if (row.baseline) continue;
    const key = keyOf(row.point.config, row.point.neighbours);
    takes.set(key, [...(takes.get(key) ?? []), { row, samples: runs.get(row.id) }]);
  }
  for (const row of rows.filter((each) => each.baseline)) {
    const key = keyOf(row.point.config, row.point.neighbours);
    if (!takes.has(key)) takes.set(key, [{ row, samples: runs.get(row.id) }]);
  }
  return takes;
}

/** Time from asking for a batch to its end: where batches of several processes overlap, from the end of the one before. */
function durationOf({ start_s, end_s }: Samples, i: number): Seconds {
  const before = i === 0 ? 0 : end_s[i - 1]!;
  return Math.max(0, end_s[i]! - Math.max(start_s[i]!, before));
}

/** Neighbours in an order of their own: which was started first does not matter. */
function keyOf(config: Config, neighbours: readonly Config[]): string {
  return settingKey(
    config,
    [...neighbours].sort((a, b) => (formatConfig(a) < formatConfig(b) ? -1 : 1)),
  );
}

class ReplaySession implements Session {
  readonly config: Config;
  readonly #world: RecordedWorld;
  #current: { readonly batch: number; readonly row: Measurement; readonly samples: Samples } | undefined;
  #next = 0;
  #cpuSeconds = 0;
  readonly #played: PlayedBatch[] = [];

  constructor(world: RecordedWorld, config: Config) {
    this.#world = world;
    this.config = config;
  }

  get mechanism(): string {
    return this.#current === undefined ? "recorded" : `recorded: ${this.#current.row.mechanism}`;
  }

  async run(batch: number): Promise<Run> {
    if (this.#current?.batch !== batch) {
      this.#current = { batch, ...this.#world.take(this, { ...this.config, batch }) };
      this.#next = 0;
    }
    const { samples, row } = this.#current;
    const i = this.#next;
    const isLast = i + 1 === samples.service_s.length;
    this.#next = isLast ? Math.min(samples.warmup, i) : i + 1;
    const { clock } = this.#world;
    const start = clock.now();
    await clock.sleep(durationOf(samples, i));
    this.#cpuSeconds += (row.outcome.kind === "measured" ? row.outcome.results.cpuSeconds : null) ?? 0;
    const end = clock.now();
    if (samples.telemetry !== undefined) this.#played.push({ samples, index: i, start, end });
    const device = samples.device_s?.[i];
    return { start, end, service: samples.service_s[i]!, ...(device === undefined ? {} : { device }) };
  }

  /** What was recorded with the batches that are played; nothing where the recording has none. */
  async telemetry(from: Seconds, to: Seconds): Promise<Telemetry | undefined> {
    return this.#current?.samples.telemetry === undefined ? undefined : replayTelemetry(this.#played, from, to);
  }

  async usage(): Promise<Usage> {
    const outcome = this.#current?.row.outcome;
    const results = outcome?.kind === "measured" ? outcome.results : undefined;
    const known = results !== undefined && results.cpuSeconds !== null;
    const counted = results?.device === undefined || results.device.powerSource === "counter";
    const power = counted ? (results?.powerMeanWatts ?? null) : null;
    return {
      cpuSeconds: known ? this.#cpuSeconds : null,
      memoryPeakBytes: results?.memoryPeakBytes ?? null,
      energyJoules: power === null ? null : power * this.#world.clock.now(),
      otherCpuSeconds: null,
      throttleEvents: null,
      reasons: {
        cpuSeconds: "not recorded",
        memoryPeakBytes: "not recorded",
        energyJoules: "not recorded",
      },
    };
  }

  async close(): Promise<void> {
    this.#world.close(this);
  }
}
