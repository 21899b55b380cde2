import type { KernelPlay } from "../kernelPlay.ts";
import type { KernelSettings } from "../kernelSettings.ts";

/** A way in which kernels of several tasks share one device; none interrupts a kernel but time slicing. */
export interface KernelPolicy {
  /** It in words. */
  readonly description: string;
  /** Its settings, in words. */
  readonly title: (settings: KernelSettings) => string;
  /** Plays a game to its end. */
  readonly play: (game: KernelPlay, settings: KernelSettings) => void;
}
