import type { Choice, Setting } from "@partitune/schema";

/** One setting and one choice per demand, in the order of the setting's groups. */
export interface Selection {
  readonly setting: Setting;
  readonly choices: readonly Choice[];
}
