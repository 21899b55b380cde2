import type { KernelTrace, Made } from "@partitune/schema";

/** The beginning of a file, unpacked when it is gzipped. */
export interface FileHead {
  readonly bytes: Uint8Array;
  /** The same bytes as Latin-1 text, so that no character is lost at the cut. */
  readonly text: string;
}

/** What an importer of kernel traces is told. */
export interface ReadKernelsOptions {
  /** Name of what ran. */
  readonly task: string;
  readonly made: Made;
  /** Number of the device to read, as the trace numbers it; all of them when absent. */
  readonly device?: number;
  /** Steps left out at the beginning, while the task warms up; 0 when absent. */
  readonly skipSteps?: number;
  /** Name of the annotation that encloses a step, alone or followed by `#` and a number; the format's own when absent. */
  readonly stepMarker?: string;
  /** Takes the whole trace as one step. */
  readonly wholeTrace?: boolean;
}

/** What one task ran on one device. */
export interface DeviceTrace {
  /** The number the trace gives the device; null when it numbers none. */
  readonly device: number | null;
  readonly trace: KernelTrace;
}

/** Traces by device, in the order of their numbers; or, where a sound file holds nothing to import, why. */
export type KernelReading =
  | { readonly status: "read"; readonly traces: readonly DeviceTrace[] }
  | { readonly status: "empty"; readonly reason: string };

/** A foreign format: how to tell that a file is of it, and how to read one. */
export interface KernelImporter {
  /** Whether the file beginning so is of this format. Formats are told apart by what only they have, so the order of asking does not matter. */
  readonly recognise: (head: FileHead) => boolean;
  /** @throws InputError when the file is not readable, or lacks what the options ask for */
  readonly read: (path: string, options: ReadKernelsOptions) => Promise<KernelReading>;
}
