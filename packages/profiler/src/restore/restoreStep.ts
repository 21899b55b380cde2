/** One setting of the device and how it is put back: data, so that another process can do it, today or after a power cut. */
export type RestoreStep = {
  /** What is put back, in words, such as `power limit of GPU-4a… to 700 W`. */
  readonly what: string;
} & (
  | {
      /** A file of /sys or /proc gets its former text. */
      readonly kind: "file";
      readonly path: string;
      readonly text: string;
    }
  | {
      /** A setting of a card through its driver; null lifts a lock or restores the card's default. */
      readonly kind: "card";
      readonly uuid: string;
      readonly setting: "power-limit-w" | "gpu-clock-hz" | "memory-clock-hz";
      readonly value: number | null;
    }
  | {
      /** A program is run, without a shell. Exit code 0 means done; it must be idempotent. */
      readonly kind: "command";
      readonly argv: readonly string[];
      readonly environment?: Readonly<Record<string, string>>;
      readonly input?: string;
      /** A program whose standard output contains `expected` when the setting is back. */
      readonly readBack?: { readonly argv: readonly string[]; readonly expected: string };
    }
  | {
      /** A folder that was made, removed with everything in it. */
      readonly kind: "folder";
      readonly path: string;
    }
  | {
      /** A process that was started, with all of its group; known by its start time, so that no stranger is ended. */
      readonly kind: "process";
      readonly pid: number;
      /** Field 22 of /proc/PID/stat. */
      readonly startTicks: number;
    }
);

/** What became of putting a device back. */
export interface RestoreReport {
  readonly restored: readonly RestoreStep[];
  /** Steps that could not be undone, or read back differently, and why. */
  readonly left: readonly { readonly step: RestoreStep; readonly reason: string }[];
}

/** Everything that has been changed on a device and how to put it back. A guard process does so when this one dies. */
export interface Restoration {
  /** Records a step, flushed to disk and known to the guard, before the change is made. */
  add(step: RestoreStep): Promise<void>;
  /** Puts everything back, latest first, and reads it back. Idempotent. */
  release(): Promise<RestoreReport>;
}
