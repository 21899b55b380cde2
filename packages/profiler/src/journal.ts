import {
  type Device,
  digest,
  type IdleBaseline,
  type JournalEntry,
  type JournalHeader,
  type Measurement,
  type MeasurementPoint,
  type Warning,
} from "@partitune/schema";
import { definitionsOf, type IdentifiedWorkload } from "./identity.ts";

type EntryOf<Type extends JournalEntry["type"]> = Extract<JournalEntry, { readonly type: Type }>;

/** A measurement as the journal knows it. */
export interface JournalRow {
  readonly measurement: Measurement;
  /** A result that need not be measured again; false for failures and for what was cut short. */
  readonly complete: boolean;
  /** What it was measured of: see {@link Journal.definitionOf}. */
  readonly definition: string;
}

/** What a journal says, raw samples left out. */
export interface Journal {
  readonly header: JournalHeader | null;
  readonly environments: ReadonlyMap<
    string,
    {
      readonly device: Device;
      readonly facts: Readonly<Record<string, string>>;
      readonly warnings?: readonly Warning[] | undefined;
    }
  >;
  /** One for each time the campaign was started, oldest first. */
  readonly campaigns: readonly EntryOf<"planned">[];
  readonly calibrations: readonly EntryOf<"calibrated">["calibration"][];
  /** Power of the idle device, oldest first. */
  readonly idle: readonly IdleBaseline[];
  /** The last word on each measurement in each environment. */
  readonly rows: readonly JournalRow[];
  row(id: string, environment: string): JournalRow | undefined;
  /** Hash of the definitions, as last planned, of the workloads that a point involves. */
  definitionOf(point: MeasurementPoint): string;
  /** The number that a next measurement of this round gets. */
  nextPosition(round: number): number;
  /** When the last line was written; null when there is none. */
  readonly lastWritten: string | null;
}

/** A journal that grows line by line. */
export interface GrowingJournal extends Journal {
  add(entry: JournalEntry): void;
}

/** An empty journal in memory. */
export function emptyJournal(): GrowingJournal {
  return new JournalInMemory();
}

class JournalInMemory implements GrowingJournal {
  header: JournalHeader | null = null;
  readonly environments = new Map<string, EntryOf<"environment">>();
  readonly campaigns: EntryOf<"planned">[] = [];
  readonly calibrations: EntryOf<"calibrated">["calibration"][] = [];
  readonly idle: IdleBaseline[] = [];
  lastWritten: string | null = null;
  readonly #rows = new Map<string, JournalRow>();
  readonly #workloads = new Map<string, IdentifiedWorkload>();
  readonly #positions = new Map<number, number>();

  get rows(): readonly JournalRow[] {
    return [...this.#rows.values()];
  }

  row(id: string, environment: string): JournalRow | undefined {
    return this.#rows.get(rowKey(id, environment));
  }

  definitionOf(point: MeasurementPoint): string {
    return digest(definitionsOf(point, this.#workloads));
  }

  nextPosition(round: number): number {
    return this.#positions.get(round) ?? 0;
  }

  add(entry: JournalEntry): void {
    if ("at" in entry) this.lastWritten = entry.at;
    switch (entry.type) {
      case "header":
        this.header = entry;
        break;
      case "environment":
        this.environments.set(entry.id, entry);
        break;
      case "planned":
        this.campaigns.push(entry);
        for (const each of entry.workloads) this.#workloads.set(each.workload.name, each);
        break;
      case "calibrated":
        this.calibrations.push(entry.calibration);
        break;
      case "idle":
        this.idle.push(entry.baseline);
        break;
      case "done":
      case "failed":
        this.#put(entry.measurement, entry.type === "done");
        break;
      case "aborted":
        if (entry.partial !== null) this.#put(entry.partial.measurement, false);
        break;
      case "started":
        break;
    }
  }

  #put(measurement: Measurement, complete: boolean): void {
    const { round } = measurement.point;
    const definition = this.definitionOf(measurement.point);
    this.#rows.set(rowKey(measurement.id, measurement.environment), { measurement, complete, definition });
    this.#positions.set(round, Math.max(this.nextPosition(round), measurement.position + 1));
  }
}

function rowKey(id: string, environment: string): string {
  return `${environment} ${id}`;
}
